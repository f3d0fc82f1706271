// run: the main job. Plans, owns stacks, attacks, judges, records, reports, takes down.
#pragma once

#include <string>
#include <vector>

#include "engine/resources.hpp"
#include "process/command.hpp"
#include "record/record.hpp"
#include "run/options.hpp"

namespace rootseal::run {

// Carries out a run and returns its exit status (README: Exit status). Prints the summary on stdout. Throws
// UsageError before anything was started, HarnessError when there is no engine, no image or no folder to
// write to.
int run(const Options& options, const Paths& paths, process::Runner& runner);

// One stack for a person to work in; prints how to reach it. It outlives this process; take_down removes it.
int up(const Options& options, const Paths& paths, process::Runner& runner);
// The kept stacks of that id (empty: every one) and that run (empty: whichever). Throws UsageError when none
// is up, and when an id is of several runs and none is named: somebody else may be working in the other.
int down(const std::string& stack, const std::string& run, process::Runner& runner);
// Which of the kept resources that means. Pure.
std::vector<engine::Resource> chosen_to_take_down(const std::vector<engine::Resource>& kept,
                                                  const std::string& stack, const std::string& run);

// Removes what dead runs left behind and only that; kept stacks too when `kept`. Prints what went.
int clean(bool kept, process::Runner& runner);

// Is this machine fit; what to do if not. Prints; 0 = fit, 3 = not.
int doctor(const Paths& paths, process::Runner& runner);

// First Ctrl-C or SIGTERM asks to wind down (core/cancel.hpp), the second ends at once; the reaper then
// cleans.
void install_signal_handlers();

}  // namespace rootseal::run
