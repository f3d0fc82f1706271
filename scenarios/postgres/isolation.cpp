// Isolation: what a transaction sees of others at each level, and who must give way. Two sessions, and the
// order of their steps is ours.
#include <fmt/format.h>

#include "postgres/own_schema.hpp"
#include "postgres/refused.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::isolation {
namespace {

using postgres::Connection;

class PostgresIsolation : public Scenario {
 protected:
  [[nodiscard]] std::string balance(Connection& connection) const {
    return connection.run("select balance from account where id = 1", deadline()).text(0, 0);
  }

  // Two on call; each leaves if the other stays. Returns the SQLSTATE that the second to commit met.
  [[nodiscard]] std::string both_leave(const OwnSchema& schema, const std::string& level) const {
    auto first = schema.connect();
    auto second = schema.connect();
    first.run(
        "drop table if exists on_call; create table on_call (name text, here boolean); insert into "
        "on_call values ('anna', true), ('bert', true)",
        deadline());
    for (auto* session : {&first, &second}) {
      session->run("begin isolation level " + level, deadline());
      EXPECT_EQ(session->run("select count(*) from on_call where here", deadline()).text(0, 0), "2");
    }
    first.run("update on_call set here = false where name = 'anna'; commit", deadline());
    return refusal_of(second, "update on_call set here = false where name = 'bert'; commit", deadline())
        .sqlstate;
  }
};

TEST_P(PostgresIsolation, EachLevelSeesTheCommitsOfOthersAsItPromises) {
  const OwnSchema schema(target(), own_name());
  auto writer = schema.connect();
  writer.run("create table account (id int primary key, balance int); insert into account values (1, 100)",
             deadline());
  auto committed = schema.connect();
  auto repeatable = schema.connect();
  committed.run("begin isolation level read committed", deadline());
  repeatable.run("begin isolation level repeatable read", deadline());
  EXPECT_EQ(balance(committed), "100");
  EXPECT_EQ(balance(repeatable), "100");

  writer.run("begin; update account set balance = 250 where id = 1", deadline());
  EXPECT_EQ(balance(committed), "100") << "READ COMMITTED saw what was not committed";
  writer.run("commit", deadline());
  EXPECT_EQ(balance(committed), "250") << "READ COMMITTED did not see what was committed";
  EXPECT_EQ(balance(repeatable), "100") << "REPEATABLE READ saw what was committed after its first look";
  const auto late = refusal_of(repeatable, "update account set balance = 0 where id = 1", deadline());
  EXPECT_EQ(late.sqlstate, "40001") << "REPEATABLE READ changed a row that is not the one it saw: "
                                    << late.text;
  repeatable.run("rollback", deadline());
  EXPECT_EQ(balance(repeatable), "250") << "after its end";
}

// The level below, which lets it through, shows that it is the level that stops it.
TEST_P(PostgresIsolation, SerializableRefusesAWriteSkewThatRepeatableReadLetsThrough) {
  const OwnSchema schema(target(), own_name());
  auto reader = schema.connect();
  EXPECT_EQ(both_leave(schema, "repeatable read"), "taken");
  EXPECT_EQ(reader.run("select count(*) from on_call where here", deadline()).text(0, 0), "0");
  EXPECT_EQ(both_leave(schema, "serializable"), "40001");
  EXPECT_EQ(reader.run("select string_agg(name, ',') from on_call where here", deadline()).text(0, 0), "bert")
      << "of two serializable transactions, each of which leaves if the other stays, one must stay";
}

ROOTSEAL_SCENARIOS(function, PostgresIsolation, "postgres");

}  // namespace
}  // namespace rootseal::scenarios::isolation
