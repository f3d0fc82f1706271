// run/suites: performance. One snapshot of prepared data per service; each launch starts all sides afresh
// from copies of it, side by side, servers pinned apart from the client; the workloads child measures pairs
// and reports epochs.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <random>

#include "core/cancel.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "run/children.hpp"
#include "run/parallel.hpp"
#include "run/suites.hpp"

namespace rootseal::run {

using namespace std::chrono_literals;

namespace {

// A volume that is gone with the object.
class Volume {
 public:
  Volume(const Workshop& workshop, std::string name, const std::string& stack)
      : docker_(workshop.docker()), name_(std::move(name)) {
    docker_.create_volume(name_, workshop.labels(stack));
  }
  ~Volume() {
    const core::CancelShield shield;
    try {
      docker_.must({"volume", "rm", "-f", name_}, "removing a volume", name_);
    } catch (const std::exception& error) {
      spdlog::warn("{}", error.what());
    }
  }
  Volume(const Volume&) = delete;
  Volume& operator=(const Volume&) = delete;
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  const engine::Docker& docker_;
  std::string name_;
};

struct Side {
  StackSpec spec;
  std::unique_ptr<Volume> volume;
  std::unique_ptr<RunningStack> stack;
};

std::string volume_name(const Workshop& workshop, const core::StackId& id, const std::string& tag) {
  return fmt::format("rootseal-{}-{}-{}-data", workshop.run().suffix(), id.file_name(), tag);
}

void copy(const Bench& bench, const std::string& from, const Volume& to, const StackSpec& spec) {
  bench.workshop.docker().clone_volume(from, to.name(), spec.image.reference,
                                       bench.workshop.labels(spec.id.text));
}

// Starts the control once, lets it complete its data, stops it, and copies its volume. Null when it did not
// start.
std::unique_ptr<Volume> make_snapshot(const Bench& bench, const ServicePlan& service) {
  auto spec = spec_of(service, service.control());
  spec.id = spec.id.tagged("snapshot");
  auto stack = bench.workshop.start(spec);
  if (!stack->usable()) {
    bench.recorder.fault(fmt::format("{}: preparing the data of the performance suite: {}", stack->id(),
                                     stack->row().start_error));
    return nullptr;
  }
  service.service->quiesce(stack->target());
  stack->container().stop(30s);
  auto snapshot = std::make_unique<Volume>(bench.workshop, volume_name(bench.workshop, spec.id, "snapshot"),
                                           spec.id.text);
  copy(bench, stack->volume(), *snapshot, spec);
  return snapshot;
}

// The control first, its twin, then every candidate.
std::vector<StackSpec> sides_of(const ServicePlan& service, const Placement& placement, int launch) {
  std::vector<StackSpec> specs;
  const auto add = [&](const profile::Profile& profile, const std::string& suffix) {
    auto spec = spec_of(service, profile);
    spec.id.text += suffix;
    spec.label_tag = fmt::format("launch-{}", launch);
    std::vector<std::string> cpus;
    for (const int cpu : placement.servers) cpus.push_back(std::to_string(cpu));
    spec.cpuset = core::join(cpus, ",");
    specs.push_back(std::move(spec));
  };
  add(service.control(), "");
  add(service.control(), "-twin");
  for (const auto& profile : service.profiles) {
    if (profile.role == profile::Role::candidate) add(profile, "");
  }
  return specs;
}

// Copies the data and starts all sides, in random order under the run's seed.
std::vector<Side> start_sides(const Bench& bench, const ServicePlan& service, const Placement& placement,
                              const std::string& snapshot, int launch) {
  std::vector<Side> sides;
  for (auto& spec : sides_of(service, placement, launch)) {
    auto volume = std::make_unique<Volume>(
        bench.workshop, volume_name(bench.workshop, spec.id, spec.label_tag), spec.id.text);
    spec.volumes = {{service.service->description().compose_volume, volume->name()}};
    sides.push_back({std::move(spec), std::move(volume), nullptr});
  }
  std::vector<Side*> order;
  for (auto& side : sides) order.push_back(&side);
  std::shuffle(order.begin(), order.end(), std::mt19937_64(bench.plan.seed + static_cast<unsigned>(launch)));
  for_each_parallel<Side*>(order, order.size(), [&](Side*& side) {
    copy(bench, snapshot, *side->volume, side->spec);
    side->stack = bench.workshop.start(side->spec);
    record_start(*side->stack, "performance", bench);
    side->stack->verify(fmt::format("before launch {}", launch), bench.recorder);
  });
  return sides;
}

std::vector<std::string> workload_filter(const std::string& glob, const std::set<std::string>& done) {
  std::vector<std::string> arguments{"--workload", glob};
  for (const auto& id : done) {
    arguments.emplace_back("--done");
    arguments.push_back(id);
  }
  return arguments;
}

void measure(const Bench& bench, const ServicePlan& service, const Placement& placement,
             std::vector<Side>& sides, int launch) {
  ChildJob job;
  job.program = (bench.workshop.paths().programs / "rootseal-workloads").string();
  job.name = fmt::format("performance-{}-launch-{}", service.name(), launch);
  job.context.run = bench.workshop.run().str();
  job.context.suite = "performance";
  job.context.size = to_text(bench.options.size);
  job.context.seed = bench.plan.seed;
  job.context.launch = launch;
  job.context.client_cpus = placement.client;
  job.context.server_cpus = placement.servers;
  for (const auto& side : sides) {
    if (side.stack->usable()) job.context.stacks.push_back(side.stack->view());
  }
  job.key = [](const auto& check, const auto& stack) { return check + "/" + stack; };
  job.select = [&](const auto& done) { return workload_filter(bench.options.workload_glob, done); };
  job.died = [&](const wire::Started& started, const std::string& why) {
    record::Check row;
    row.id = started.check;
    row.stack = started.stack;
    row.service = service.name();
    row.suite = "performance";
    row.message = fmt::format("{}: measuring {} in launch {}: {}", started.stack, started.check, launch, why);
    return row;
  };
  const auto result = run_child(bench.workshop, job, bench.recorder);
  for (const auto& known : bench.plan.workloads) {
    const bool expected =
        known.service == service.name() && core::glob_matches(bench.options.workload_glob, known.name);
    for (std::size_t i = 1; expected && i < job.context.stacks.size(); ++i) {
      const auto& stack = job.context.stacks[i].id;
      if (result.done.contains(job.key(known.name, stack))) continue;
      bench.recorder.check(job.died({known.name, stack}, "the child ended without a word of it"));
    }
  }
}

void run_launch(const Bench& bench, const ServicePlan& service, const Placement& placement,
                const std::string& snapshot, int launch) {
  auto sides = start_sides(bench, service, placement, snapshot, launch);
  if (sides.front().stack->usable()) {
    spdlog::info("{}: launch {} of {}: measuring", service.name(), launch, bench.plan.launches);
    measure(bench, service, placement, sides, launch);
  }
  for_each_parallel<Side>(sides, sides.size(), [&](Side& side) {
    side.stack->verify(fmt::format("after launch {}", launch), bench.recorder);
    side.stack->end();
    side.volume.reset();
  });
}

}  // namespace

void run_performance(const Bench& bench) {
  const auto placement = place(cpus_of_this_process());
  for (const auto& service : bench.plan.services) {
    const auto snapshot = make_snapshot(bench, service);
    if (!snapshot) continue;
    for (int launch = 1; launch <= bench.plan.launches; ++launch) {
      core::throw_if_cancelled("measuring");
      run_launch(bench, service, placement, snapshot->name(), launch);
    }
  }
}

}  // namespace rootseal::run
