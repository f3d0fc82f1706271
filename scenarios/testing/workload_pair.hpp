// testing/workload_pair: one workload measured on baseline and one contender: set up, epochs, tear down.
//
// Order of calls: construct, epoch() as often as the plan says (the first one sets up), tear_down(). The
// destructor tears down what an exception left, and is silent about it. Does not own servers and clock. One
// thread. Throws SideFault (whose work went wrong or could not be done) and HarnessError.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "record/comparison.hpp"
#include "testing/lanes.hpp"
#include "testing/workload.hpp"
#include "testing/workload_plan.hpp"
#include "testing/workload_server.hpp"

namespace rootseal::workload {

// A slowdown put in on purpose, to prove that the method sees it: on that stack this share of the operations
// (0.1 = every tenth, 1 = every one, 2 = every one twice more) is done once more inside the measured time.
struct Planted {
  std::string stack;  // empty: none
  double share = 0;
};

struct PairSettings {
  std::uint64_t seed = 0;
  int launch = 0;
  Plan plan;
  unsigned slice = 0;  // 0: the workload's own
  Planted planted;
  Cpus wanted_client, wanted_servers;
  std::string pin_refused;  // what pin_this_thread() said
};

class Pair {
 public:
  Pair(const Entry& entry, const Server& baseline, const Server& contender, Clock& clock,
       PairSettings settings);
  ~Pair();
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  // One verified epoch on new connections. Nothing comes out when a result or the effect was wrong.
  record::Epoch epoch();
  void tear_down();

 private:
  using Lanes = std::array<std::unique_ptr<Lane>, 2>;
  void set_up();
  Lanes make_lanes(std::uint64_t seed) const;
  Stretch stretch() const;
  std::string placement() const;
  record::Epoch describe(const PairRun& run, const std::array<double, 2>& server_cpu) const;

  const Entry& entry_;
  std::array<const Server*, 2> servers_;
  Clock& clock_;
  PairSettings settings_;
  std::unique_ptr<Workload> workload_;
  int epochs_ = 0;
  bool dirty_ = false;
};

// "operations", "seconds", "p50", "p95", "p99", "p999", "max", "server_cpu": seconds but for the first.
std::map<std::string, double> side_values(const SideRun& side, double server_cpu);

}  // namespace rootseal::workload
