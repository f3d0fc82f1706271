// Workload: a connection opened, one query, the connection closed. Recorded only: the server starts a process
// for it and, where the profile asks for the password on the way that is measured, checks it by thousands of
// hashes, on both ends: `hardened` does over the loopback, the image's own pg_hba.conf does not. Verified by
// what the server says: another process for every connection, and none left in the end.
#include "postgres/lane_thread.hpp"
#include "postgres/workload_ground.hpp"

namespace rootseal::postgres::connect_close_workload {
namespace {

constexpr const char* kName = "rootseal_connect_close";

class ConnectLane final : public workload::Lane {
 public:
  explicit ConnectLane(service::Target target) : target_(std::move(target)), control_(target_, soon()) {}

  void operation() override { thread_.run(once_); }

  void verify() override {
    const auto gone = [this] {
      const auto rows = control_.query("select count(*) from pg_stat_activity where application_name = $1",
                                       {kName}, soon());
      return rows.text(0, 0) == "0" ? core::Wait::done : core::Wait::again;
    };
    if (last_.empty() || !core::wait_until(gone, core::Deadline::after(std::chrono::seconds(5)))) {
      throw workload::WrongResult(last_.empty()
                                      ? "no connection was made"
                                      : "5 s after the last was closed, connections are still there");
    }
  }

 private:
  void connect_ask_close() {
    Connection connection(target_, soon(), {{"application_name", kName}});
    const auto rows =
        connection.run("select pg_backend_pid() || ' ' || current_setting('application_name')", soon());
    const std::string expected = std::to_string(PQbackendPID(connection.raw())) + " " + kName;
    if (rows.text(0, 0) != expected || expected == last_) {
      throw workload::WrongResult(fmt::format("a new connection says '{}', expected '{}', before it was '{}'",
                                              rows.text(0, 0), expected, last_));
    }
    last_ = expected;
  }

  service::Target target_;
  Connection control_;
  std::string last_;  // what the connection before said
  std::function<void()> once_ = [this] { connect_ask_close(); };
  LaneThread thread_;
};

class ConnectClose final : public workload::Workload {
 public:
  [[nodiscard]] workload::Shape shape() const override {
    workload::Shape shape;
    shape.judged = false;
    shape.connections = 0;
    return shape;
  }
  void set_up(const workload::Site& /*site*/) const override {}  // needs no data
  void reset(const workload::Site& site) const override { run_each(site, kCheckpoint); }
  [[nodiscard]] std::unique_ptr<workload::Lane> make_lane(const workload::Site& site,
                                                          const workload::Seat& /*seat*/) const override {
    return std::make_unique<ConnectLane>(site.target);
  }
  void tear_down(const workload::Site& /*site*/) const override {}
};

ROOTSEAL_WORKLOAD("postgres", "connect_close", ConnectClose);

}  // namespace

}  // namespace rootseal::postgres::connect_close_workload
