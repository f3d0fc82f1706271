// Sorts and joins that do not fit into work_mem go through temporary files. The files are seen from outside
// while they are open and gone afterwards, the server counts them, and the answer is found here without the
// server.
#include <fmt/format.h>

#include <algorithm>

#include "engine/files.hpp"
#include "postgres/own_schema.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::spilling_queries {
namespace {

using postgres::Connection;
using Row = std::pair<std::string, int>;  // key, id

constexpr const char* kSmallMemory = "-c work_mem=64kB -c max_parallel_workers_per_gather=0";

class PostgresSpilling : public Scenario {
 protected:
  // Keys come several times and differ late, so that the order rests on whole comparisons.
  [[nodiscard]] std::vector<Row> make_rows(int count) const {
    auto rng = random();
    std::vector<Row> rows;
    for (int id = 1; id <= count; ++id) {
      const auto number = rng() % static_cast<std::uint64_t>(count);
      rows.emplace_back(fmt::format("{:0>40}{}", number % 97, number), id);
    }
    return rows;
  }

  void load(Connection& connection, const std::string& table, const std::vector<Row>& rows) const {
    connection.run(fmt::format("create table {} (key text collate \"C\", id int)", table), deadline());
    std::string text;
    for (const auto& [key, id] : rows) text += fmt::format("{}\t{}\n", key, id);
    connection.copy_in(fmt::format("copy {} from stdin", table), text, deadline());
    connection.run("analyze " + table, deadline());
  }

  // Temporary files of this session that hold something, as they are from outside.
  [[nodiscard]] std::vector<std::string> files_of(const std::string& folder, const std::string& pid) const {
    const engine::Files files(container());
    std::vector<std::string> found;
    for (const auto& name : files.list(folder)) {
      const auto facts = files.stat(folder + "/" + name);
      const bool holds = facts && (facts->size > 0 || facts->kind == engine::FileFacts::Kind::directory);
      if (name.starts_with("pgsql_tmp" + pid + ".") && holds) found.push_back(name);
    }
    return found;
  }

  // Of the plan of `sql` when it runs: the value of `key` in the first node that has it, as JSON writes it.
  [[nodiscard]] std::string from_plan(Connection& connection, const std::string& sql,
                                      const std::string& key) const {
    const auto plan = connection.run("explain (analyze, format json) " + sql, deadline()).text(0, 0);
    const std::string named = "\"" + key + "\": ";
    const auto at = plan.find(named);
    if (at == std::string::npos) return "not in the plan";
    const auto begin = at + named.size();
    return plan.substr(begin, plan.find_first_of(",\n", begin) - begin);
  }

  [[nodiscard]] std::uint64_t counted(Connection& connection) const {
    return std::stoull(
        connection
            .run("select temp_files from pg_stat_database where datname = current_database()", deadline())
            .text(0, 0));
  }
};

TEST_P(PostgresSpilling, ASortThroughTemporaryFilesIsInOrder) {
  const OwnSchema schema(target(), own_name());
  auto watcher = schema.connect();
  auto rows = make_rows(by_size(5'000, 20'000, 200'000));
  load(watcher, "rows", rows);
  const auto before = counted(watcher);
  const std::string sql = "select key, id from rows order by key, id";
  {
    auto session = schema.connect(kSmallMemory);
    EXPECT_EQ(from_plan(session, sql, "Sort Space Type"), "\"Disk\"") << "the sort stayed in memory";
    const auto at = session.run(
        "select current_setting('data_directory') || '/base/pgsql_tmp', pg_backend_pid()", deadline());
    session.run("begin; declare sorted cursor for " + sql + "; fetch 1 from sorted", deadline());
    const auto open = files_of(at.text(0, 0), at.text(0, 1));
    EXPECT_FALSE(open.empty()) << "no temporary file in " << at.text(0, 0) << " while the sort is open";
    const auto rest = session.run("fetch all from sorted", deadline());
    session.run("commit", deadline());
    const auto left = files_of(at.text(0, 0), at.text(0, 1));
    EXPECT_TRUE(left.empty()) << left.size() << " temporary files left in " << at.text(0, 0);

    std::sort(rows.begin(), rows.end());
    ASSERT_EQ(rest.size() + 1, static_cast<int>(rows.size())) << "rows that came out of the sort";
    int displaced = 0;
    for (int row = 0; row < rest.size(); ++row) {
      const auto& [key, id] = rows[static_cast<std::size_t>(row) + 1];
      if (rest.text(row, 0) != key || rest.text(row, 1) != std::to_string(id)) ++displaced;
    }
    EXPECT_EQ(displaced, 0) << "rows that are not where they belong, of " << rows.size();
    evidence(fmt::format("{} rows through {} temporary files, {} out of place", rows.size(), open.size(),
                         displaced));
  }
  const auto counts = [&] { return counted(watcher) > before ? core::Wait::done : core::Wait::again; };
  EXPECT_TRUE(core::wait_until(counts, deadline().at_most(core::Milliseconds(10'000))))
      << "pg_stat_database counts no temporary file more than the " << before << " before the sort";
}

TEST_P(PostgresSpilling, AJoinInBatchesFindsEveryPair) {
  const OwnSchema schema(target(), own_name());
  auto session = schema.connect(kSmallMemory);
  const auto rows = make_rows(by_size(4'000, 15'000, 100'000));
  load(session, "one", rows);
  load(session, "two", rows);
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> by_key;  // how many, sum of ids
  for (const auto& [key, id] : rows) {
    ++by_key[key].first;
    by_key[key].second += id;
  }
  std::int64_t pairs = 0, sum = 0;
  for (const auto& [key, group] : by_key) {
    pairs += group.first * group.first;
    sum += group.first * group.second;
  }

  session.run("set enable_mergejoin = off; set enable_nestloop = off", deadline());
  const std::string sql = "select count(*), sum(one.id) from one join two using (key)";
  const std::string batches = from_plan(session, sql, "Hash Batches");
  EXPECT_TRUE(batches != "1" && batches.find_first_not_of("0123456789") == std::string::npos)
      << "the join was not done in batches; how many: " << batches;
  const auto answer = session.run(sql, deadline());
  EXPECT_EQ(answer.text(0, 0), std::to_string(pairs)) << "pairs";
  EXPECT_EQ(answer.text(0, 1), std::to_string(sum)) << "sum of the ids of all pairs";
  evidence(fmt::format("{} pairs in {} batches", pairs, batches));
}

ROOTSEAL_SCENARIOS(function, PostgresSpilling, "postgres");

}  // namespace
}  // namespace rootseal::scenarios::spilling_queries
