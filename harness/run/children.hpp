// run/children: the programs that link the test frameworks, run over stacks that they are given. Their
// results arrive as JSON lines and are recorded as they come. A child that hangs is killed at its deadline,
// one that crashes or prints garbage costs the check that it was in (inconclusive); it is then started again
// without the checks that are done.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "run/recorder.hpp"
#include "run/stack.hpp"
#include "wire/context.hpp"
#include "wire/occasion.hpp"

namespace rootseal::run {

class FurtherStacks;

// In waits of core::patience(), asked for when a check begins: it has grown at least as far as the child's.
struct ChildLimits {
  int check = wire::kScenarioWaits + 2;  // one check
  int all = 240;                         // the child as a whole
  int restarts = 20;
};

// Everything the child needs to know besides its context.
struct ChildJob {
  std::string program;  // path
  wire::Context context;
  std::string name;  // for its context file and log: "function-postgres-15-readonly"
  // What names a check among all that the child has: its id, where a child has one stack.
  std::function<std::string(const std::string& check, const std::string& stack)> key =
      [](const std::string& check, const std::string& /*stack*/) { return check; };
  // Arguments that select its checks, given the keys of those that are done.
  std::function<std::vector<std::string>(const std::set<std::string>& done)> select;
  FurtherStacks* further = nullptr;  // gives it what it asks for; null = requests are refused
  // Row for a check that died with its child. service/profile/suite/stack are set by the caller's knowledge.
  std::function<record::Check(const wire::Started&, const std::string& why)> died;
  ChildLimits limits;
};

struct ChildResult {
  int checks = 0;  // rows that came back, those of crashes included
  int epochs = 0;
  std::set<std::string> done;  // keys of those checks
};

// Runs the job to its end. Throws Interrupted; everything else becomes rows.
ChildResult run_child(Workshop& workshop, const ChildJob& job, Recorder& recorder);

// What a child's --list says: its registered scenarios or workloads.
struct Listed {
  std::string name;           // "PostgresCrud.RowsReadBackAsWritten"
  std::string suite;          // "function"
  std::string service;        // "" = any
  std::string file;           // relative to the project
  bool longer = false;        // a scenario that is no part of quick runs
  wire::WorkloadFacts facts;  // of a workload
};
std::vector<Listed> list_child(process::Runner& runner, const std::filesystem::path& program);

}  // namespace rootseal::run
