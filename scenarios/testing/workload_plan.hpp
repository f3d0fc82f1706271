// testing/workload_plan: how long, how often and in which order the pairs are measured, from the size and the
// seed of the run alone. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "testing/lanes.hpp"

namespace rootseal::workload {

struct Plan {
  unsigned epochs = 0;   // per pair and launch, each on new connections
  Stretch stretch;       // one epoch, both sides together; `slice` is the workload's
  WarmUp first_warm_up;  // of a pair's first epoch: the server may have just booted
  WarmUp warm_up;        // of the others: only the connections are new
};

// "quick", "default", "full"; throws UsageError on anything else.
Plan plan_for(const std::string& size);

// One measurement: which workload on which contender.
struct Turn {
  std::size_t workload = 0;
  std::size_t contender = 0;
};

// Every workload with every contender, in an order drawn from the seed and the launch.
std::vector<Turn> schedule(std::size_t workloads, std::size_t contenders, std::uint64_t seed, int launch);

}  // namespace rootseal::workload
