#include "run/launch.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <random>

#include "core/cancel.hpp"
#include "core/error.hpp"
#include "core/patience.hpp"
#include "core/text.hpp"
#include "run/parallel.hpp"
#include "wire/occasion.hpp"

namespace rootseal::run {

namespace {

std::string cpuset_text(const std::vector<int>& cpus) {
  std::vector<std::string> texts;
  for (const int cpu : cpus) texts.push_back(std::to_string(cpu));
  return core::join(texts, ",");
}

// The control first, its twin, then the candidates.
std::vector<StackSpec> specs_of(const Bench& bench, const ServicePlan& service, const Placement& placement,
                                int launch) {
  std::vector<StackSpec> specs;
  const auto all = static_cast<int>(placement.client.size() + placement.servers.size());
  const auto add = [&](const profile::Profile& profile, const std::string& suffix) {
    auto spec = spec_of(service, profile);
    spec.id.text += suffix;
    spec.label_tag = fmt::format("launch-{}", launch);
    spec.cpuset = cpuset_text(placement.servers);
    if (!placement.servers.empty()) {
      spec.environment = service.service->sized_for(all, static_cast<int>(placement.servers.size()));
    }
    spec.ask_settings = launch == 1 || bench.options.size != Size::quick;
    specs.push_back(std::move(spec));
  };
  add(service.control(), "");
  if (wire::has_twin(to_text(bench.options.size), launch)) add(service.control(), kTwin);
  for (const auto* profile : measured_candidates(service, bench.options.size)) add(*profile, "");
  return specs;
}

}  // namespace

std::unique_ptr<Volume> make_snapshot(const Bench& bench, const ServicePlan& service,
                                      const std::function<bool(const RunningStack&)>& prepare) {
  auto spec = spec_of(service, service.control());
  spec.id = spec.id.tagged("snapshot");
  spec.ask_settings = false;
  auto stack = bench.workshop.start(spec);
  if (!stack->usable()) {
    bench.recorder.fault(fmt::format("{}: preparing the data of the performance suite: {}", stack->id(),
                                     stack->row().start_error));
    return nullptr;
  }
  if (!prepare(*stack)) return nullptr;
  service.service->quiesce(stack->target());
  stack->container().stop(core::patience());
  auto snapshot = std::make_unique<Volume>(bench.workshop, spec, "copy");
  snapshot->fill_from(stack->volume());
  return snapshot;
}

std::vector<const profile::Profile*> measured_candidates(const ServicePlan& service, Size size) {
  std::vector<const profile::Profile*> candidates;
  for (const auto& profile : service.profiles) {
    if (profile.role == profile::Role::candidate) candidates.push_back(&profile);
  }
  const auto barer = [](const auto* a, const auto* b) { return a->claims.size() < b->claims.size(); };
  const auto barest = std::min_element(candidates.begin(), candidates.end(), barer);
  if (size == Size::quick && barest != candidates.end()) return {*barest};
  return candidates;
}

Launch::Launch(const Bench& bench, const ServicePlan& service, const Placement& placement,
               const std::string& snapshot, int number)
    : bench_(bench), number_(number) {
  for (auto& spec : specs_of(bench, service, placement, number)) {
    auto volume = std::make_unique<Volume>(bench.workshop, spec, "data");
    spec.volumes = {{service.service->description().compose_volume, volume->name()}};
    sides_.push_back({std::move(spec), std::move(volume), nullptr});
  }
  std::vector<Side*> order;
  for (auto& side : sides_) order.push_back(&side);
  std::shuffle(order.begin(), order.end(), std::mt19937_64(bench.plan.seed + static_cast<unsigned>(number)));
  for_each_parallel<Side*>(order, order.size(), [&](Side*& side) { side->volume->fill_from(snapshot); });
  ::sync();  // or the copies would be written while one of the sides is measured
  for_each_parallel<Side*>(order, order.size(), [&](Side*& side) { start(*side); });
}

void Launch::start(Side& side) {
  side.stack = bench_.workshop.start(side.spec);
  record_start(*side.stack, "performance", bench_);
  side.stack->verify(fmt::format("before launch {}", number_), bench_.recorder);
}

Launch::~Launch() = default;

std::vector<const RunningStack*> Launch::usable() const {
  std::vector<const RunningStack*> stacks;
  if (sides_.empty() || !sides_.front().stack->usable()) return stacks;
  for (const auto& side : sides_) {
    if (side.stack->usable()) stacks.push_back(side.stack.get());
  }
  return stacks;
}

void Launch::take_down() {
  for_each_parallel<Side>(sides_, sides_.size(), [&](Side& side) {
    side.stack->verify(fmt::format("after launch {}", number_), bench_.recorder);
    side.stack->end();
    side.volume.reset();
  });
}

}  // namespace rootseal::run
