// run/suites: attacks on the stacks that they share, on stacks of their own, and in throw-away stacks with a
// protection off.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "core/cancel.hpp"
#include "run/parallel.hpp"
#include "run/suites.hpp"

namespace rootseal::run {
namespace {

// `container` and `stack` outlive the site.
attack::Site site_of(const Bench& bench, const RunningStack& stack, const engine::Container& container) {
  attack::Site site;
  site.stack = stack.id();
  site.profile = &stack.spec().profile;
  site.service = stack.spec().service;
  site.container = &container;
  site.version = stack.spec().image.version;
  site.target = stack.target();
  site.target_now = [&stack] { return stack.target(); };
  site.environment = attack::environment_of(container);
  site.settings = stack.row().settings;
  site.payloads = bench.workshop.paths().tools / "payloads";
  return site;
}

// One attack as one identity, told and recorded.
void attack_with(const Bench& bench, const attack::Definition& definition, const std::string& identity,
                 const attack::Site& site, const Progress::Lane& lane) {
  core::throw_if_cancelled("attacking");
  lane.now(fmt::format("{} as {}", definition.id, identity));
  auto row = attack::run(definition, identity, site);
  const bool well = row.observed == record::Observed::blocked || row.must_be_blocked_by.empty();
  spdlog::log(level_of_end(well), "{}: attack {} as {}: {}{}", row.stack, row.id, row.identity,
              record::to_text(row.observed), row.stopped_by.empty() ? "" : " (" + row.stopped_by + ")");
  bench.recorder.attack(std::move(row));
  bench.workshop.progress.done();
}

// The least protected profile that makes these claims: a trial takes one protection away, not several.
const profile::Profile* barest(const ServicePlan& service, const std::map<std::string, std::string>& claims) {
  const profile::Profile* chosen = nullptr;
  for (const auto& profile : service.profiles) {
    const bool makes_all = std::all_of(claims.begin(), claims.end(), [&](const auto& wanted) {
      return profile.makes(wanted.first, wanted.second);
    });
    if (profile.role == profile::Role::specimen || !makes_all) continue;
    if (chosen == nullptr || profile.claims.size() < chosen->claims.size()) chosen = &profile;
  }
  return chosen;
}

// Identities of the attack that nobody has seen succeed on this service so far.
std::vector<std::string> never_live(const record::Record& record, const ServicePlan& service,
                                    const attack::Definition& definition) {
  std::vector<std::string> missing;
  for (const auto& identity : definition.identities) {
    const bool seen = std::any_of(record.attacks.begin(), record.attacks.end(), [&](const auto& row) {
      return row.id == definition.id && row.service == service.name() && row.identity == identity &&
             row.role == profile::to_text(profile::Role::control) &&
             row.observed == record::Observed::succeeded;
    });
    if (!seen) missing.push_back(identity);
  }
  return missing;
}

struct Trial {
  const ServicePlan* service;
  const attack::Definition* definition;
  const profile::Profile* profile;
  std::vector<std::string> identities;
};

std::vector<Trial> trials_of(const Bench& bench) {
  std::vector<Trial> trials;
  const auto record = bench.recorder.snapshot();
  for (const auto& service : bench.plan.services) {
    for (const auto& definition : service.attacks) {
      if (!definition.liveness) continue;
      const auto identities = never_live(record, service, definition);
      const auto* profile = barest(service, definition.liveness->on);
      if (!identities.empty() && profile != nullptr) {
        trials.push_back({&service, &definition, profile, identities});
      }
    }
  }
  return trials;
}

void run_one_trial(const Bench& bench, const Trial& trial) {
  auto spec = spec_of(*trial.service, *trial.profile);
  spec.id = spec.id.tagged("live-" + trial.definition->id);
  spec.overrides = {trial.definition->liveness->override_text};
  spec.ask_settings = false;
  auto stack = bench.workshop.start(std::move(spec));
  if (!stack->usable()) {
    bench.recorder.skipped(
        {"liveness trial of " + trial.definition->id, stack->id(), stack->row().start_error});
    return;
  }
  const auto container = stack->container();
  auto site = site_of(bench, *stack, container);
  site.throwaway = true;
  site.protection_off = trial.definition->liveness->protection;
  const Progress::Lane lane(bench.workshop.progress, "trial-" + stack->spec().id.file_name());
  for (const auto& identity : trial.identities) attack_with(bench, *trial.definition, identity, site, lane);
}

struct Own {
  const ServicePlan* service;
  const attack::Definition* definition;
  const profile::Profile* profile;
};

void run_one_own(const Bench& bench, const Own& own) {
  const std::string what = "attack " + own.definition->id;
  auto spec = spec_of(*own.service, *own.profile);
  spec.label_tag = "attack-" + own.definition->id;
  spec.ask_settings = false;
  auto stack = bench.workshop.start(std::move(spec));
  record_start(*stack, "security", bench);
  stack->verify("before " + what, bench.recorder);
  if (!stack->usable()) return;
  const auto container = stack->container();
  const Progress::Lane lane(bench.workshop.progress, "attack-" + stack->spec().id.file_name());
  for (const auto& identity : own.definition->identities)
    attack_with(bench, *own.definition, identity, site_of(bench, *stack, container), lane);
}

// A boot and a restart for each profile are left out of a quick run, unless the attack is asked for by its
// id.
bool left_out(const Bench& bench, const attack::Definition& definition) {
  return bench.options.size == Size::quick && bench.options.attack_glob != definition.id;
}

}  // namespace

void run_attacks(const Bench& bench, const ServicePlan& service, const RunningStack& stack) {
  const auto container = stack.container();
  const auto site = site_of(bench, stack, container);
  const Progress::Lane lane(bench.workshop.progress, "attacks-" + stack.spec().id.file_name());
  lane.now("what can be written");
  for (const auto* identity : {"root", "service"})
    bench.recorder.surface(attack::measure_surface(site, identity));
  for (const auto& definition : service.attacks) {
    if (definition.own_stack) continue;
    for (const auto& identity : definition.identities) attack_with(bench, definition, identity, site, lane);
  }
}

std::size_t attempts_to_do(const Bench& bench) {
  std::size_t all = 0;
  for (const auto& service : bench.plan.services) {
    for (const auto& definition : service.attacks) {
      if (definition.own_stack && left_out(bench, definition)) continue;
      const auto stacks = std::count_if(
          service.profiles.begin(), service.profiles.end(), [&](const profile::Profile& profile) {
            return !definition.own_stack || profile.role != profile::Role::specimen;
          });
      all += static_cast<std::size_t>(stacks) * definition.identities.size();
    }
  }
  return all;
}

std::vector<std::function<void()>> attacks_of_their_own(const Bench& bench) {
  std::vector<std::function<void()>> work;
  for (const auto& service : bench.plan.services) {
    for (const auto& definition : service.attacks) {
      if (!definition.own_stack) continue;
      if (left_out(bench, definition)) {
        bench.recorder.skipped(
            {"attack " + definition.id, "",
             fmt::format("needs stacks of its own, which a quick run leaves out; --attack {} "
                         "brings it in",
                         definition.id)});
        continue;
      }
      for (const auto& profile : service.profiles) {
        if (profile.role == profile::Role::specimen) continue;
        work.emplace_back([&bench, own = Own{&service, &definition, &profile}] { run_one_own(bench, own); });
      }
    }
  }
  return work;
}

void run_liveness_trials(const Bench& bench) {
  auto trials = trials_of(bench);
  std::size_t attempts = 0;
  for (const auto& trial : trials) attempts += trial.identities.size();
  bench.workshop.progress.phase("liveness trials", attempts);
  for_each_parallel<Trial>(trials, kStacksAtOnce,
                           [&](Trial& trial) { contain(bench, [&] { run_one_trial(bench, trial); }); });
}

}  // namespace rootseal::run
