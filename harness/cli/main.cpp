#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>

#include "cli/verbs.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "run/run.hpp"

namespace {

constexpr int kUsageStatus = 64;
constexpr int kFaultStatus = 3;
constexpr int kInterruptedStatus = 130;

constexpr const char* kAbout =
    "rootseal proves what a read-only root filesystem does to a database or a message broker in a "
    "container:\n"
    "does it still work, does it still recover, what can an attacker inside still write, what does it "
    "cost.\n";

int carry_out(const rootseal::cli::Verb& verb, const std::vector<std::string>& argv) {
  using namespace rootseal;
  process::SystemRunner runner;
  cli::Surroundings surroundings{runner, argv};
  try {
    return verb.action(surroundings);
  } catch (const core::UsageError& error) {
    fmt::print(stderr, "rootseal: {}\n", error.what());
    return kUsageStatus;
  } catch (const core::Interrupted& error) {
    fmt::print(stderr, "rootseal: {}\n", error.what());
    return kInterruptedStatus;
  } catch (const std::exception& error) {
    fmt::print(stderr, "rootseal: {}\n", error.what());
    return kFaultStatus;
  }
}

int usage_error(const CLI::App& program, const std::vector<rootseal::cli::Verb>& verbs,
                const CLI::ParseError& error, const std::string& first) {
  if (error.get_exit_code() == 0) return program.exit(error);  // --help, --version
  std::vector<std::string> names;
  for (const auto& verb : verbs) names.push_back(verb.app->get_name());
  const bool known = std::find(names.begin(), names.end(), first) != names.end();
  if (!known && !first.empty() && first.front() != '-') {
    fmt::print(stderr, "rootseal: unknown verb '{}' ({})\n", first,
               rootseal::core::known_and_nearest(first, names));
  } else {
    fmt::print(stderr, "rootseal: {}; see 'rootseal {}--help'\n", error.what(), known ? first + " " : "");
  }
  return kUsageStatus;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace rootseal;
  CLI::App program{kAbout, "rootseal"};
  program.set_version_flag("--version", ROOTSEAL_VERSION);
  bool verbose = false;
  bool quiet = false;
  program.add_flag("-v,--verbose", verbose, "say more on stderr");
  program.add_flag("-q,--quiet", quiet, "only warnings on stderr");
  program.require_subcommand(1);
  program.fallthrough();
  const std::vector<cli::Verb> verbs{
      cli::run_verb(program),  cli::list_verb(program),   cli::doctor_verb(program), cli::up_verb(program),
      cli::down_verb(program), cli::report_verb(program), cli::clean_verb(program)};
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return usage_error(program, verbs, error, argc > 1 ? argv[1] : "");
  }
  core::init_logging(verbose ? core::Verbosity::debug
                     : quiet ? core::Verbosity::quiet
                             : core::Verbosity::normal);
  run::install_signal_handlers();
  for (const auto& verb : verbs) {
    if (verb.app->parsed()) return carry_out(verb, {argv, argv + argc});
  }
  return kUsageStatus;
}
