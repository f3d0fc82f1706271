// Workload: one row out of 10,000 updated by its primary key and committed; the answer comes when the commit
// is on the disk. Every lane has keys of its own, so that lanes never wait for each other's rows, and knows
// how often it has counted each of them up: the table must say the same.
#include <vector>

#include "postgres/workload_ground.hpp"
#include "testing/workload_seed.hpp"

namespace rootseal::postgres::update_one_row_workload {
namespace {

constexpr std::uint32_t kRows = 10'000;

class UpdateLane final : public workload::Lane {
 public:
  UpdateLane(const service::Target& target, const workload::Seat& seat)
      : connection_(target, "-c synchronous_commit=on"), random_(seat.seed), seat_(seat), counted_(kRows, 0) {
    connection_.prepare("update", "update update_one_row.rows set counter = counter + 1 where id = $1::int4");
  }

  void operation() override {
    const auto key = static_cast<std::uint32_t>(
        workload::next_random(random_) % (kRows / seat_.of) * seat_.of + seat_.number);
    connection_.command("update", std::array{static_cast<std::int32_t>(key)}, "UPDATE 1");
    ++counted_[key];
  }

  void verify() override {
    const auto rows = connection_.run(
        fmt::format("select id, counter from update_one_row.rows where id % {} = {} order by id", seat_.of,
                    seat_.number));
    std::size_t found = 0;
    for (std::uint32_t key = seat_.number; key < kRows; key += seat_.of, ++found) {
      const int row = static_cast<int>(found);
      if (row >= rows.size() || rows.text(row, 0) != std::to_string(key) ||
          rows.text(row, 1) != std::to_string(counted_[key])) {
        throw workload::WrongResult(fmt::format("row {} was updated {} times, the table says {}", key,
                                                counted_[key],
                                                row < rows.size() ? rows.text(row, 1) : "nothing"));
      }
    }
  }

 private:
  LaneConnection connection_;
  std::uint64_t random_;
  workload::Seat seat_;
  std::vector<std::uint32_t> counted_;  // by key
};

class UpdateOneRow final : public workload::Workload {
 public:
  [[nodiscard]] workload::Shape shape() const override {
    workload::Shape shape;
    shape.in_quick = true;
    shape.latency_spans = 0.75;
    return shape;
  }
  void set_up(const workload::Site& site) const override {
    // Pages half empty, so that updates stay in their page, as they would in a table that is vacuumed.
    run_each(site, "drop schema if exists update_one_row cascade", "create schema update_one_row",
             fmt::format(
                 "create table update_one_row.rows (id int4 primary key, counter int4 not null, filler text "
                 "not null) with (fillfactor = 50, {})",
                 kNoAutovacuum));
    stock_write_ahead_log(site);
    reset(site);
  }
  void reset(const workload::Site& site) const override {
    run_each(site, "truncate update_one_row.rows",
             fmt::format(
                 "insert into update_one_row.rows select n, 0, repeat('x', 60) from generate_series(0, {}) n",
                 kRows - 1),
             "vacuum (freeze, analyze) update_one_row.rows", kCheckpoint);
  }
  [[nodiscard]] std::unique_ptr<workload::Lane> make_lane(const workload::Site& site,
                                                          const workload::Seat& seat) const override {
    return std::make_unique<UpdateLane>(site.target, seat);
  }
  void tear_down(const workload::Site& site) const override {
    run_each(site, "drop schema if exists update_one_row cascade");
  }
};

ROOTSEAL_WORKLOAD("postgres", "update_one_row", UpdateOneRow);

}  // namespace

}  // namespace rootseal::postgres::update_one_row_workload
