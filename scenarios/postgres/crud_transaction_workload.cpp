// Workload: one transaction that inserts a row, selects another, updates a third and deletes a fourth, each
// answer looked at, and commits. A row lives for 100 transactions: it is selected after 25, updated after 50
// and deleted after 100, so that the table stays as large as it is and the lane knows what must be in it.
// Every lane has a number of its own and touches only its own rows. By the index always: plans are made while
// the table is nearly empty.
#include "postgres/workload_ground.hpp"
#include "testing/workload_seed.hpp"

namespace rootseal::postgres::crud_transaction_workload {
namespace {

constexpr std::int32_t kLife = 100;
constexpr std::int32_t kSelectedAt = 25;
constexpr std::int32_t kUpdatedAt = 50;
constexpr std::int32_t kAdded = 1'000'000;

class CrudLane final : public workload::Lane {
 public:
  CrudLane(const service::Target& target, const workload::Seat& seat)
      : connection_(target, "-c synchronous_commit=on -c enable_seqscan=off"),
        lane_(static_cast<std::int32_t>(seat.number)),
        salt_(seat.seed) {
    connection_.prepare("begin", "begin");
    connection_.prepare("insert",
                        "insert into crud_transaction.rows values ($1::int4, $2::int4, $3::int4, "
                        "repeat('x', 100))");
    connection_.prepare("select",
                        "select amount from crud_transaction.rows where lane = $1::int4 and id = $2::int4");
    connection_.prepare("update",
                        "update crud_transaction.rows set amount = amount + $3::int4 "
                        "where lane = $1::int4 and id = $2::int4");
    connection_.prepare("delete",
                        "delete from crud_transaction.rows where lane = $1::int4 and id = $2::int4 "
                        "returning amount");
    connection_.prepare("commit", "commit");
    connection_.run("begin");
    for (; next_ < kLife; ++next_) {  // those that the first transactions find
      const std::int32_t id = next_;
      const std::int32_t amount = amount_of(id) + (id < kUpdatedAt ? kAdded : 0);
      connection_.command("insert", std::array{lane_, id, amount}, "INSERT 0 1");
    }
    connection_.run("commit");
  }

  void operation() override {
    const std::int32_t id = next_++;
    connection_.command("begin", "BEGIN");
    connection_.command("insert", std::array{lane_, id, amount_of(id)}, "INSERT 0 1");
    expect("select", id - kSelectedAt, amount_of(id - kSelectedAt));
    connection_.command("update", std::array{lane_, id - kUpdatedAt, kAdded}, "UPDATE 1");
    expect("delete", id - kLife, amount_of(id - kLife) + kAdded);
    connection_.command("commit", "COMMIT");
  }

  void verify() override {
    if (PQtransactionStatus(connection_.raw()) != PQTRANS_IDLE) {
      throw workload::WrongResult("the last transaction was not committed");
    }
    std::int64_t ids = 0;
    std::int64_t amounts = 0;
    for (std::int32_t id = next_ - kLife; id < next_; ++id) {
      ids += id;
      amounts += amount_of(id) + (id < next_ - kUpdatedAt ? kAdded : 0);
    }
    const auto rows = connection_.run(fmt::format(
        "select count(*), sum(id), sum(amount) from crud_transaction.rows where lane = {}", lane_));
    const std::string seen = rows.text(0, 0) + " " + rows.text(0, 1) + " " + rows.text(0, 2);
    const std::string expected = fmt::format("{} {} {}", kLife, ids, amounts);
    if (seen != expected) {
      throw workload::WrongResult(
          fmt::format("after {} transactions: count, sum of ids, sum of amounts are {}, expected {}",
                      next_ - kLife, seen, expected));
    }
  }

 private:
  // Known from the row's number, below kAdded.
  [[nodiscard]] std::int32_t amount_of(std::int32_t id) const {
    return static_cast<std::int32_t>(workload::derived_seed(salt_, "", static_cast<std::uint64_t>(id)) %
                                     kAdded);
  }

  void expect(const char* statement, std::int32_t id, std::int32_t amount) {
    const Answer answer = connection_.execute(statement, std::array{lane_, id});
    if (answer.rows() != 1 || answer.number(0, 0) != amount) {
      throw workload::WrongResult(fmt::format("{} of row {}: {} rows, amount {}, expected 1 row, amount {}",
                                              statement, id, answer.rows(),
                                              answer.rows() == 0 ? 0 : answer.number(0, 0), amount));
    }
  }

  LaneConnection connection_;
  std::int32_t lane_;
  std::uint64_t salt_;
  std::int32_t next_ = 0;
};

class CrudTransaction final : public workload::Workload {
 public:
  void set_up(const workload::Site& site) const override {
    run_each(site, "drop schema if exists crud_transaction cascade", "create schema crud_transaction",
             fmt::format(
                 "create table crud_transaction.rows (lane int4, id int4, amount int4 not null, content text "
                 "not null, primary key (lane, id)) with (fillfactor = 50, {})",
                 kNoAutovacuum));
    stock_write_ahead_log(site);
    reset(site);
  }
  void reset(const workload::Site& site) const override {
    run_each(site, "truncate crud_transaction.rows", "vacuum (freeze, analyze) crud_transaction.rows",
             kCheckpoint);
  }
  [[nodiscard]] std::unique_ptr<workload::Lane> make_lane(const workload::Site& site,
                                                          const workload::Seat& seat) const override {
    return std::make_unique<CrudLane>(site.target, seat);
  }
  void tear_down(const workload::Site& site) const override {
    run_each(site, "drop schema if exists crud_transaction cascade");
  }
};

ROOTSEAL_WORKLOAD("postgres", "crud_transaction", CrudTransaction);

}  // namespace

}  // namespace rootseal::postgres::crud_transaction_workload
