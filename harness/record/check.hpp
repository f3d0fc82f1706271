// record/check: one functional or recovery check on one stack. Values.
#pragma once

#include <string>
#include <vector>

#include "record/verdict.hpp"

namespace rootseal::record {

struct Check {
  std::string id;  // "PostgresCrud.RowsReadBackAsWritten"; "start", "claims" for the harness's own
  std::string stack;
  std::string service;
  std::string profile;
  std::string suite;  // "function", "recovery", "security", "performance"
  Verdict verdict = Verdict::inconclusive;
  double seconds = 0;
  std::string message;                // empty on pass; else what, where, next move
  std::vector<std::string> evidence;  // what was seen, a line each
};

}  // namespace rootseal::record
