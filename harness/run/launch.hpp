// run/launch: the stacks of one launch of the performance suite: every side started afresh, side by side,
// from a copy of one snapshot of prepared data, servers confined to cores apart from the client's.
//
// Order of calls: make a Snapshot per service (its data are prepared by the caller's work), then any number
// of Launches, one after the other; take_down() or the destructor removes stacks and volumes. One thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "run/suites.hpp"
#include "run/volume.hpp"

namespace rootseal::run {

// Starts the control once, lets `prepare` work on it, has the server complete its data, stops it, and copies
// its volume. Null when it did not start (a fault of the run) or `prepare` says false.
std::unique_ptr<Volume> make_snapshot(const Bench& bench, const ServicePlan& service,
                                      const std::function<bool(const RunningStack&)>& prepare);

// Which candidates are measured. A quick run measures one, the least protected: what the read-only root
// itself does; more of them would cost it minutes.
std::vector<const profile::Profile*> measured_candidates(const ServicePlan& service, Size size);

class Launch {
 public:
  // Copies the data, which are on the disk before anything starts, and starts the control, its twin and the
  // candidates, in an order drawn from the run's seed and `number`.
  Launch(const Bench& bench, const ServicePlan& service, const Placement& placement,
         const std::string& snapshot, int number);
  ~Launch();
  Launch(const Launch&) = delete;
  Launch& operator=(const Launch&) = delete;

  [[nodiscard]] int number() const { return number_; }
  // The sides that can be measured; empty when the control cannot. The control comes first.
  [[nodiscard]] std::vector<const RunningStack*> usable() const;
  // Verifies the claims again and takes everything down.
  void take_down();

 private:
  struct Side {
    StackSpec spec;
    std::unique_ptr<Volume> volume;
    std::unique_ptr<RunningStack> stack;
  };
  void start(Side& side);

  const Bench& bench_;
  int number_;
  std::vector<Side> sides_;
};

}  // namespace rootseal::run
