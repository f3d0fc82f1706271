// cli: rootseal down, clean, doctor: verbs about what is on the engine.
#include <memory>

#include "cli/verbs.hpp"
#include "run/run.hpp"

namespace rootseal::cli {

Verb down_verb(CLI::App& program) {
  auto* app = program.add_subcommand("down", "take a stack of 'rootseal up' down");
  auto stack = std::make_shared<std::string>();
  app->add_option("stack", *stack, "its id as 'rootseal up' printed it (default: every kept one)");
  auto of_run = std::make_shared<std::string>();
  app->add_option("--run", *of_run,
                  "of this run only: needed where stacks of that id are up from several runs");
  return {app, [stack, of_run](Surroundings& surroundings) {
            return run::down(*stack, *of_run, surroundings.runner);
          }};
}

Verb clean_verb(CLI::App& program) {
  auto* app = program.add_subcommand("clean", "remove what an interrupted run left behind, and only that");
  auto kept = std::make_shared<bool>(false);
  app->add_flag("--kept", *kept, "also stacks of 'rootseal up'");
  return {app, [kept](Surroundings& surroundings) { return run::clean(*kept, surroundings.runner); }};
}

Verb doctor_verb(CLI::App& program) {
  auto* app = program.add_subcommand("doctor", "is this machine fit, and what to do if not");
  return {app,
          [](Surroundings& surroundings) { return run::doctor(run::Paths::find(), surroundings.runner); }};
}

}  // namespace rootseal::cli
