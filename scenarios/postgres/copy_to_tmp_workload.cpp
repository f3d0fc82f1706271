// Workload: COPY of 20,000 rows to a file of the server's: in /tmp where it can write it, else in /dev/shm.
// On a writable root that is the container's layer, on a read-only one a tmpfs, which is expected to be
// faster. Recorded only. The file is compared with what must be in it and removed when the turn is handed
// over.
#include "postgres/workload_ground.hpp"

namespace rootseal::postgres::copy_to_tmp_workload {
namespace {

constexpr int kRows = 20'000;

std::string expected_file() {
  std::string text;
  for (int id = 1; id <= kRows; ++id)
    text += fmt::format("{0}\t{0:07}{0:07}{0:07}{0:07}{0:07}{0:07}{0:07}{0:07}\n", id);
  return text;
}

class CopyToLane final : public workload::Lane {
 public:
  explicit CopyToLane(const service::Target& target)
      : connection_(target, soon()),
        file_(place_for_files(connection_) + "/rootseal_copy_to_tmp"),
        remove_("rm -f " + file_ + "_*") {
    run_program(connection_, remove_);
    const std::string text = expected_file();
    expected_ =
        connection_.query("select length(f) || ' ' || md5(f) from convert_to($1, 'UTF8') f", {text}, soon())
            .text(0, 0);
  }
  // Whatever happened; what cannot be removed goes with its container.
  ~CopyToLane() override {
    try {
      run_program(connection_, remove_);
    } catch (const std::exception&) {
    }
  }

  void operation() override {
    const auto copied = connection_.run("copy copy_to_tmp.rows to " + file(written_), soon()).affected();
    ++written_;
    if (copied != kRows) {
      throw workload::WrongResult(fmt::format("COPY of {} rows says that it wrote {}", kRows, copied));
    }
  }

  void settle() override {
    for (int number = 0; number < written_; ++number, ++compared_) {
      const auto seen =
          connection_
              .run("select length(f) || ' ' || md5(f) from pg_read_binary_file(" + file(number) + ") f",
                   soon())
              .text(0, 0);
      if (seen != expected_ && wrong_.empty()) {
        wrong_ = fmt::format("{}: length and md5 are {}, expected {}", file(number), seen, expected_);
      }
    }
    run_program(connection_, remove_);
    written_ = 0;
  }

  void verify() override {
    settle();
    if (!wrong_.empty() || compared_ == 0) {
      throw workload::WrongResult(compared_ == 0 ? "no file was compared" : wrong_);
    }
  }

 private:
  [[nodiscard]] std::string file(int number) const { return literal(fmt::format("{}_{}", file_, number)); }

  Connection connection_;
  std::string file_, remove_, expected_;
  int written_ = 0;  // files since the turn began
  std::uint64_t compared_ = 0;
  std::string wrong_;  // what was found first
};

class CopyToTmp final : public workload::Workload {
 public:
  [[nodiscard]] workload::Shape shape() const override {
    workload::Shape shape;
    shape.judged = false;
    shape.connections = 0;
    return shape;
  }
  void set_up(const workload::Site& site) const override {
    run_each(site, "drop schema if exists copy_to_tmp cascade", "create schema copy_to_tmp",
             fmt::format("create table copy_to_tmp.rows (id int4, content text) with ({})", kNoAutovacuum),
             fmt::format("insert into copy_to_tmp.rows select n, repeat(lpad(n::text, 7, '0'), 8) from "
                         "generate_series(1, {}) n",
                         kRows),
             "vacuum (freeze, analyze) copy_to_tmp.rows", kCheckpoint);
  }
  void reset(const workload::Site& site) const override { run_each(site, kCheckpoint); }
  [[nodiscard]] std::unique_ptr<workload::Lane> make_lane(const workload::Site& site,
                                                          const workload::Seat& /*seat*/) const override {
    return std::make_unique<CopyToLane>(site.target);
  }
  void tear_down(const workload::Site& site) const override {
    run_each(site, "drop schema if exists copy_to_tmp cascade");
  }
};

ROOTSEAL_WORKLOAD("postgres", "copy_to_tmp", CopyToTmp);

}  // namespace

}  // namespace rootseal::postgres::copy_to_tmp_workload
