// Workload: COPY of 10,000 rows into a table of the lane's own, and its commit on the disk. After every eight
// of them, when the turn is handed over, what came in is counted and summed, every fourth time compared row
// by row, and the table is emptied: it stays small however long is measured, and its pages are gone before
// anybody writes them to the disk. That time belongs to nobody.
//
// Not after each one: TRUNCATE gives the table new files and frees the old ones' inodes, and ext4 passes over
// every inode of a group that was freed in the last five seconds before it takes a free one. The COPY that
// follows makes a free space map, a new file too, and paid for that search: 3.1 ms became 4.0, by where the
// directory happened to lie. `content` has a bounded length so that no TOAST table is made with it.
#include "postgres/workload_ground.hpp"

namespace rootseal::postgres::copy_rows_workload {
namespace {

constexpr std::uint64_t kRows = 10'000;
constexpr std::uint64_t kEmptyAfter = 8;  // COPYs
constexpr int kLogFiles = 16;             // half a MiB a COPY, some 300 in an epoch and its warm-up
constexpr std::uint64_t kWholeEvery = 4;  // of so many looks at the table one compares every content
constexpr const char* kCheck =
    "select concat_ws(' ', count(*), count(*) filter (where {}), sum(id), sum(id::int8 * amount)) from {}";

std::uint64_t amount_of(std::uint64_t id, std::uint64_t seed) {
  return (id * 7919 + seed % 1'000'003) % 100'003;
}

class CopyLane final : public workload::Lane {
 public:
  CopyLane(const service::Target& target, const workload::Seat& seat)
      : connection_(target, soon(), {{"options", "-c synchronous_commit=on"}}),
        table_(fmt::format("copy_rows.lane_{}", seat.number)),
        copy_(fmt::format("copy {} from stdin", table_)),
        truncate_(fmt::format("truncate {}", table_)),
        // `content` is made of the id, so that the server can say how many are as they must be.
        whole_check_(fmt::format(kCheck, "content = repeat(lpad(id::text, 8, '0'), 2)", table_)),
        quick_check_(fmt::format(kCheck, "length(content) = 16", table_)) {
    connection_.run(
        fmt::format(
            "create table {} (id int4 not null, amount int4 not null, content varchar(16) not null) with "
            "({})",
            table_, kNoAutovacuum),
        soon());
    for (std::uint64_t id = 1; id <= kRows; ++id) {
      const auto amount = amount_of(id, seat.seed);
      data_ += fmt::format("{0}\t{1}\t{2:08}{2:08}\n", id, amount, id);
      weighed_ += id * amount;
    }
  }

  void operation() override {
    const auto copied = connection_.copy_in(copy_, data_, soon());
    ++pending_;
    if (copied != kRows) {
      throw workload::WrongResult(fmt::format("COPY of {} rows says that it took {}", kRows, copied));
    }
  }

  void settle() override {
    if (pending_ < kEmptyAfter) return;
    check();
    connection_.run(truncate_, soon());
    pending_ = 0;
  }

  void verify() override {
    check();
    if (!wrong_.empty()) {
      throw workload::WrongResult(wrong_);
    }
  }

 private:
  void check() {
    const auto& statement = checks_++ % kWholeEvery == 0 ? whole_check_ : quick_check_;
    const std::string seen = connection_.run(statement, soon()).text(0, 0);
    const std::string expected = pending_ == 0
                                     ? "0 0"  // sums of nothing are NULL
                                     : fmt::format("{0} {0} {1} {2}", pending_ * kRows,
                                                   pending_ * kRows * (kRows + 1) / 2, pending_ * weighed_);
    if (seen != expected && wrong_.empty()) {
      wrong_ = fmt::format(
          "after {} COPYs: rows, rows with their content, sum of ids, weighed sum are '{}', expected "
          "'{}'",
          pending_, seen, expected);
    }
  }

  Connection connection_;
  std::string table_;
  std::string copy_, truncate_, whole_check_, quick_check_;
  std::uint64_t checks_ = 0;
  std::string data_;
  std::uint64_t weighed_ = 0;
  std::uint64_t pending_ = 0;  // COPYs since the table was empty
  std::string wrong_;          // what was found first
};

class CopyRows final : public workload::Workload {
 public:
  [[nodiscard]] workload::Shape shape() const override {
    workload::Shape shape;
    shape.turn_operations = 1;
    shape.throughput_spans = 2;
    shape.epochs = 2;
    shape.max_operations = 10'000;
    return shape;
  }
  void set_up(const workload::Site& site) const override {
    stock_write_ahead_log(site);
    reset(site);
  }
  void reset(const workload::Site& site) const override {
    run_each(site, "drop schema if exists copy_rows cascade", "create schema copy_rows",
             "vacuum pg_catalog.pg_class", "vacuum pg_catalog.pg_attribute", kCheckpoint);
    stock_write_ahead_log(site, kLogFiles);
  }
  [[nodiscard]] std::unique_ptr<workload::Lane> make_lane(const workload::Site& site,
                                                          const workload::Seat& seat) const override {
    return std::make_unique<CopyLane>(site.target, seat);
  }
  void tear_down(const workload::Site& site) const override {
    run_each(site, "drop schema if exists copy_rows cascade");
  }
};

ROOTSEAL_WORKLOAD("postgres", "copy_rows", CopyRows);

}  // namespace

}  // namespace rootseal::postgres::copy_rows_workload
