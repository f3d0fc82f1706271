// run/suites: performance. Launches from one snapshot of prepared data per service; the workloads child
// measures pairs in each and reports epochs; a pilot decides how many launches there are.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>

#include "core/cancel.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "engine/counters.hpp"
#include "run/children.hpp"
#include "run/launch.hpp"
#include "run/suites.hpp"
#include "verdict/compare.hpp"

namespace rootseal::run {

namespace {

constexpr const char* kStartToReady = "start_to_ready";  // measured here, not by the child

std::vector<std::string> workload_filter(const std::string& glob, const std::set<std::string>& done) {
  std::vector<std::string> arguments{"--workload", glob};
  for (const auto& id : done) {
    arguments.emplace_back("--done");
    arguments.push_back(id);
  }
  return arguments;
}

// What the child is to do and know; `stacks` are those of its context.
ChildJob job_for(const Bench& bench, const ServicePlan& service, const std::string& name,
                 const std::vector<const RunningStack*>& stacks) {
  ChildJob job;
  job.program = (bench.workshop.paths().programs / "rootseal-workloads").string();
  job.name = name;
  job.context.run = bench.workshop.run().str();
  job.context.suite = "performance";
  job.context.size = to_text(bench.options.size);
  job.context.seed = bench.plan.seed;
  job.context.transport = bench.options.transport;
  for (const auto* stack : stacks) job.context.stacks.push_back(stack->view());
  job.key = [](const auto& check, const auto& stack) { return check + "/" + stack; };
  job.died = [&service, name](const wire::Started& started, const std::string& why) {
    record::Check row;
    row.id = started.check;
    row.stack = started.stack;
    row.service = service.name();
    row.suite = "performance";
    row.message = fmt::format("{}: {} in {}: {}", started.stack, started.check, name, why);
    return row;
  };
  return job;
}

bool is_twin(const std::string& stack) { return stack.ends_with(kTwin); }

// Whether the child is to say a word about this workload on this stack in this launch.
bool expected(const Bench& bench, const ServicePlan& service, const Listed& workload,
              const std::string& stack, int launch) {
  const wire::Occasion occasion{service.name(), bench.options.workload_glob, to_text(bench.options.size),
                                launch};
  return wire::takes_part(workload.facts, occasion, is_twin(stack));
}

// Every workload's data, on the server whose volume becomes the snapshot.
bool prepare(const Bench& bench, const ServicePlan& service, const RunningStack& stack) {
  auto job = job_for(bench, service, "performance-" + service.name() + "-prepare", {&stack});
  job.select = [&](const auto& done) {
    auto arguments = workload_filter(bench.options.workload_glob, done);
    arguments.emplace_back("--prepare");
    return arguments;
  };
  const auto faults = bench.recorder.snapshot().run.faults.size();
  run_child(bench.workshop, job, bench.recorder);
  return bench.recorder.snapshot().run.faults.size() == faults;
}

// Those of `planted` that concern these stacks; the others are another service's.
void add_plants(std::vector<std::string>& arguments, const std::string& option,
                const std::vector<std::string>& planted, const std::vector<const RunningStack*>& stacks) {
  for (const auto& plant : planted) {
    if (std::any_of(stacks.begin(), stacks.end(),
                    [&](const auto* stack) { return planted_stack(plant) == stack->id(); })) {
      arguments.push_back(option);
      arguments.push_back(plant);
    }
  }
}

// How many workloads the child is to say a word about, each stack counted.
std::size_t to_measure(const Bench& bench, const ServicePlan& service,
                       const std::vector<const RunningStack*>& stacks, int launch) {
  std::size_t all = 0;
  for (const auto& known : bench.plan.workloads) {
    for (std::size_t i = 1; i < stacks.size(); ++i)
      all += expected(bench, service, known, stacks[i]->id(), launch) ? 1 : 0;
  }
  return all;
}

void measure(const Bench& bench, const ServicePlan& service, const Placement& placement,
             const std::vector<const RunningStack*>& stacks, int launch) {
  auto job = job_for(bench, service, fmt::format("performance-{}-launch-{}", service.name(), launch), stacks);
  job.context.launch = launch;
  job.context.client_cpus = placement.client;
  job.context.server_cpus = placement.servers;
  job.context.prepared = true;
  job.select = [&](const auto& done) {
    auto arguments = workload_filter(bench.options.workload_glob, done);
    add_plants(arguments, "--plant", bench.options.plant, stacks);
    add_plants(arguments, "--plant-delay", bench.options.plant_delay, stacks);
    return arguments;
  };
  const auto result = run_child(bench.workshop, job, bench.recorder);
  for (const auto& known : bench.plan.workloads) {
    for (std::size_t i = 1; i < job.context.stacks.size(); ++i) {
      const auto& stack = job.context.stacks[i].id;
      if (!expected(bench, service, known, stack, launch) || result.done.contains(job.key(known.name, stack)))
        continue;
      bench.recorder.check(job.died({known.name, stack}, "the child ended without a word of it"));
    }
  }
}

// From `up` to the first protocol exchange, as every launch shows it anyway. The sides start side by side and
// share the cores, so this is recorded, never judged.
void record_starts(const Bench& bench, const std::vector<const RunningStack*>& stacks, int launch) {
  if (!wire::any_matches(bench.options.workload_glob, kStartToReady)) return;
  for (std::size_t i = 1; i < stacks.size(); ++i) {
    record::Epoch epoch;
    epoch.service = stacks[i]->row().service;
    epoch.workload = kStartToReady;
    epoch.stack = stacks[i]->id();
    epoch.against = stacks.front()->id();
    epoch.launch = launch;
    epoch.number = 1;
    epoch.judged = false;
    epoch.transport = "engine";
    epoch.placement = "all sides start side by side on all cores";
    const double baseline = stacks.front()->row().started_in;
    const double contender = stacks[i]->row().started_in;
    epoch.seconds = baseline + contender;
    epoch.baseline = {{"operations", 1}, {"seconds", baseline}};
    epoch.contender = {{"operations", 1}, {"seconds", contender}};
    bench.recorder.epoch(std::move(epoch));
  }
}

// By stack and mount point.
std::map<std::string, std::map<std::string, std::uint64_t>> volumes_of(
    const std::vector<const RunningStack*>& stacks) {
  std::map<std::string, std::map<std::string, std::uint64_t>> used;
  for (const auto* stack : stacks) {
    try {
      used[stack->id()] = engine::volume_used(stack->container());
    } catch (const core::HarnessError& fault) {
      spdlog::warn("{}: {}", stack->id(), fault.what());  // it has died; its checks say so
    }
  }
  return used;
}

// What each tmpfs of a side holds at the end of a launch, by how much each volume has grown in it, and how
// far the memory went.
void record_use(const Bench& bench, const std::vector<const RunningStack*>& stacks,
                const std::map<std::string, std::map<std::string, std::uint64_t>>& before) {
  const auto after = volumes_of(stacks);
  for (const auto* stack : stacks) {
    if (!before.contains(stack->id()) || !after.contains(stack->id())) continue;
    record_resources(*stack, bench.recorder);
    for (const auto& [target, bytes] : stack->container().tmpfs_used())
      bench.recorder.resource({stack->id(), "tmpfs_used:" + target, "B", static_cast<double>(bytes)});
    const auto& first = before.at(stack->id());
    for (const auto& [target, bytes] : after.at(stack->id())) {
      const auto was = first.find(target);
      const double grown =
          static_cast<double>(bytes) - (was == first.end() ? 0 : static_cast<double>(was->second));
      bench.recorder.resource({stack->id(), "volume_growth:" + target, "B", grown});
    }
  }
}

void run_launch(const Bench& bench, const ServicePlan& service, const Placement& placement,
                const std::string& snapshot, int number, int of) {
  Launch launch(bench, service, placement, snapshot, number);
  if (const auto stacks = launch.usable(); !stacks.empty()) {
    spdlog::info("{}: launch {} of {}: measuring", service.name(), number, of);
    bench.workshop.progress.phase(fmt::format("{}: launch {} of {}", service.name(), number, of),
                                  to_measure(bench, service, stacks, number));
    record_starts(bench, stacks, number);
    const auto before = number == 1 ? volumes_of(stacks) : decltype(volumes_of(stacks)){};
    measure(bench, service, placement, stacks, number);
    if (number == 1) record_use(bench, stacks, before);
  }
  launch.take_down();
}

// How many launches there are to be, from the spread between those that there were.
int decide_launches(const Bench& bench, const ServicePlan& service) {
  std::vector<record::Epoch> epochs;
  for (auto& epoch : bench.recorder.snapshot().epochs) {
    if (epoch.service == service.name()) epochs.push_back(std::move(epoch));
  }
  auto policy = verdict::policy_for(to_text(bench.options.size));
  policy.least = bench.plan.launches.least;
  policy.cap = bench.plan.launches.cap;
  const auto need = verdict::launches_needed(epochs, policy);
  spdlog::info("{}: {}", service.name(), need.text);
  record::Finding finding;
  finding.id = "pilot-" + service.name();
  finding.severity = "info";
  finding.stack = spec_of(service, service.control()).id.text;
  finding.text = need.text;
  bench.recorder.finding(std::move(finding));
  return need.launches;
}

// Says in the record what was left out.
void skip_others(const Bench& bench, const ServicePlan& service) {
  const auto measured = measured_candidates(service, bench.options.size);
  for (const auto& profile : service.profiles) {
    const bool left_out = profile.role == profile::Role::candidate &&
                          std::find(measured.begin(), measured.end(), &profile) == measured.end();
    if (!left_out) continue;
    bench.recorder.skipped(
        {"suite performance", spec_of(service, profile).id.text,
         fmt::format("a quick run measures {} only; the default size measures all candidates",
                     measured.front()->name)});
  }
}

void say_limits(const Bench& bench) {
  for (const auto& limit : measuring_limits()) {
    spdlog::warn("measuring: {}", limit);
    record::Finding finding;
    finding.id = "measuring-limit";
    finding.severity = "low";
    finding.text = limit;
    bench.recorder.finding(std::move(finding));
  }
}

}  // namespace

void run_performance(const Bench& bench) {
  say_limits(bench);
  const auto placement = place(cpus_of_this_process());
  const auto& plan = bench.plan.launches;
  for (const auto& service : bench.plan.services) {
    bench.workshop.progress.phase(service.name() + ": preparing the data", 0);
    const auto snapshot = make_snapshot(
        bench, service, [&](const RunningStack& stack) { return prepare(bench, service, stack); });
    if (!snapshot) continue;
    skip_others(bench, service);
    int launches = plan.least;
    for (int number = 1; number <= launches; ++number) {
      core::throw_if_cancelled("measuring");
      run_launch(bench, service, placement, snapshot->name(), number, launches);
      if (number == plan.pilot && plan.cap > plan.least) launches = decide_launches(bench, service);
    }
  }
}

}  // namespace rootseal::run
