// postgres as a service: description, probe, settings, administrator. Registers itself.
#include <fmt/format.h>

#include "core/patience.hpp"
#include "services/postgres/client.hpp"
#include "services/postgres/description.hpp"
#include "services/postgres/ledger.hpp"

namespace rootseal::postgres {
namespace {

// Not the defaults, and neither secret nor of one session.
constexpr const char* kSettings = R"(
select name, current_setting(name) from pg_settings
where source not in ('default', 'client', 'session')
  and name !~ '(password|passphrase|conninfo|keyfile|application_name|^transaction_)'
order by name)";

class Superuser final : public service::Admin {
 public:
  service::AdminReply execute(const service::Target& target, const engine::Container& /*container*/,
                              const std::string& statement, const core::Deadline& deadline) const override {
    service::AdminReply reply;
    try {
      Connection connection(target, deadline);
      const Rows rows = connection.run(statement, deadline);
      reply.ok = true;
      if (rows.size() > 0 && rows.columns() > 0) reply.text = rows.at(0, 0).value_or("");
    } catch (const SqlError& error) {
      reply.error = error.parts().what;
    }
    return reply;
  }
};

class Postgres final : public service::Service {
 public:
  [[nodiscard]] const service::Description& description() const override { return postgres::description(); }

  [[nodiscard]] std::string version(
      const std::map<std::string, std::string>& image_environment) const override {
    const auto found = image_environment.find("PG_MAJOR");
    return found == image_environment.end() ? "" : found->second;
  }

  [[nodiscard]] std::map<std::string, std::string> facts(const std::string& version) const override {
    auto facts = description().facts;
    if (version.empty()) return facts;
    facts["plugins_dir"] = fmt::format("/usr/lib/postgresql/{}/lib", version);
    facts["bin_dir"] = fmt::format("/usr/lib/postgresql/{}/bin", version);
    facts["share_dir"] = fmt::format("/usr/share/postgresql/{}", version);
    return facts;
  }

  [[nodiscard]] std::map<std::string, core::Secret> secret_files(
      const core::Secret& password) const override {
    return {{"password", password}};
  }

  [[nodiscard]] std::string probe(const service::Target& target,
                                  const core::Deadline& deadline) const override {
    try {
      const std::string fresh = core::Secret::random(8).reveal();
      Connection connection(target, deadline);
      const std::string answer = connection.query("select $1::text", {fresh}, deadline).text(0, 0);
      return answer == fresh ? "" : "the server answered another value than it was asked for";
    } catch (const SqlError& error) {
      return error.parts().what;
    }
  }

  [[nodiscard]] std::map<std::string, std::string> settings(
      const service::Target& target, const engine::Container& /*container*/) const override {
    Connection connection(target, core::patient_deadline());
    const Rows rows = connection.run(kSettings, core::patient_deadline());
    std::map<std::string, std::string> all;
    for (int row = 0; row < rows.size(); ++row) {
      all[rows.text(row, 0)] = core::UntrustedText(rows.text(row, 1)).printable(200);
    }
    return all;
  }

  void quiesce(const service::Target& target) const override {
    Connection connection(target, core::patient_deadline());
    connection.run("checkpoint", core::patient_deadline(2));
  }

  // LOG ranks above ERROR in log_min_messages: the line goes to the log whatever is left out of it.
  [[nodiscard]] std::string provoke_log_line(const service::Target& target,
                                             const std::string& token) const override {
    Connection connection(target, core::patient_deadline());
    const std::string line = "rootseal says " + token;
    connection.run(fmt::format("do {}", literal("begin raise log '" + line + "'; end")),
                   core::patient_deadline());
    return line;
  }

  [[nodiscard]] const service::Ledger* ledger() const override { return &postgres::ledger(); }
  [[nodiscard]] const service::Admin* admin() const override {
    static const Superuser superuser;
    return &superuser;
  }
};

const service::Registration kRegistered(std::make_unique<Postgres>());

}  // namespace
}  // namespace rootseal::postgres
