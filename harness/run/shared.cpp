// run/suites: function, security and workflow on shared stacks, recovery on stacks of its own.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "core/cancel.hpp"
#include "core/error.hpp"
#include "run/parallel.hpp"
#include "run/suites.hpp"

namespace rootseal::run {
namespace {

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

bool shares_stacks(const Plan& plan) {
  return plan.has("function") || plan.has("security") || plan.has("workflow");
}

// A quick run restarts and kills the stack that the other suites have left, instead of booting another:
// on two cores the boots are most of what it takes. Attacks have undone what they did, and that was looked
// at.
bool recovers_on_shared(const Bench& bench, const Job& job) {
  return bench.options.size == Size::quick && bench.plan.has("recovery") && shares_stacks(bench.plan) &&
         job.profile->role != profile::Role::specimen;
}

void run_recovery(const Bench& bench, const Job& job, RunningStack& stack) {
  run_scenarios(bench, *job.service, stack, "recovery");
  stack.verify("after the recovery suite", bench.recorder);
}

std::string first_shared(const Plan& plan) {
  return plan.has("function") ? "function" : plan.has("security") ? "security" : "workflow";
}

void run_one_shared(const Bench& bench, const Job& job) {
  auto stack = bench.workshop.start(spec_of(*job.service, *job.profile));
  record_start(*stack, first_shared(bench.plan), bench);
  stack->verify("before the first suite", bench.recorder);
  if (stack->usable() && bench.plan.has("function")) {
    run_scenarios(bench, *job.service, *stack, "function");
    stack->verify("after the function suite", bench.recorder);
  }
  if (stack->usable() && bench.plan.has("security")) {
    run_attacks(bench, *job.service, *stack);
    stack->verify("after the security suite", bench.recorder);
  }
  if (stack->usable() && bench.plan.has("workflow")) {  // after attacks: these find the root untouched
    run_scenarios(bench, *job.service, *stack, "workflow");
    stack->verify("after the workflow suite", bench.recorder);
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

// How many checks and attempts there are to be, if every stack comes up.
std::size_t things_to_do(const Bench& bench) {
  std::size_t all = bench.plan.has("security") ? attempts_to_do(bench) : 0;
  for (const auto& job : jobs_of(bench.plan)) {
    for (const std::string suite : {"function", "workflow", "recovery"}) {
      const bool here = suite != "recovery" || job.profile->role != profile::Role::specimen;
      if (here && bench.plan.has(suite)) all += scenarios_for(bench, *job.service, suite).size();
    }
  }
  return all;
}

}  // namespace

void contain(const Bench& bench, const std::function<void()>& work) {
  try {
    work();
  } catch (const core::Interrupted&) {
    throw;
  } catch (const std::exception& error) {
    bench.recorder.fault(error.what());
  }
}

void run_checks(const Bench& bench) {
  bench.workshop.progress.phase("checks and attacks", things_to_do(bench));
  std::vector<std::function<void()>> work;
  if (shares_stacks(bench.plan)) {
    for (const auto& job : jobs_of(bench.plan))
      work.emplace_back([&bench, job] { run_one_shared(bench, job); });
  }
  if (bench.plan.has("recovery")) {
    for (const auto& job : jobs_of(bench.plan)) {
      if (job.profile->role == profile::Role::specimen || recovers_on_shared(bench, job)) continue;
      work.emplace_back([&bench, job] { run_one_recovery(bench, job); });
    }
  }
  if (bench.plan.has("security")) {
    for (auto& attack : attacks_of_their_own(bench)) work.push_back(std::move(attack));
  }
  for_each_parallel<std::function<void()>>(work, kStacksAtOnce, [&](auto& one) { contain(bench, one); });
}

}  // namespace rootseal::run
