// Parallel work goes through /dev/shm. Where that is small, an index is still built by several processes, and
// a join that needs more is refused with a clear message, and costs that statement only. Where it is as large
// as the profile makes it, the same join is done.
#include <fmt/format.h>

#include "postgres/own_schema.hpp"
#include "postgres/refused.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::parallel_shared_memory {
namespace {

using postgres::Connection;

// The server itself needs more than a megabyte of it: with 1m not even initdb comes to its end.
constexpr const char* kSmall = "services: {server: {shm_size: 4m}}\n";
constexpr int kRows = 40'000;
// The planner must not shy away from parallel work on a table of a few megabytes.
constexpr const char* kParallel =
    "set max_parallel_workers_per_gather = 2; set max_parallel_maintenance_workers = 2; set "
    "parallel_setup_cost = 0; "
    "set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0; set enable_mergejoin = off; "
    "set enable_nestloop = off";
constexpr const char* kJoin =
    "select count(*), sum(one.id), sum(length(two.filler)) from rows one join rows two on one.key = two.key";

class PostgresSharedMemory : public Scenario {
 protected:
  // Keys from 0 on, each of two ids.
  [[nodiscard]] Connection with_rows(const OwnSchema& schema) const {
    auto connection = schema.connect();
    connection.run("create table rows (id int, key int, filler text) with (parallel_workers = 2)",
                   deadline());
    connection.run(
        fmt::format("insert into rows select i, i * 7919 % {} / 2, repeat('x', 50) from generate_series(0, "
                    "{} - 1) i",
                    kRows, kRows),
        deadline());
    connection.run("analyze rows", deadline());
    connection.run(kParallel, deadline());
    return connection;
  }

  // Each of the two rows of a key meets both.
  void expect_answer(Connection& connection, const std::string& how) const {
    const auto rows = connection.run(kJoin, deadline());
    EXPECT_EQ(rows.text(0, 0), std::to_string(2 * kRows)) << how;
    EXPECT_EQ(rows.text(0, 1), std::to_string(std::int64_t{kRows} * (kRows - 1))) << how;
    EXPECT_EQ(rows.text(0, 2), std::to_string(2 * 50 * kRows)) << how;
  }

  void expect_parallel_plan(Connection& connection) const {
    const auto plan = connection.run(fmt::format("explain (format json) {}", kJoin), deadline()).text(0, 0);
    EXPECT_NE(plan.find("\"Parallel Aware\": true"), std::string::npos) << "not a parallel plan: " << plan;
  }

  // The server says at debug1 how many processes it asks to help.
  void build_in_parallel(Connection& connection) const {
    connection.take_notices();
    connection.run(
        "set client_min_messages = debug1; create index rows_key on rows (key, id); reset "
        "client_min_messages",
        deadline());
    std::string said;
    for (const auto& notice : connection.take_notices()) {
      if (notice.message.find("building index \"rows_key\"") != std::string::npos) said = notice.message;
    }
    EXPECT_NE(said.find("request for 2 parallel worker"), std::string::npos)
        << "the build was not parallel: " << said;
    connection.run("set enable_seqscan = off; set enable_bitmapscan = off", deadline());
    const std::string by_index = "select count(*), sum(id) from rows where key >= 0";
    EXPECT_NE(connection.run("explain (format json) " + by_index, deadline()).text(0, 0).find("rows_key"),
              std::string::npos);
    const auto rows = connection.run(by_index, deadline());
    EXPECT_EQ(rows.text(0, 0), std::to_string(kRows)) << "rows in the index";
    EXPECT_EQ(rows.text(0, 1), std::to_string(std::int64_t{kRows} * (kRows - 1) / 2)) << "sum of their ids";
    connection.run("reset enable_seqscan; reset enable_bitmapscan", deadline());
  }
};

TEST_P(PostgresSharedMemory, ASmallOneRefusesALargeJoinClearlyAndStillBuildsAnIndexInParallel) {
  const auto small = request_stack("shm", {kSmall});
  const OwnSchema schema(small.target(), own_name());
  auto connection = with_rows(schema);
  build_in_parallel(connection);
  expect_parallel_plan(connection);
  const auto refusal = refusal_of(connection, kJoin, deadline());
  EXPECT_EQ(refusal.sqlstate, "53100") << refusal.text;
  EXPECT_NE(refusal.text.find("could not resize shared memory segment"), std::string::npos) << refusal.text;
  evidence("shm_size 4m: index built by 3 processes; parallel join: " + refusal.text);
  connection.run("set max_parallel_workers_per_gather = 0", deadline());
  expect_answer(connection, "the same join in one process, after the refusal");
}

TEST_P(PostgresSharedMemory, TheProfilesOwnIsEnoughForTheSameJoin) {
  const OwnSchema schema(target(), own_name());
  auto connection = with_rows(schema);
  build_in_parallel(connection);
  expect_parallel_plan(connection);
  expect_answer(connection, "by several processes");
}

ROOTSEAL_LONGER_SCENARIOS(function, PostgresSharedMemory, "postgres");

}  // namespace
}  // namespace rootseal::scenarios::parallel_shared_memory
