// postgres/spilling_sort: a sort that does not fit into work_mem and goes through temporary files, for the
// workloads that differ in where these files are. The table has 5,000 rows with keys in an order known
// beforehand; what comes back depends on the place of every row in the order. Not thread-safe; throws as
// LaneConnection does.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "postgres/workload_ground.hpp"

namespace rootseal::postgres {

class SpillingSort {
 public:
  static void make_table(const workload::Site& site, const std::string& schema) {
    run_each(
        site, fmt::format("drop schema if exists {} cascade", schema),
        fmt::format("create schema {}", schema),
        fmt::format("create table {}.rows (id int4, key int4, filler text) with ({})", schema, kNoAutovacuum),
        fmt::format(
            "insert into {}.rows select n, n::int8 * {} % {}, repeat('x', {}) from generate_series(1, {}) n",
            schema, kFactor, kPrime, kFiller, kRows),
        fmt::format("vacuum (freeze, analyze) {}.rows", schema), kCheckpoint);
  }

  // `tablespace`: of the temporary files; empty = the database's own.
  SpillingSort(const service::Target& target, const std::string& schema, const std::string& tablespace)
      : connection_(target, "-c work_mem=64kB -c max_parallel_workers_per_gather=0 -c temp_tablespaces=" +
                                tablespace),
        statement_(fmt::format(
            "select concat_ws(' ', count(*), sum(place * id), sum(length(filler))) from (select id, "
            "filler, row_number() over (order by key) as place from {}.rows) sorted",
            schema)),
        tablespace_(tablespace.empty() ? "pg_default" : tablespace),
        expected_(expected()) {
    connection_.prepare("sort", statement_);
  }

  void sort() {
    const Answer answer = connection_.execute("sort");
    if (answer.rows() != 1 || answer.bytes(0, 0) != expected_) {
      throw workload::WrongResult(
          fmt::format("sorted: rows, sum of place times id, length are '{}', expected '{}'",
                      answer.rows() == 1 ? answer.bytes(0, 0) : "nothing", expected_));
    }
  }

  // The statement that was timed merges from files, and they are in the tablespace where they belong.
  void require_spilled() {
    const auto plan = connection_.run("explain (analyze, format json) execute sort").text(0, 0);
    if (plan.find(R"("Sort Method": "external merge")") == std::string::npos) {
      throw workload::WrongResult("the sort did not go through temporary files: " + plan);
    }
    connection_.run("begin; declare sorted cursor for " + statement_ + "; fetch 1 from sorted");
    const auto files = connection_.run(fmt::format(
        "select count(*) from pg_tablespace, pg_ls_tmpdir(oid) f where spcname = {} and f.name like "
        "'pgsql_tmp' || pg_backend_pid() || '%' and f.size > 0",
        literal(tablespace_)));
    const std::string found = files.text(0, 0);
    connection_.run("rollback");
    if (found == "0") {
      throw workload::WrongResult("while the sort was open there was no temporary file in tablespace " +
                                  tablespace_);
    }
  }

  LaneConnection& connection() { return connection_; }

 private:
  static constexpr std::int64_t kRows = 5'000;
  static constexpr std::int64_t kFactor = 7'919;
  static constexpr std::int64_t kPrime = 10'007;  // above kRows: no key comes twice
  static constexpr std::int64_t kFiller = 200;

  // What the server must say, found without it.
  static std::string expected() {
    std::vector<std::pair<std::int64_t, std::int64_t>> rows;
    for (std::int64_t id = 1; id <= kRows; ++id) rows.emplace_back(id * kFactor % kPrime, id);
    std::sort(rows.begin(), rows.end());
    std::int64_t sum = 0;
    for (std::int64_t place = 1; place <= kRows; ++place)
      sum += place * rows[static_cast<std::size_t>(place - 1)].second;
    return fmt::format("{} {} {}", kRows, sum, kRows * kFiller);
  }

  LaneConnection connection_;
  std::string statement_, tablespace_, expected_;
};

}  // namespace rootseal::postgres
