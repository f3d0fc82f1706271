#include "services/postgres/ledger.hpp"

#include <fmt/format.h>

#include "service/checksum.hpp"
#include "services/postgres/client.hpp"

namespace rootseal::postgres {
namespace {

core::Deadline in_a_minute() { return core::Deadline::after(core::Milliseconds(60'000)); }

// The connection is gone, rather than the statement refused: no SQLSTATE, or connection exception (08), or
// the server is shutting down, crashed or not yet up (57P).
bool connection_died(const SqlError& error) {
  return error.sqlstate().empty() || error.sqlstate().starts_with("08") ||
         error.sqlstate().starts_with("57P");
}

class Appender final : public service::Ledger::Writer {
 public:
  Appender(const service::Target& target, const std::string& name)
      : connection_(target, in_a_minute(), {{"options", "-c synchronous_commit=on"}}) {
    connection_.prepare("append", fmt::format("insert into {} values ($1, $2, $3)", identifier(name)),
                        in_a_minute());
  }
  bool append(std::uint64_t number, const std::string& payload, const core::Deadline& deadline) override {
    try {
      const std::vector<Cell> entry{std::to_string(number), payload,
                                    service::entry_checksum(number, payload)};
      return connection_.execute("append", entry, deadline).affected() == 1;
    } catch (const SqlError& error) {
      if (connection_died(error)) return false;
      throw;
    }
  }

 private:
  Connection connection_;
};

class Table final : public service::Ledger {
 public:
  void create(const service::Target& target, const engine::Container& /*container*/,
              const std::string& name) const override {
    Connection connection(target, in_a_minute());
    connection.run(
        fmt::format(
            "create table {} (number bigint primary key, payload text not null, checksum text not null)",
            identifier(name)),
        in_a_minute());
  }
  std::unique_ptr<service::Ledger::Writer> writer(const service::Target& target,
                                                  const std::string& name) const override {
    return std::make_unique<Appender>(target, name);
  }
  std::map<std::uint64_t, std::string> read(const service::Target& target,
                                            const std::string& name) const override {
    Connection connection(target, in_a_minute());
    const Rows rows = connection.run(
        fmt::format("select number, payload, checksum from {}", identifier(name)), in_a_minute());
    std::map<std::uint64_t, std::string> entries;
    for (int row = 0; row < rows.size(); ++row) {
      const std::uint64_t number = std::stoull(rows.text(row, 0));
      const std::string payload = rows.text(row, 1);
      const bool intact = rows.text(row, 2) == service::entry_checksum(number, payload);
      if (!intact || !entries.emplace(number, payload).second) {
        throw service::ServerError(
            {"reading the ledger " + name, target.subject,
             fmt::format("entry {} {}", number, intact ? "is there twice" : "does not match its checksum"),
             ""});
      }
    }
    return entries;
  }
  void drop(const service::Target& target, const std::string& name) const override {
    Connection connection(target, in_a_minute());
    connection.run("drop table if exists " + identifier(name), in_a_minute());
  }
};

}  // namespace

const service::Ledger& ledger() {
  static const Table table;
  return table;
}

}  // namespace rootseal::postgres
