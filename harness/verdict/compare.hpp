// verdict/compare: comparisons from epochs, and their verdicts. Pure functions; thread-safe; no I/O, no
// clock. The rules and why they are so: README.md beside this file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record/record.hpp"

namespace rootseal::verdict {

// What decides. Margins belong to the metrics and are not here: they were declared before anything was
// measured.
struct Policy {
  bool only_gross = false;  // judge only what is grossly slower, record everything else
  int least = 6;            // launches; with fewer only what is grossly slower is judged
  int cap = 12;             // what would need more launches is recorded
  double level = 0.05;      // chance of a wrong claim: per family for "slower", per row for "equal"
  double power = 0.95;
  double gross = 3;                  // in margins
  std::uint64_t p50_operations = 5;  // a side, in every epoch; with fewer there is no such row
  std::uint64_t p99_operations = 200;
  bool judge_twins = false;  // judge a twin like a candidate: for the proof that equal sides raise no alarm
};
Policy policy_for(const std::string& size);  // "quick", "default", "full"

// One row per workload, stack and metric for which epochs have figures, judged where the policy says so. An
// epoch whose figure is missing, zero or not finite is left out of that metric.
std::vector<record::Comparison> compare(const std::vector<record::Epoch>& epochs,
                                        const std::vector<record::Stack>& stacks, const Policy& policy);

// How many launches a run should have, from the epochs of its pilot (two launches at least, one service or
// several): the largest need for `policy.power` at twice the margin among judged workloads, throughput and
// p50, of all contenders, between policy.least and policy.cap.
struct Need {
  int launches = 0;
  std::string text;  // for the log: which workload asks for it, and the spreads seen
};
Need launches_needed(const std::vector<record::Epoch>& epochs, const Policy& policy);

}  // namespace rootseal::verdict
