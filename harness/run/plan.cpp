#include "run/plan.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "core/error.hpp"
#include "core/text.hpp"
#include "run/images.hpp"
#include "run/suites.hpp"

namespace rootseal::run {
namespace {

constexpr const char* kOfAGlob = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._*?";

void require_known(const std::string& kind, const std::vector<std::string>& given,
                   const std::vector<std::string>& known) {
  for (const auto& name : given) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw core::UsageError({"reading the command line", kind + " '" + name + "'", "unknown " + kind,
                              core::known_and_nearest(name, known)});
    }
  }
}

std::vector<profile::Profile> load_profiles(const Paths& paths, const std::string& service,
                                            const std::vector<std::string>& wanted) {
  const auto known = profile::names(paths.compose(), service);
  require_known("profile", wanted, known);
  std::vector<profile::Profile> chosen;
  for (const auto& name : known) {
    auto loaded = profile::load(paths.compose(), service, name);
    const bool asked = wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end();
    if (asked || loaded.role == profile::Role::control) chosen.push_back(std::move(loaded));
  }
  std::stable_partition(chosen.begin(), chosen.end(),
                        [](const auto& p) { return p.role == profile::Role::control; });
  const auto controls = std::count_if(chosen.begin(), chosen.end(),
                                      [](const auto& p) { return p.role == profile::Role::control; });
  if (controls != 1) {
    throw core::UsageError({"loading profiles", service,
                            std::to_string(controls) + " profiles have the role control",
                            "exactly one must, in compose/" + service});
  }
  return chosen;
}

void require_match(bool matched, const std::string& option, const std::string& glob,
                   const std::string& list) {
  if (!matched) {
    throw core::UsageError({"reading the command line", option + " '" + glob + "'", "matches nothing",
                            "see 'rootseal list " + list + "'"});
  }
}

// What a quick run leaves out of what was asked for.
std::string left_out(const Plan& plan, const Options& options) {
  if (options.size != Size::quick) return "";
  const bool some = std::any_of(plan.scenarios.begin(), plan.scenarios.end(), [&](const Listed& row) {
    return row.longer && core::glob_matches(options.scenario_glob, row.name);
  });
  return some ? "; what it matches is no part of a quick run: name it in full, or leave out --quick" : "";
}

std::vector<std::string> without_repeats(const std::vector<std::string>& names) {
  std::vector<std::string> kept;
  for (const auto& name : names) {
    if (std::find(kept.begin(), kept.end(), name) == kept.end()) kept.push_back(name);
  }
  return kept;
}

bool workload_matches(const Plan& plan, const Options& options, const ServicePlan& service) {
  const wire::Occasion occasion{service.name(), options.workload_glob, to_text(options.size), 1};
  return std::any_of(plan.workloads.begin(), plan.workloads.end(),
                     [&](const Listed& row) { return wire::takes_part(row.facts, occasion, false); });
}

bool has_work(const Plan& plan, const Options& options, const ServicePlan& service,
              const std::string& suite) {
  if (suite == "security") return !service.attacks.empty();
  if (suite == "performance") return workload_matches(plan, options, service);
  return std::any_of(plan.scenarios.begin(), plan.scenarios.end(),
                     [&](const Listed& row) { return takes_part(row, suite, service.name(), options); });
}

// A glob narrows a run: what it leaves without work is not part of it. One that leaves nothing at all is
// refused.
void narrow(Plan& plan, const Options& options) {
  const auto in_suite = [&](const std::string& suite) {
    return std::any_of(plan.services.begin(), plan.services.end(),
                       [&](const auto& service) { return has_work(plan, options, service, suite); });
  };
  if (plan.has("function") || plan.has("recovery") || plan.has("workflow")) {
    require_match(in_suite("function") || in_suite("recovery") || in_suite("workflow"), "--scenario",
                  options.scenario_glob, "scenarios" + left_out(plan, options));
  }
  if (plan.has("security")) require_match(in_suite("security"), "--attack", options.attack_glob, "attacks");
  if (plan.has("performance"))
    require_match(in_suite("performance"), "--workload", options.workload_glob, "workloads");
  std::erase_if(plan.suites, [&](const auto& suite) { return !in_suite(suite); });
  std::erase_if(plan.services, [&](const auto& service) {
    return std::none_of(plan.suites.begin(), plan.suites.end(),
                        [&](const auto& suite) { return has_work(plan, options, service, suite); });
  });
}

std::vector<std::string> all_plants(const Options& options) {
  auto plants = options.plant;
  plants.insert(plants.end(), options.plant_delay.begin(), options.plant_delay.end());
  return plants;
}

