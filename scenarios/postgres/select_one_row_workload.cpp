// Workload: one row by its primary key out of 10,000, by a prepared statement with binary parameter and
// result. Every row that comes back is compared with what was put in. Steady state, in memory: what the root
// filesystem is made of should not matter here.
#include "postgres/workload_ground.hpp"
#include "testing/workload_seed.hpp"

namespace rootseal::postgres::select_one_row_workload {
namespace {

constexpr std::uint32_t kRows = 10'000;
constexpr std::size_t kDigits = 7;
constexpr std::size_t kRepeats = 12;
constexpr const char* kStatement = "one_row";

class SelectLane final : public workload::Lane {
 public:
  SelectLane(const service::Target& target, std::uint64_t seed) : connection_(target), random_(seed) {
    connection_.prepare(kStatement, "select id, content from select_one_row.rows where id = $1::int4");
  }

  void operation() override {
    const auto key = static_cast<std::int32_t>(workload::next_random(random_) % kRows) + 1;
    const Answer answer = connection_.execute(kStatement, std::array{key});
    if (answer.rows() != 1 || answer.columns() != 2 || answer.number(0, 0) != key ||
        !is_content(answer.bytes(0, 1), key)) {
      throw workload::WrongResult(
          fmt::format("row {} came back as {} rows of {} columns with another content", key, answer.rows(),
                      answer.columns()));
    }
  }

  void verify() override {
    const auto rows =
        connection_.run("select count(*), sum(id), count(distinct content) from select_one_row.rows");
    const std::string seen = rows.text(0, 0) + " " + rows.text(0, 1) + " " + rows.text(0, 2);
    const std::string expected = fmt::format("{0} {1} {0}", kRows, std::uint64_t{kRows} * (kRows + 1) / 2);
    if (seen != expected) {
      throw workload::WrongResult(fmt::format(
          "after the epoch: count, sum of ids, distinct contents are {}, expected {}", seen, expected));
    }
  }

 private:
  // The key with leading zeros, repeated.
  static bool is_content(std::string_view content, std::int32_t key) {
    std::array<char, kDigits> digits{};
    for (std::size_t i = kDigits; i-- > 0; key /= 10) {
      digits[i] = static_cast<char>('0' + key % 10);
    }
    if (content.size() != kDigits * kRepeats) {
      return false;
    }
    for (std::size_t i = 0; i < kRepeats; ++i) {
      if (std::memcmp(content.data() + i * kDigits, digits.data(), kDigits) != 0) {
        return false;
      }
    }
    return true;
  }

  LaneConnection connection_;
  std::uint64_t random_;
};

class SelectOneRow final : public workload::Workload {
 public:
  [[nodiscard]] workload::Shape shape() const override {
    workload::Shape shape;
    shape.in_quick = true;
    return shape;
  }
  void set_up(const workload::Site& site) const override {
    run_each(
        site, "drop schema if exists select_one_row cascade", "create schema select_one_row",
        fmt::format("create table select_one_row.rows (id int4 primary key, content text not null) with ({})",
                    kNoAutovacuum),
        fmt::format("insert into select_one_row.rows select n, repeat(lpad(n::text, {}, '0'), {}) "
                    "from generate_series(1, {}) n",
                    kDigits, kRepeats, kRows),
        "vacuum (freeze, analyze) select_one_row.rows", kCheckpoint);
  }
  // The rows never change: only what another workload left is to be done with.
  void reset(const workload::Site& site) const override { run_each(site, kCheckpoint); }
  [[nodiscard]] std::unique_ptr<workload::Lane> make_lane(const workload::Site& site,
                                                          const workload::Seat& seat) const override {
    return std::make_unique<SelectLane>(site.target, seat.seed);
  }
  void tear_down(const workload::Site& site) const override {
    run_each(site, "drop schema if exists select_one_row cascade");
  }
};

ROOTSEAL_WORKLOAD("postgres", "select_one_row", SelectOneRow);

}  // namespace

}  // namespace rootseal::postgres::select_one_row_workload
