// Changing a setting of a running server and reloading it: by SQL, and by editing the file.
#include <fmt/format.h>

#include "postgres/psql_by_hand.hpp"
#include "services/postgres/client.hpp"

namespace rootseal::scenarios::change_settings {
namespace {

constexpr const char* kSetting = "log_autovacuum_min_duration";  // of no consequence here, and reloadable
constexpr const char* kValue = "12345ms";

class PostgresSettings : public Scenario {
 protected:
  [[nodiscard]] std::string id() const { return container().id(); }
  [[nodiscard]] std::string shown(const std::string& setting) const {
    return postgres::Connection(target(), deadline()).run("show " + setting, deadline()).text(0, 0);
  }
  [[nodiscard]] std::string why_not_in_force() const {
    postgres::Connection(target(), deadline()).run("select pg_reload_conf()", deadline());
    std::string seen;
    // The postmaster passes it on when it gets to it; a new connection asks it.
    const auto in_force = [&] {
      seen = shown(kSetting);
      return seen == kValue ? core::Wait::done : core::Wait::again;
    };
    const bool done = core::wait_until(in_force, deadline().at_most(core::Milliseconds(5'000)));
    return done ? "" : fmt::format("after the reload {} is {}", kSetting, seen);
  }
  std::string altered() const {
    postgres::Connection(target(), deadline())
        .run(fmt::format("alter system set {} = '{}'", kSetting, kValue), deadline());
    return why_not_in_force();
  }
  void TearDown() override {
    postgres::Connection connection(target(), deadline());
    connection.run(fmt::format("alter system reset {}", kSetting), deadline());
    connection.run("select pg_reload_conf()", deadline());
    Scenario::TearDown();
  }
};

TEST_P(PostgresSettings, ChangeBySql) {
  attempt("ALTER SYSTEM SET ..., SELECT pg_reload_conf()", [&] { return altered(); });
}

TEST_P(PostgresSettings, ChangeInTheFile) {
  const std::string file = shown("config_file");
  const std::string line = fmt::format("{} = '{}'", kSetting, kValue);
  attempt("docker exec SERVER sed -i on postgresql.conf, SELECT pg_reload_conf()",
          [&] {
            const auto edited = docker({{"exec", id(), "sed", "-i", "$ a " + line, file}});
            return edited.ok() ? why_not_in_force() : why_not(edited);
          })
      .works_where("root", "writable")
      .instead(
          "ALTER SYSTEM SET ..., SELECT pg_reload_conf(): it goes to the data volume. Where "
          "allow_alter_system=off forbids it: on the host, in a folder that is mounted "
          "(PostgresMountedConfiguration)",
          [&] { return altered(); });
  docker({{"exec", id(), "sed", "-i", "/^" + std::string(kSetting) + "/ d", file}});
}

ROOTSEAL_SCENARIOS(workflow, PostgresSettings, "postgres");

}  // namespace
}  // namespace rootseal::scenarios::change_settings
