// Workload: a database of 2 MB dumped and restored into another of the same server, inside the container as
// an operator does it with `docker exec`: pg_dump's custom format through a pipe into pg_restore. Recorded
// only; entering the container is part of the time. Compared whenever the turn is handed over: every row of
// both databases, whatever their order, and the index.
#include "postgres/lane_thread.hpp"
#include "postgres/workload_ground.hpp"
#include "services/postgres/backup.hpp"

namespace rootseal::postgres::dump_restore_workload {
namespace {

constexpr const char* kSource = "dump_restore_source";
constexpr int kCopies = 4;  // databases to restore into, more than a turn has operations
constexpr int kRows = 10'000;

service::Target in_database(service::Target target, std::string name) {
  target.database = std::move(name);
  return target;
}

std::string copy_name(int number) { return fmt::format("dump_restore_copy_{}", number); }

void empty_copies(Connection& connection, int count) {
  for (int number = 0; number < count; ++number) {
    connection.run(fmt::format("drop database if exists {} with (force)", copy_name(number)), soon());
    connection.run(fmt::format("create database {} template template0", copy_name(number)), soon());
  }
}

class DumpLane final : public workload::Lane {
 public:
  explicit DumpLane(const workload::Site& site)
      : source_(in_database(site.target, kSource)),
        container_(site.container),
        control_(site.target, soon()) {
    expected_ = digest_of(kSource);
  }

  void operation() override {
    if (restored_ == kCopies) {
      throw core::HarnessError(
          {"restoring", source_.subject, "more operations in a turn than databases", ""});
    }
    copy_database(source_, copy_name(restored_), *container_, soon());
    ++restored_;
  }

  void settle() override {
    thread_.run([this] {
      for (int number = 0; number < restored_; ++number) compare(copy_name(number));
    });
    empty_copies(control_, restored_);
    restored_ = 0;
  }

  void verify() override {
    settle();
    if (!wrong_.empty() || compared_ == 0) {
      throw workload::WrongResult(compared_ == 0 ? "nothing was restored" : wrong_);
    }
  }

 private:
  // This and the next: inside the container's network namespace only.
  void compare(const std::string& copy) {
    const std::string seen = digest_of(copy);
    ++compared_;
    if (seen != expected_ && wrong_.empty()) {
      wrong_ = fmt::format("the restored database holds '{}', the source '{}'", seen, expected_);
    }
  }
  [[nodiscard]] std::string digest_of(const std::string& database) const {
    Connection connection(in_database(source_, database), soon(),
                          {{"options", "-c client_min_messages=error"}});
    const char* tables =
        "select count(*) from pg_class where relname in ('rows', 'rows_pkey', 'rows_by_amount')";
    const std::string objects = connection.run(tables, soon()).text(0, 0);
    if (objects != "3") return objects + " of 3 tables and indexes";
    return connection
        .run(
            "select count(*) || ' rows, ' || coalesce(sum(('x' || left(md5(r::text), 16))::bit(64)::bigint), "
            "0) from "
            "rows r",
            soon())
        .text(0, 0);
  }

  service::Target source_;
  const engine::Container* container_;
  Connection control_;
  std::string expected_;
  int restored_ = 0;  // since the turn began
  std::uint64_t compared_ = 0;
  std::string wrong_;  // what was found first
  LaneThread thread_;
};

class DumpRestore final : public workload::Workload {
 public:
  [[nodiscard]] workload::Shape shape() const override {
    workload::Shape shape;
    shape.judged = false;
    shape.connections = 0;
    return shape;
  }
  void set_up(const workload::Site& site) const override {
    run_each(site, fmt::format("drop database if exists {} with (force)", kSource),
             fmt::format("create database {} template template0", kSource));
    run_each(
        {in_database(site.target, kSource), site.container},
        fmt::format("create table rows (id int4 primary key, amount numeric(12, 4), content text) with ({})",
                    kNoAutovacuum),
        fmt::format(
            "insert into rows select n, n * 1.2345, repeat(md5(n::text), 3) from generate_series(1, {}) n",
            kRows),
        "create index rows_by_amount on rows (amount)", "vacuum (freeze, analyze) rows");
    stock_write_ahead_log(site);
    reset(site);
  }
  void reset(const workload::Site& site) const override {
    Connection connection(site.target, soon(), {{"options", "-c client_min_messages=warning"}});
    empty_copies(connection, kCopies);
    connection.run(kCheckpoint, soon());
  }
  [[nodiscard]] std::unique_ptr<workload::Lane> make_lane(const workload::Site& site,
                                                          const workload::Seat& /*seat*/) const override {
    return std::make_unique<DumpLane>(site);
  }
  void tear_down(const workload::Site& site) const override {
    run_each(site, fmt::format("drop database if exists {} with (force)", kSource));
    for (int number = 0; number < kCopies; ++number) {
      run_each(site, fmt::format("drop database if exists {} with (force)", copy_name(number)));
    }
  }
};

ROOTSEAL_WORKLOAD("postgres", "dump_restore", DumpRestore);

}  // namespace

}  // namespace rootseal::postgres::dump_restore_workload
