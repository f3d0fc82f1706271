// report/scope: on what the evidence of a run rests and where it ends, as plain texts. Shared by the reports
// for people. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "record/record.hpp"

namespace rootseal::report {

struct Fact {
  std::string name;  // "Engine"
  std::string text;  // untrusted
};
std::vector<Fact> scope_facts(const record::Record& record);

// What was skipped, not measured, or deviates from what it stands for, and why; a sentence each, untrusted.
std::vector<std::string> left_out(const record::Record& record);

// What a read-only root does not stop: the same in every report. `this` is code.
const std::vector<std::string>& limits();

}  // namespace rootseal::report
