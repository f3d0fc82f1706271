// cli: rootseal run, up: the verbs that take the options of a run.
#include "run/run.hpp"

#include <memory>

#include "cli/verbs.hpp"
#include "core/error.hpp"

namespace rootseal::cli {
namespace {

struct Given {
  run::Options options;
  std::vector<std::string> images;
  std::string keep = "never";
  bool quick = false;
  bool full = false;
  std::uint64_t seed = 0;
  CLI::Option* seed_option = nullptr;
};

void add_selection(CLI::App& app, Given& given) {
  app.add_option("--service", given.options.services, "services to try (default: all); may be repeated")
      ->delimiter(',');
  app.add_option("--image", given.images,
                 "SERVICE=REFERENCE: another image of the official image's contract");
  app.add_option("--profile", given.options.profiles,
                 "profiles to try (default: all); the control comes along")
      ->delimiter(',');
}

void read_images(Given& given) {
  for (const auto& text : given.images) {
    const auto at = text.find('=');
    if (at == std::string::npos || at == 0 || at + 1 == text.size()) {
      throw core::UsageError({"reading --image", text, "not of the form SERVICE=REFERENCE",
                              "for example: --image NAME=registry.example/name:1.2"});
    }
    given.options.images[text.substr(0, at)] = text.substr(at + 1);
  }
}

run::Options finished(Given& given, const Surroundings& surroundings) {
  read_images(given);
  auto options = given.options;
  if (given.quick && given.full) {
    throw core::UsageError({"reading the command line", "--quick --full", "both were given", "choose one"});
  }
  options.size = given.quick ? run::Size::quick : given.full ? run::Size::full : run::Size::standard;
  options.keep = run::parse_keep(given.keep);
  if (given.seed_option != nullptr && given.seed_option->count() > 0) options.seed = given.seed;
  options.argv = surroundings.argv;
  return options;
}

}  // namespace

Verb run_verb(CLI::App& program) {
  auto* app = program.add_subcommand("run", "bring up, check, attack, measure, take down, report");
  auto given = std::make_shared<Given>();
  add_selection(*app, *given);
  app->add_option("--suite", given->options.suites,
                  "function, security, performance, recovery, workflow (default: all)")
      ->delimiter(',');
  app->add_flag("--quick", given->quick, "minutes: little measuring, says how little it can claim");
  app->add_flag("--full", given->full, "more launches, for a night");
  app->add_option("--out", given->options.out,
                  "folder for runs/ and latest (default: results/ of the project)");
  app->add_option("--keep", given->keep, "what becomes of the stacks: never, on-failure, always");
  given->seed_option = app->add_option("--seed", given->seed, "repeat the random choices of a recorded run");
  app->add_option("--scenario", given->options.scenario_glob,
                  "only these scenarios: 'Suite.Name' with * and ?");
  app->add_option("--attack", given->options.attack_glob, "only these attacks: id with * and ?");
  app->add_option("--launches", given->options.launches,
                  "of the performance suite (default: by size and spread)")
      ->check(CLI::Range(2, 100));
  app->add_option("--transport", given->options.transport,
                  "of the workloads' connections: auto, netns, socket, published")
      ->check(CLI::IsMember({"auto", "netns", "socket", "published"}));
  app->add_option(
      "--plant", given->options.plant,
      "STACK=SHARE: that side does this share of its operations twice, to see that it is noticed; "
      "may be repeated");
  app->add_option("--plant-delay", given->options.plant_delay,
                  "STACK=SHARE: that side's operations take this share longer, likewise");
  app->add_option("--workload", given->options.workload_glob,
                  "only these workloads: names with * and ?, separated by commas");
  return {app, [given](Surroundings& surroundings) {
            const auto options = finished(*given, surroundings);
            return run::run(options, run::Paths::find(), surroundings.runner);
          }};
}

Verb up_verb(CLI::App& program) {
  auto* app = program.add_subcommand("up", "one stack, kept for a person to work in");
  auto given = std::make_shared<Given>();
  add_selection(*app, *given);
  return {app, [given](Surroundings& surroundings) {
            const auto options = finished(*given, surroundings);
            return run::up(options, run::Paths::find(), surroundings.runner);
          }};
}

}  // namespace rootseal::cli
