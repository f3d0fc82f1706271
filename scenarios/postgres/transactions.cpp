// Transactions and savepoints: what is committed is seen by others, and only then; what is rolled back leaves
// nothing. What must be there is kept in a map of our own and read on another connection.
#include <fmt/format.h>

#include "postgres/own_schema.hpp"
#include "postgres/refused.hpp"
#include "testing/ledger_check.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::transactions {
namespace {

using postgres::Connection;
using Model = std::map<std::string, std::string>;

constexpr const char* kTable = "create table entry (id int primary key, label text not null)";
constexpr const char* kUpsert =
    "insert into entry values ($1::int, $2) on conflict (id) do update set label = excluded.label";
constexpr const char* kDelete = "delete from entry where id = $1::int";

class PostgresTransactions : public Scenario {
 protected:
  [[nodiscard]] Model content(Connection& connection) const {
    const auto rows = connection.run("select id, label from entry", deadline());
    Model found;
    for (int row = 0; row < rows.size(); ++row) found[rows.text(row, 0)] = rows.text(row, 1);
    return found;
  }

  void expect_content(Connection& connection, const Model& meant, const std::string& when) const {
    const auto wrong =
        compare_named({"row", "what was meant", "what another session sees"}, meant, content(connection));
    if (!wrong.empty()) ADD_FAILURE() << when << ": " << shortened(wrong);
  }

  // Writes or removes one of 20 rows, in the server and in the model.
  void change(Connection& connection, Model& model, std::mt19937_64& rng) const {
    const std::string id = std::to_string(1 + rng() % 20);
    if (rng() % 4 == 0) {
      connection.query(kDelete, {id}, deadline());
      model.erase(id);
    } else {
      model[id] = random_text(rng, 1 + rng() % 40);
      connection.query(kUpsert, {id, model[id]}, deadline());
    }
  }
};

TEST_P(PostgresTransactions, ACommitIsSeenByOthersAndOnlyThen) {
  const OwnSchema schema(target(), own_name());
  auto writer = schema.connect();
  auto reader = schema.connect();
  writer.run(kTable, deadline());
  auto rng = random();
  Model model;
  writer.run("begin", deadline());
  for (int step = 0; step < 100; ++step) change(writer, model, rng);
  expect_content(reader, {}, "before the commit");
  writer.run("commit", deadline());
  expect_content(reader, model, "after the commit");
  evidence(fmt::format("{} rows of 100 changes: none seen before the commit, all after it", model.size()));
}

TEST_P(PostgresTransactions, ARollbackLeavesNothing) {
  const OwnSchema schema(target(), own_name());
  auto writer = schema.connect();
  auto reader = schema.connect();
  writer.run(kTable, deadline());
  auto rng = random();
  Model before;
  for (int step = 0; step < 30; ++step) change(writer, before, rng);

  Model after = before;
  writer.run("begin", deadline());
  for (int step = 0; step < 100; ++step) change(writer, after, rng);
  writer.run(
      "create table made_inside as select * from entry; create index entry_label on entry (label); alter "
      "table entry add column extra int default 7",
      deadline());
  ASSERT_NE(before, after) << "the transaction changed nothing that could be rolled back";
  writer.run("rollback", deadline());

  expect_content(reader, before, "after the rollback");
  const auto left = reader.run(
      "select coalesce(string_agg(what, ', '), 'nothing') from (select relname::text as what from pg_class "
      "where relname in ('made_inside', 'entry_label') union all select attname from pg_attribute where "
      "attrelid = 'entry'::regclass and attname = 'extra') l",
      deadline());
  EXPECT_EQ(left.text(0, 0), "nothing") << "made in a transaction that was rolled back, and still there";
}

// A walk at random through changes, savepoints, releases and returns, with the model beside it.
TEST_P(PostgresTransactions, ReturningToASavepointKeepsTheRest) {
  const OwnSchema schema(target(), own_name());
  auto writer = schema.connect();
  auto reader = schema.connect();
  writer.run(kTable, deadline());
  auto rng = random();
  Model model;
  std::vector<std::pair<std::string, Model>> savepoints;
  int returns = 0;
  const auto drop_from = [&](std::size_t place) {
    savepoints.erase(savepoints.begin() + static_cast<std::ptrdiff_t>(place), savepoints.end());
  };
  writer.run("begin", deadline());
  const int steps = by_size(100, 300, 2'000);
  for (int step = 1; step <= steps; ++step) {
    change(writer, model, rng);
    if (step % 3 == 0) {
      savepoints.emplace_back(fmt::format("s{}", step), model);
      writer.run("savepoint " + savepoints.back().first, deadline());
    }
    if (savepoints.empty()) continue;
    const std::size_t place = rng() % savepoints.size();
    if (step % 7 == 0) {
      writer.run("rollback to savepoint " + savepoints[place].first, deadline());
      model = savepoints[place].second;
      drop_from(place + 1);
      ++returns;
    } else if (step % 11 == 0) {
      writer.run("release savepoint " + savepoints[place].first, deadline());
      drop_from(place);
    }
  }
  writer.run("commit", deadline());
  expect_content(reader, model, fmt::format("after {} steps and {} returns to a savepoint", steps, returns));
  evidence(fmt::format("{} steps, {} returns to a savepoint, {} rows left", steps, returns, model.size()));
}

TEST_P(PostgresTransactions, AnErrorInsideAbortsUntilTheRollback) {
  const OwnSchema schema(target(), own_name());
  auto writer = schema.connect();
  auto reader = schema.connect();
  writer.run(kTable, deadline());
  writer.run("begin; insert into entry values (1, 'before the error')", deadline());
  EXPECT_EQ(refusal_of(writer, "select 1 / 0", deadline()).sqlstate, "22012");
  const auto next = refusal_of(writer, "insert into entry values (2, 'after the error')", deadline());
  EXPECT_EQ(next.sqlstate, "25P02") << "a statement after the error: " << next.text;
  writer.run("commit", deadline());  // the server rolls back instead
  expect_content(reader, {}, "after an error and COMMIT");

  writer.run("begin; insert into entry values (1, 'kept'); savepoint safe", deadline());
  EXPECT_EQ(refusal_of(writer, "insert into entry values (1, 'again')", deadline()).sqlstate, "23505");
  writer.run("rollback to savepoint safe; insert into entry values (3, 'goes on'); commit", deadline());
  expect_content(reader, {{"1", "kept"}, {"3", "goes on"}}, "after an error behind a savepoint");
}

ROOTSEAL_SCENARIOS(function, PostgresTransactions, "postgres");

}  // namespace
}  // namespace rootseal::scenarios::transactions
