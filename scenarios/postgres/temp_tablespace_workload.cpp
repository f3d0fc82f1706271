// Workload: the sort of sort_spills with its temporary files in a tablespace outside the data volume: in /tmp
// where the server can write it, else in /dev/shm. On a writable root that is the container's layer, on a
// read-only one a tmpfs, which is expected to be faster. Recorded only. The tablespace does not survive a
// snapshot: reset makes it anew, verify removes it.
#include "postgres/spilling_sort.hpp"

namespace rootseal::postgres::temp_tablespace_workload {
namespace {

constexpr const char* kName = "temp_tablespace";
constexpr const char* kDropSpace = "drop tablespace if exists rootseal_temporary";

class TablespaceLane final : public workload::Lane {
 public:
  explicit TablespaceLane(const service::Target& target) : sort_(target, kName, "rootseal_temporary") {}
  // Whatever happened; what cannot be removed goes with its container.
  ~TablespaceLane() override {
    try {
      sort_.connection().run(kDropSpace);
    } catch (const std::exception&) {
    }
  }
  void operation() override { sort_.sort(); }
  void verify() override { sort_.require_spilled(); }

 private:
  SpillingSort sort_;
};

class TempTablespace final : public workload::Workload {
 public:
  [[nodiscard]] workload::Shape shape() const override {
    workload::Shape shape;
    shape.judged = false;
    shape.connections = 0;
    return shape;
  }
  void set_up(const workload::Site& site) const override { SpillingSort::make_table(site, kName); }
  void reset(const workload::Site& site) const override {
    Connection connection(site.target, soon(), {{"options", "-c client_min_messages=warning"}});
    const std::string folder = place_for_files(connection) + "/rootseal_temporary";
    connection.run(kDropSpace, soon());
    run_program(connection, "rm -rf " + folder + " && mkdir " + folder);
    connection.run("create tablespace rootseal_temporary location " + literal(folder), soon());
    connection.run(kCheckpoint, soon());
  }
  [[nodiscard]] std::unique_ptr<workload::Lane> make_lane(const workload::Site& site,
                                                          const workload::Seat& /*seat*/) const override {
    return std::make_unique<TablespaceLane>(site.target);
  }
  void tear_down(const workload::Site& site) const override {
    run_each(site, kDropSpace, fmt::format("drop schema if exists {} cascade", kName));
  }
};

ROOTSEAL_WORKLOAD("postgres", "temp_tablespace", TempTablespace);

}  // namespace

}  // namespace rootseal::postgres::temp_tablespace_workload
