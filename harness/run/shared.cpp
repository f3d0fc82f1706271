// run/suites: function and security on shared stacks, recovery on stacks of its own, liveness trials.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "core/cancel.hpp"
#include "core/error.hpp"
#include "run/parallel.hpp"
#include "run/suites.hpp"

namespace rootseal::run {
namespace {

// Much of a check is waiting; on two cores eight keep both of them busy.
constexpr std::size_t kStacksAtOnce = 8;

struct Job {
  const ServicePlan* service;
  const profile::Profile* profile;
};

std::vector<Job> jobs_of(const Plan& plan) {
  std::vector<Job> jobs;
  for (const auto& service : plan.services) {
    for (const auto& profile : service.profiles) jobs.push_back({&service, &profile});
  }
  return jobs;
}

attack::Site site_of(const Bench& bench, const RunningStack& stack, const engine::Container& container) {
  attack::Site site;
  site.stack = stack.id();
  site.profile = &stack.spec().profile;
  site.service = stack.spec().service;
  site.container = &container;
  site.version = stack.spec().image.version;
  site.target = stack.target();
  site.payloads = bench.workshop.paths().tools / "payloads";
  return site;
}

// One attack as one identity, told and recorded.
void attack_once(const Bench& bench, const attack::Definition& definition, const std::string& identity,
                 const attack::Site& site, const Progress::Lane& lane) {
  lane.now(fmt::format("{} as {}", definition.id, identity));
  auto row = attack::run(definition, identity, site);
  const bool well = row.observed == record::Observed::blocked || row.must_be_blocked_by.empty();
  spdlog::log(level_of_end(well), "{}: attack {} as {}: {}{}", row.stack, row.id, row.identity,
              record::to_text(row.observed), row.stopped_by.empty() ? "" : " (" + row.stopped_by + ")");
  bench.recorder.attack(std::move(row));
  bench.workshop.progress.done();
}

std::size_t attempts_of(const ServicePlan& service) {
  std::size_t all = 0;
  for (const auto& definition : service.attacks) all += definition.identities.size();
  return all;
}

void run_attacks(const Bench& bench, const ServicePlan& service, const RunningStack& stack) {
  const auto container = stack.container();
  const auto site = site_of(bench, stack, container);
  const Progress::Lane lane(bench.workshop.progress, "attacks-" + stack.spec().id.file_name());
  lane.now("what can be written");
  for (const auto* identity : {"root", "service"})
    bench.recorder.surface(attack::measure_surface(site, identity));
  for (const auto& definition : service.attacks) {
    for (const auto& identity : definition.identities) {
      core::throw_if_cancelled("attacking");
      attack_once(bench, definition, identity, site, lane);
    }
  }
}

// Known before the run is judged: a check that did not pass, or an attack that was to be blocked and was not.
bool has_failed(const Bench& bench, const std::string& stack) {
  const auto record = bench.recorder.snapshot();
  const auto of_check = [&](const record::Check& row) {
    return row.stack == stack &&
           (row.verdict == record::Verdict::fail || row.verdict == record::Verdict::inconclusive);
  };
  const auto of_attack = [&](const record::Attack& row) {
    return row.stack == stack && !row.must_be_blocked_by.empty() &&
           (row.observed == record::Observed::succeeded || row.observed == record::Observed::inconclusive);
  };
  return std::any_of(record.checks.begin(), record.checks.end(), of_check) ||
         std::any_of(record.attacks.begin(), record.attacks.end(), of_attack);
}

void finish(const Bench& bench, RunningStack& stack) {
  record_resources(stack, bench.recorder);
  const auto keep = bench.options.keep;
  if (!core::cancel_requested() &&
      (keep == Keep::always || (keep == Keep::on_failure && has_failed(bench, stack.id())))) {
    stack.keep();
    spdlog::warn("{}: left standing; 'rootseal clean' removes it", stack.id());
  } else {
    stack.end();
  }
}

// A quick run restarts and kills the stack that function and security have left, instead of booting another:
// on two cores the boots are most of what it takes. Attacks have undone what they did, and that was looked
// at.
bool recovers_on_shared(const Bench& bench, const Job& job) {
  return bench.options.size == Size::quick && bench.plan.has("recovery") &&
         (bench.plan.has("function") || bench.plan.has("security")) &&
         job.profile->role != profile::Role::specimen;
}

void run_recovery(const Bench& bench, const Job& job, RunningStack& stack) {
  run_scenarios(bench, *job.service, stack, "recovery");
  stack.verify("after the recovery suite", bench.recorder);
}

void run_one_shared(const Bench& bench, const Job& job) {
  auto stack = bench.workshop.start(spec_of(*job.service, *job.profile));
  record_start(*stack, bench.plan.has("function") ? "function" : "security", bench);
  stack->verify("before the first suite", bench.recorder);
  if (stack->usable() && bench.plan.has("function")) {
    run_scenarios(bench, *job.service, *stack, "function");
    stack->verify("after the function suite", bench.recorder);
  }
  if (stack->usable() && bench.plan.has("security")) {
    run_attacks(bench, *job.service, *stack);
    stack->verify("after the security suite", bench.recorder);
  }
  if (stack->usable() && recovers_on_shared(bench, job)) run_recovery(bench, job, *stack);
  finish(bench, *stack);
}

void run_one_recovery(const Bench& bench, const Job& job) {
  auto spec = spec_of(*job.service, *job.profile);
  spec.label_tag = "recovery";
  spec.ask_settings = false;
  auto stack = bench.workshop.start(std::move(spec));
  record_start(*stack, "recovery", bench);
  stack->verify("before the recovery suite", bench.recorder);
  if (stack->usable()) run_recovery(bench, job, *stack);
  finish(bench, *stack);
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
  for (const auto& identity : trial.identities) attack_once(bench, *trial.definition, identity, site, lane);
}

// A fault of the engine costs the stack that it hit, not the others: the run goes on and ends with status 3.
void contain(const Bench& bench, const std::function<void()>& work) {
  try {
    work();
  } catch (const core::Interrupted&) {
    throw;
  } catch (const std::exception& error) {
    bench.recorder.fault(error.what());
  }
}

// How many checks and attempts there are to be, if every stack comes up.
std::size_t things_to_do(const Bench& bench) {
  std::size_t all = 0;
  for (const auto& job : jobs_of(bench.plan)) {
    if (bench.plan.has("function")) all += scenarios_for(bench, *job.service, "function").size();
    if (bench.plan.has("security")) all += attempts_of(*job.service);
    if (bench.plan.has("recovery") && job.profile->role != profile::Role::specimen)
      all += scenarios_for(bench, *job.service, "recovery").size();
  }
  return all;
}

}  // namespace

void run_checks(const Bench& bench) {
  bench.workshop.progress.phase("checks and attacks", things_to_do(bench));
  std::vector<std::function<void()>> work;
  if (bench.plan.has("function") || bench.plan.has("security")) {
    for (const auto& job : jobs_of(bench.plan))
      work.emplace_back([&bench, job] { run_one_shared(bench, job); });
  }
  if (bench.plan.has("recovery")) {
    for (const auto& job : jobs_of(bench.plan)) {
      if (job.profile->role == profile::Role::specimen || recovers_on_shared(bench, job)) continue;
      work.emplace_back([&bench, job] { run_one_recovery(bench, job); });
    }
  }
  for_each_parallel<std::function<void()>>(work, kStacksAtOnce, [&](auto& one) { contain(bench, one); });
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
