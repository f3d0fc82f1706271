// Workload: what `pgbench -S -M prepared` does: the balance of an account drawn at random out of 400,000. For
// comparing this driver with pgbench; part of no suite. Balances are those that tpcb_like or pgbench left:
// the lane knows them from before it began, nobody changes them while it works.
#include <vector>

#include "postgres/pgbench_tables.hpp"
#include "testing/workload_seed.hpp"

namespace rootseal::postgres::pgbench_select_workload {
namespace {

class PgbenchSelectLane final : public workload::Lane {
 public:
  PgbenchSelectLane(const service::Target& target, std::uint64_t seed) : connection_(target), random_(seed) {
    connection_.prepare("select", "SELECT abalance FROM pgbench_accounts WHERE aid = $1;");
    const auto rows = connection_.run("select aid, abalance from pgbench_accounts where abalance <> 0");
    balances_.assign(static_cast<std::size_t>(kAccounts) + 1, 0);
    for (int row = 0; row < rows.size(); ++row) {
      balances_.at(std::stoul(rows.text(row, 0))) = std::stoi(rows.text(row, 1));
    }
  }

  void operation() override {
    const auto account = static_cast<std::int32_t>(workload::next_random(random_) % kAccounts) + 1;
    const Answer answer = connection_.execute("select", std::array{account});
    if (answer.rows() != 1 || answer.number(0, 0) != balances_[static_cast<std::size_t>(account)]) {
      throw workload::WrongResult(fmt::format("account {}: {} rows, balance expected {}", account,
                                              answer.rows(), balances_[static_cast<std::size_t>(account)]));
    }
  }

  void verify() override {
    const std::string seen = connection_.run("select count(*) from pgbench_accounts").text(0, 0);
    if (seen != std::to_string(kAccounts)) {
      throw workload::WrongResult(fmt::format("{} accounts, expected {}", seen, kAccounts));
    }
  }

 private:
  LaneConnection connection_;
  std::uint64_t random_;
  std::vector<std::int32_t> balances_;  // by account
};

class PgbenchSelect final : public workload::Workload {
 public:
  [[nodiscard]] workload::Shape shape() const override {
    workload::Shape shape;
    shape.only_when_named = true;
    shape.max_operations = 10'000'000;
    return shape;
  }
  void set_up(const workload::Site& site) const override { make_pgbench_tables(site); }
  void reset(const workload::Site& site) const override { run_each(site, kCheckpoint); }
  [[nodiscard]] std::unique_ptr<workload::Lane> make_lane(const workload::Site& site,
                                                          const workload::Seat& seat) const override {
    return std::make_unique<PgbenchSelectLane>(site.target, seat.seed);
  }
  void tear_down(const workload::Site& site) const override { drop_pgbench_tables(site); }
};

ROOTSEAL_WORKLOAD("postgres", "pgbench_select", PgbenchSelect);

}  // namespace

}  // namespace rootseal::postgres::pgbench_select_workload
