// cli: one function per verb. Each adds its subcommand to the program's options and, when it was the one that
// was given, is carried out by main through the returned action. Options live as long as the App.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "process/command.hpp"

namespace rootseal::cli {

struct Surroundings {
  process::Runner& runner;
  std::vector<std::string> argv;
};

using Action = std::function<int(Surroundings&)>;

struct Verb {
  CLI::App* app;
  Action action;
};

Verb run_verb(CLI::App& program);
Verb list_verb(CLI::App& program);
Verb doctor_verb(CLI::App& program);
Verb up_verb(CLI::App& program);
Verb down_verb(CLI::App& program);
Verb report_verb(CLI::App& program);
Verb clean_verb(CLI::App& program);

}  // namespace rootseal::cli
