// verdict/metrics: what is compared, with its margin, and the figures of a pair of sides. Pure; for verdict/
// only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "verdict/compare.hpp"

namespace rootseal::verdict {

struct Metric {
  const char* name;
  const char* unit;
  const char* better;  // "higher", "lower"
  double margin;       // declared before anything was measured
  bool judged;         // false: recorded, whatever the workload
  bool guard = false;  // fails where slowness is shown and says nothing otherwise; a family of its own
};
const std::vector<Metric>& metrics();

// All epochs of one workload on one stack against another.
struct Group {
  std::string service, workload, stack, against;
  std::vector<const record::Epoch*> epochs;
};
std::vector<Group> groups_of(const std::vector<record::Epoch>& epochs);  // in the order they were first seen

// The launches of a group by number; none when the metric cannot be had, or its epochs have too few
// operations.
std::vector<record::Launch> launches_of(const Metric& metric, const Group& group, const Policy& policy);

// The launches' ratios turned so that above 1 is slower, whatever the metric.
std::vector<double> slowdowns(const Metric& metric, const std::vector<record::Launch>& launches);

// Launches for the policy's power at twice the margin, at this level; `kMostLaunches` stands for "or more".
inline constexpr int kMostLaunches = 1000;
int launches_for(const Metric& metric, double deviation, double level, const Policy& policy);

}  // namespace rootseal::verdict
