// postgres/pgbench_tables: the tables of `pgbench -i` at scale 4, made by SQL, so that pgbench itself can run
// on the same ones. Shared by the workloads that do what pgbench does; each makes them anew. Stateless;
// throws SqlError.
#pragma once

#include "postgres/workload_ground.hpp"

namespace rootseal::postgres {

constexpr std::int32_t kScale = 4;
constexpr std::int32_t kAccounts = kScale * 100'000;
constexpr std::int32_t kTellers = kScale * 10;
constexpr std::int32_t kBranches = kScale;

inline void drop_pgbench_tables(const workload::Site& site) {
  run_each(site, "drop table if exists pgbench_accounts, pgbench_branches, pgbench_history, pgbench_tellers");
}

inline void make_pgbench_tables(const workload::Site& site) {
  drop_pgbench_tables(site);
  const auto with = fmt::format("with (fillfactor = 100, {})", kNoAutovacuum);
  run_each(
      site,
      fmt::format(
          "create table pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler "
          "char(22)) with ({})",
          kNoAutovacuum),
      "create table pgbench_tellers (tid int not null, bid int, tbalance int, filler char(84)) " + with,
      "create table pgbench_accounts (aid int not null, bid int, abalance int, filler char(84)) " + with,
      "create table pgbench_branches (bid int not null, bbalance int, filler char(88)) " + with,
      fmt::format("insert into pgbench_branches (bid, bbalance) select n, 0 from generate_series(1, {}) n",
                  kBranches),
      fmt::format("insert into pgbench_tellers (tid, bid, tbalance) select n, (n - 1) / 10 + 1, 0 from "
                  "generate_series(1, {}) n",
                  kTellers),
      fmt::format("insert into pgbench_accounts (aid, bid, abalance, filler) select n, (n - 1) / 100000 + 1, "
                  "0, '' from "
                  "generate_series(1, {}) n",
                  kAccounts),
      "alter table pgbench_branches add primary key (bid)",
      "alter table pgbench_tellers add primary key (tid)",
      "alter table pgbench_accounts add primary key (aid)", "vacuum (freeze, analyze) pgbench_accounts",
      "vacuum (freeze, analyze) pgbench_branches", "vacuum (freeze, analyze) pgbench_tellers");
  stock_write_ahead_log(site);
}

}  // namespace rootseal::postgres
