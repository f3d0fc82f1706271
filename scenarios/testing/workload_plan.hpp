// testing/workload_plan: what is measured in a launch, how long, how often and in which order, from the size
// and the seed of the run alone. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "testing/lanes.hpp"
#include "wire/occasion.hpp"

namespace rootseal::workload {

struct Plan {
  unsigned epochs = 0;           // per pair and launch, each on new connections; of judged workloads
  bool shaped = true;            // a workload's own number of epochs counts (Shape::epochs)
  Nanoseconds latency{0};        // of an epoch, both sides together
  Nanoseconds throughput{0};     // likewise
  WarmUp warm_up;                // of an epoch: only the connections are new
  Nanoseconds heating{0};        // of every server alone, before the first pair of a judged workload; 0: none
  unsigned recorded_epochs = 1;  // of the others
  unsigned twin_epochs = 1;      // of judged workloads on the twin: it has to show a bias, not to be judged
};

// "quick", "default", "full"; throws UsageError on anything else.
Plan plan_for(const std::string& size);

// How many epochs a workload has in a launch on a contender.
unsigned epochs_of(const Plan& plan, const Shape& shape, bool twin);

// What --list says about a workload.
wire::WorkloadFacts facts_of(const Entry& entry);

// One measurement: which workload on which contender.
struct Turn {
  std::size_t workload = 0;
  std::size_t contender = 0;
};

// Those of `turns` in an order drawn from the seed and the launch; restarting workloads come last.
std::vector<Turn> schedule(std::vector<Turn> turns, const std::vector<wire::WorkloadFacts>& workloads,
                           std::uint64_t seed, int launch);

}  // namespace rootseal::workload