void require_share(const std::string& plant) {
  const auto at = plant.rfind('=');
  const std::string share = at == std::string::npos ? "" : plant.substr(at + 1);
  char* end = nullptr;
  const double value = std::strtod(share.c_str(), &end);
  if (at == 0 || share.empty() || *end != '\0' || !(value > 0 && value <= 1'000)) {
    throw core::UsageError({"reading the command line", "--plant '" + plant + "'", "not STACK=SHARE",
                            "for example SERVICE-VERSION/PROFILE=0.1 for a tenth"});
  }
}

// A quick run has just enough for an interval. Six launches are the fewest with which the exact test can tell
// anything at 5 %.
Plan::Launches launches_of(const Options& options) {
  if (options.launches > 0) return {options.launches, options.launches, options.launches};
  if (options.size == Size::quick) return {3, 3, 3};
  return options.size == Size::full ? Plan::Launches{6, 12, 24} : Plan::Launches{4, 6, 12};
}

}  // namespace

bool takes_part(const Listed& scenario, const std::string& suite, const std::string& service,
                const Options& options) {
  if (scenario.suite != suite) return false;
  if (!scenario.service.empty() && scenario.service != service) return false;
  if (scenario.longer && options.size == Size::quick) return scenario.name == options.scenario_glob;
  return core::glob_matches(options.scenario_glob, scenario.name);
}

void require_plain_glob(const std::string& option, const std::string& glob) {
  if (glob.empty() || glob.find_first_not_of(kOfAGlob) != std::string::npos) {
    throw core::UsageError({"reading the command line", option + " '" + glob + "'", "not a plain glob",
                            "use letters, digits, '.', '_', '*' and '?'"});
  }
}

bool Plan::has(const std::string& suite) const {
  return std::find(suites.begin(), suites.end(), suite) != suites.end();
}

Plan make_plan(const Options& options, const Paths& paths, process::Runner& runner) {
  require_known("service", options.services, service::names());
  require_known("suite", options.suites, kSuites);
  for (const auto& [name, reference] : options.images) require_known("service", {name}, service::names());
  require_plain_glob("--scenario", options.scenario_glob);
  require_plain_glob("--attack", options.attack_glob);
  for (const auto& glob : core::split(options.workload_glob, ',')) require_plain_glob("--workload", glob);

  for (const auto& plant : all_plants(options)) require_share(plant);

  Plan plan;
  plan.suites = options.suites.empty() ? kSuites : without_repeats(options.suites);
  plan.scenarios = list_child(runner, paths.programs / "rootseal-scenarios");
  plan.workloads = list_child(runner, paths.programs / "rootseal-workloads");
  plan.seed = options.seed.value_or(std::random_device{}());
  plan.launches = launches_of(options);
  const auto attacks = attack::load_all(paths.attacks());
  for (const auto& name : options.services.empty() ? service::names() : without_repeats(options.services)) {
    ServicePlan service;
    service.service = &service::find(name);
    service.profiles = load_profiles(paths, name, options.profiles);
    service.attacks = attack::select(attacks, name, options.attack_glob);
    for (const auto& definition : service.attacks)
      attack::validate(definition, service.service->description());
    plan.services.push_back(std::move(service));
  }
  narrow(plan, options);
  return plan;
}

void choose_images(Plan& plan, const Options& options, const Paths& paths, const engine::Docker& docker) {
  for (auto& service : plan.services) {
    const auto given = options.images.find(service.name());
    service.image =
        choose_image(docker, paths, *service.service, given == options.images.end() ? "" : given->second);
  }
}

std::string planted_stack(const std::string& plant) { return plant.substr(0, plant.rfind('=')); }

void require_planted(const Plan& plan, const Options& options) {
  std::vector<std::string> stacks;
  for (const auto& service : plan.services) {
    for (const auto& profile : service.profiles) {
      if (profile.role != profile::Role::specimen) stacks.push_back(spec_of(service, profile).id.text);
    }
    stacks.push_back(spec_of(service, service.control()).id.text + kTwin);
  }
  for (const auto& plant : all_plants(options)) require_known("stack", {planted_stack(plant)}, stacks);
}

Placement place(const std::vector<int>& cpus) {
  if (cpus.size() < 2) return {};
  return {{cpus.front()}, {cpus.begin() + 1, cpus.end()}};
}

std::vector<std::string> measuring_limits() {
  std::vector<std::string> limits;
  const auto cpus = cpus_of_this_process().size();
  if (cpus < 2) {
    limits.emplace_back(
        "one CPU only: client and servers cannot be kept apart, nothing can be judged but gross slowness; "
        "use a "
        "machine with two cores or more");
  }
  if (::geteuid() != 0) {
    limits.emplace_back(
        "not root: connections cannot be opened inside the containers' network namespaces, so the engine's "
        "port "
        "proxy is part of every figure; run as root");
  }
  if (::access("/dev/cpu_dma_latency", W_OK) != 0) {
    limits.emplace_back(
        "/dev/cpu_dma_latency cannot be written: idle cores go to sleep, and waking them is part of every "
        "figure, so that intervals will be wide; run as root, in a container with that device");
  }
  return limits;
}

std::vector<int> cpus_of_this_process() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cpus;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

}  // namespace rootseal::run
