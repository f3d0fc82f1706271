// verdict/draft: a comparison on its way to its verdict. For verdict/ only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "verdict/compare.hpp"

namespace rootseal::verdict {

struct Draft {
  record::Comparison row;
  std::vector<double> slowdowns;  // of the launches; above 1 is slower, whatever the metric
  std::string server;             // "postgres-15"
  bool twin = false;
  bool judgeable = false;    // workload and metric are judged ones
  bool candidate = false;    // and so is the stack
  bool guard = false;        // of a metric that only ever fails
  bool unpinned = false;     // in one epoch at least
  std::string how;           // "netns; client 0, servers 1"
  double deviation = 0;      // of the launches' log ratios
  std::size_t family = 1;    // rows that the correction is over
  double worse = 1;          // p-values after Holm: slower than the margin,
  double better = 1;         // faster than the margin,
  double off = 1;            // a twin's: not equal
  int needed = 0;            // launches for the policy's power
  std::string difference;    // undeclared differences, in words
  std::string twin_trouble;  // why the twin beside it takes the verdict away
};

// Fills family, p-values, needs and troubles of all rows of a run.
void weigh(std::vector<Draft>& drafts, const std::vector<record::Stack>& stacks, const Policy& policy);

// Sets judged, verdict and note of one row that was weighed.
void decide(Draft& draft, const Policy& policy);

}  // namespace rootseal::verdict
