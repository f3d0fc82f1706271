// wire/occasion: which workloads take part in which launch: known to the orchestrator, which expects results,
// and to the child, which measures. Pure; thread-safe.
#pragma once

#include <string>

namespace rootseal::wire {

// What a workload says of itself (--list).
struct WorkloadFacts {
  std::string name;
  std::string service;  // empty: every service
  bool judged = true;
  bool only_when_named = false;
  bool restarts = false;
  bool in_quick = false;
};

// When somebody asks which workloads take part.
struct Occasion {
  std::string service;     // of the stacks
  std::string glob = "*";  // --workload: globs, separated by commas
  std::string size;        // "quick", "default", "full"
  int launch = 1;
};

// Whether a launch has a twin of the control at all. In default it is one of the first four, and of every
// second one after them: it has to show a bias, not to be judged.
bool has_twin(const std::string& size, int launch);

// Whether the pair of the control and a contender (`twin`: the control's own twin) is measured with that
// workload. In quick only those that ask for it (in_quick). Recorded workloads (judged = false): in default
// in launches 1 to 3 and not on the twin, in full in every launch and on the twin. One that is named without
// a wildcard always does. Those that restart the server: only in launches 1 to 3, and never on the twin,
// whose restart says nothing new. The twin is in no launch that
// has none. What takes part in any launch takes part in the first.
bool takes_part(const WorkloadFacts& facts, const Occasion& occasion, bool twin);

// Whether any of the globs, separated by commas, matches.
bool any_matches(const std::string& globs, const std::string& name);

}  // namespace rootseal::wire
