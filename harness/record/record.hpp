// record: everything that one run learnt, in one file (run.json). Values; JSON in record/json.hpp, the schema
// in results/schema/. Times are seconds as doubles, sizes bytes; every row names its stack.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record/attack.hpp"
#include "record/check.hpp"
#include "record/comparison.hpp"
#include "record/environment.hpp"
#include "record/stack.hpp"
#include "record/task.hpp"
#include "record/threat.hpp"
#include "record/verdict.hpp"

namespace rootseal::record {

inline constexpr int kSchemaVersion = 1;
inline constexpr int kInterruptedStatus = 130;  // Run::exit_status of a run that was stopped on request

struct Run {
  std::string id;
  std::string started;   // UTC, ISO 8601
  std::string finished;  // empty while it runs, and when it was killed
  std::vector<std::string> argv;
  std::uint64_t seed = 0;
  std::string size;  // "quick", "default", "full"
  std::vector<std::string> suites;
  RunVerdict verdict = RunVerdict::interrupted;
  int exit_status = -1;              // -1 while it runs
  std::vector<std::string> reasons;  // what decided the verdict, a sentence each (verdict/); empty for pass
  std::vector<std::string> faults;   // of the harness or its environment, a message each
};

struct Resource {  // what a stack used
  std::string stack;
  std::string name;  // "memory_high_water", "cpu"
  std::string unit;  // "B", "s"
  double value = 0;
};

// Something that a reader should know and that is not a failed check: what a specimen showed, a residual
// risk.
struct Finding {
  std::string id;        // "as-analysed-start-postgres"
  std::string severity;  // "info", "low", "medium", "high"
  std::string stack;
  std::string text;
  std::vector<std::string> evidence;
};

struct Skipped {
  std::string what;  // "attack G07", "suite recovery"
  std::string stack;
  std::string reason;
};

struct Record {
  int schema_version = kSchemaVersion;
  Tool tool;
  Run run;
  Environment environment;
  std::vector<Stack> stacks;
  std::vector<Check> checks;
  std::vector<Task> tasks;
  std::vector<Attack> attacks;
  std::vector<Threat> threats;
  std::vector<Surface> surface;
  std::vector<Epoch> epochs;
  std::vector<Comparison> comparisons;
  std::vector<Resource> resources;
  std::vector<Finding> findings;
  std::vector<Skipped> skipped;
};

}  // namespace rootseal::record
