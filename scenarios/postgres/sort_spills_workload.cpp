// Workload: a sort of 5,000 rows (1.2 MB) with 64 kB of work_mem, so that it merges from temporary files.
// They lie in the data folder: on a volume, whatever the root is. Not smaller: each sort makes a file and
// removes it, and ext4 passes over every inode that was freed in the last five seconds, one by one, before it
// takes a free one. With 500 rows that was up to a third of an operation, and differed between copies of one
// volume.
#include "postgres/spilling_sort.hpp"

namespace rootseal::postgres::sort_spills_workload {
namespace {

constexpr const char* kSchema = "sort_spills";

class SortLane final : public workload::Lane {
 public:
  explicit SortLane(const service::Target& target) : sort_(target, kSchema, "") {}
  void operation() override { sort_.sort(); }
  void verify() override { sort_.require_spilled(); }

 private:
  SpillingSort sort_;
};

class SortSpills final : public workload::Workload {
 public:
  [[nodiscard]] workload::Shape shape() const override {
    workload::Shape shape;
    shape.turn_operations = 1;
    shape.latency_spans = 0.75;
    return shape;
  }
  void set_up(const workload::Site& site) const override { SpillingSort::make_table(site, kSchema); }
  void reset(const workload::Site& site) const override { run_each(site, kCheckpoint); }
  [[nodiscard]] std::unique_ptr<workload::Lane> make_lane(const workload::Site& site,
                                                          const workload::Seat& /*seat*/) const override {
    return std::make_unique<SortLane>(site.target);
  }
  void tear_down(const workload::Site& site) const override {
    run_each(site, fmt::format("drop schema if exists {} cascade", kSchema));
  }
};

ROOTSEAL_WORKLOAD("postgres", "sort_spills", SortSpills);

}  // namespace

}  // namespace rootseal::postgres::sort_spills_workload
