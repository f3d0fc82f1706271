// Workload: what `pgbench -b tpcb-like -M prepared` does, statement by statement. For comparing this driver
// with pgbench; part of no suite. Lanes wait for each other's branches and tellers, as pgbench's clients do;
// their accounts are their own, so that a lane can find its own work in the history. In the end what went to
// accounts, tellers, branches and the history must be the same.
#include "postgres/pgbench_tables.hpp"
#include "testing/workload_seed.hpp"

namespace rootseal::postgres::tpcb_like_workload {
namespace {

class TpcbLane final : public workload::Lane {
 public:
  TpcbLane(const service::Target& target, const workload::Seat& seat)
      : connection_(target, "-c synchronous_commit=on"), random_(seat.seed), seat_(seat) {
    connection_.prepare("begin", "BEGIN;");
    connection_.prepare("account", "UPDATE pgbench_accounts SET abalance = abalance + $1 WHERE aid = $2;");
    connection_.prepare("balance", "SELECT abalance FROM pgbench_accounts WHERE aid = $1;");
    connection_.prepare("teller", "UPDATE pgbench_tellers SET tbalance = tbalance + $1 WHERE tid = $2;");
    connection_.prepare("branch", "UPDATE pgbench_branches SET bbalance = bbalance + $1 WHERE bid = $2;");
    connection_.prepare("history",
                        "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES ($1, $2, $3, $4, "
                        "CURRENT_TIMESTAMP);");
    connection_.prepare("end", "END;");
  }

  void operation() override {
    const std::int32_t own = drawn(kAccounts / of()) * of() + static_cast<std::int32_t>(seat_.number) + 1;
    const std::int32_t teller = drawn(kTellers) + 1;
    const std::int32_t branch = drawn(kBranches) + 1;
    const std::int32_t delta = drawn(10'001) - 5'000;
    connection_.command("begin", "BEGIN");
    connection_.command("account", std::array{delta, own}, "UPDATE 1");
    const Answer answer = connection_.execute("balance", std::array{own});
    if (answer.rows() != 1) {
      throw workload::WrongResult(fmt::format("account {}: {} rows", own, answer.rows()));
    }
    connection_.command("teller", std::array{delta, teller}, "UPDATE 1");
    connection_.command("branch", std::array{delta, branch}, "UPDATE 1");
    connection_.command("history", std::array{teller, branch, own, delta}, "INSERT 0 1");
    connection_.command("end", "COMMIT");
    ++done_;
    moved_ += delta;
  }

  void verify() override {
    const std::string mine = fmt::format("where (aid - 1) % {} = {}", of(), seat_.number);
    const std::string seen =
        connection_
            .run(fmt::format(
                "select concat_ws(' ', count(*), coalesce(sum(delta), 0), (select sum(abalance) from "
                "pgbench_accounts {0})) from pgbench_history {0}",
                mine))
            .text(0, 0);
    const std::string expected = fmt::format("{0} {1} {1}", done_, moved_);
    if (seen != expected) {
      throw workload::WrongResult(
          fmt::format("lane {}: entries, their sum, sum of its accounts are {}, expected {}", seat_.number,
                      seen, expected));
    }
    const auto sums = connection_.run(
        "select coalesce((select sum(delta) from pgbench_history), 0), (select "
        "sum(tbalance) from pgbench_tellers), (select sum(bbalance) from pgbench_branches)");
    if (sums.text(0, 0) != sums.text(0, 1) || sums.text(0, 0) != sums.text(0, 2)) {
      throw workload::WrongResult(fmt::format("sums of history, tellers and branches differ: {} {} {}",
                                              sums.text(0, 0), sums.text(0, 1), sums.text(0, 2)));
    }
  }

 private:
  [[nodiscard]] std::int32_t of() const { return static_cast<std::int32_t>(seat_.of); }
  std::int32_t drawn(std::int32_t below) {
    return static_cast<std::int32_t>(workload::next_random(random_) % static_cast<std::uint64_t>(below));
  }

  LaneConnection connection_;
  std::uint64_t random_;
  workload::Seat seat_;
  std::uint64_t done_ = 0;
  std::int64_t moved_ = 0;  // sum of all deltas
};

class TpcbLike final : public workload::Workload {
 public:
  [[nodiscard]] workload::Shape shape() const override {
    workload::Shape shape;
    shape.only_when_named = true;
    shape.max_operations = 10'000'000;
    return shape;
  }
  void set_up(const workload::Site& site) const override { make_pgbench_tables(site); }
  void reset(const workload::Site& site) const override {
    run_each(site, "truncate pgbench_history", "update pgbench_accounts set abalance = 0 where abalance <> 0",
             "update pgbench_tellers set tbalance = 0", "update pgbench_branches set bbalance = 0",
             "vacuum (analyze) pgbench_accounts", "vacuum (full, analyze) pgbench_tellers",
             "vacuum (full, analyze) pgbench_branches", kCheckpoint);
  }
  [[nodiscard]] std::unique_ptr<workload::Lane> make_lane(const workload::Site& site,
                                                          const workload::Seat& seat) const override {
    return std::make_unique<TpcbLane>(site.target, seat);
  }
  void tear_down(const workload::Site& site) const override { drop_pgbench_tables(site); }
};

ROOTSEAL_WORKLOAD("postgres", "tpcb_like", TpcbLike);

}  // namespace

}  // namespace rootseal::postgres::tpcb_like_workload
