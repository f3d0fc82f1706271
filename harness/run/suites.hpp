// run/suites: how each suite is carried out over the stacks of a plan. Every function records as it goes and
// throws only Interrupted and faults of the engine. They use threads of their own and return when these have
// ended.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "run/plan.hpp"
#include "run/recorder.hpp"
#include "run/stack.hpp"

namespace rootseal::run {

struct Bench {  // what every suite needs; all outlive the call
  Workshop& workshop;
  const Plan& plan;
  const Options& options;
  Recorder& recorder;
};

// function, security and workflow, on one shared stack per service and profile: verify, scenarios, verify,
// attacks, verify, scenarios, verify. recovery, on stacks of its own, which the
// scenarios restart and kill (a quick run: on the shared ones, last). All side by side: nothing is
// timed here.
void run_checks(const Bench& bench);
// The attacks that undo what they do, on a stack that others use too; and what can be written there.
void run_attacks(const Bench& bench, const ServicePlan& service, const RunningStack& stack);
// Those that restart, fill or destroy, each on every profile that is compared, on a stack of its own; to be
// carried out side by side with the rest. A quick run leaves them out and records that.
std::vector<std::function<void()>> attacks_of_their_own(const Bench& bench);
// Attempts of both kinds, over all stacks.
std::size_t attempts_to_do(const Bench& bench);
// Throw-away stacks with one protection off, for attacks that no control stack let succeed.
void run_liveness_trials(const Bench& bench);
// Launches of their own, from a snapshot, on otherwise idle CPUs.
void run_performance(const Bench& bench);
// Pieces that the above share.
// Much of a check is waiting; on two cores eight keep both of them busy.
inline constexpr std::size_t kStacksAtOnce = 8;
// A fault of the engine costs the stack that it hit, not the others: the run goes on and ends with status 3.
void contain(const Bench& bench, const std::function<void()>& work);
inline constexpr const char* kTwin = "-twin";  // ends the name of the second control of a launch
StackSpec spec_of(const ServicePlan& service, const profile::Profile& profile);
// Records the outcome of a start as a check (for a specimen also as a finding) and the stack's row.
void record_start(const RunningStack& stack, const std::string& suite, const Bench& bench);
// The scenarios of a suite that are to run over a stack of this service.
std::vector<Listed> scenarios_for(const Bench& bench, const ServicePlan& service, const std::string& suite);
// Runs the scenarios of a suite over one stack.
void run_scenarios(const Bench& bench, const ServicePlan& service, RunningStack& stack,
                   const std::string& suite);
void record_resources(const RunningStack& stack, Recorder& recorder);

}  // namespace rootseal::run
