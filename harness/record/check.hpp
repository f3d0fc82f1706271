// record/check: one functional or recovery check on one stack. Values.
#pragma once

#include <string>
#include <vector>

#include "record/verdict.hpp"

namespace rootseal::record {

// The harness's own checks. They do not count as "the suite did something".
inline constexpr const char* kStartCheck = "Stack.Starts";
inline constexpr const char* kClaimsCheck = "Claims.Hold";
// The scenario that looks for log lines where the profile says that they go.
inline constexpr const char* kLogsCheck = "Logs.ArriveWhereTheProfileSaysAndNowhereElse";

struct Check {
  std::string id;  // "PostgresCrud.RowsReadBackAsWritten", or one of the harness's own
  std::string stack;
  std::string service;
  std::string profile;
  std::string suite;  // "function", "recovery", "security", "performance", "workflow"
  Verdict verdict = Verdict::inconclusive;
  double seconds = 0;
  std::string message;                // empty on pass; else what, where, next move
  std::vector<std::string> evidence;  // what was seen, a line each
};

}  // namespace rootseal::record
