#include "testing/workload_pair.hpp"

#include <fmt/format.h>

#include <utility>

#include "core/deadline.hpp"
#include "testing/workload_seed.hpp"

namespace rootseal::workload {

namespace {

// Does a share of its operations once more; see Planted.
class SlowedLane final : public Lane {
 public:
  SlowedLane(std::unique_ptr<Lane> lane, double share) : lane_(std::move(lane)), share_(share) {}
  void operation() override {
    lane_->operation();
    for (owed_ += share_; owed_ >= 1; owed_ -= 1) {
      lane_->operation();
    }
  }
  void verify() override { lane_->verify(); }

 private:
  std::unique_ptr<Lane> lane_;
  double share_;
  double owed_ = 0;
};

}  // namespace

Pair::Pair(const Entry& entry, const Server& baseline, const Server& contender, Clock& clock,
           PairSettings settings)
    : entry_(entry),
      servers_{&baseline, &contender},
      clock_(clock),
      settings_(std::move(settings)),
      workload_(entry.make()) {}

Pair::~Pair() {
  try {
    tear_down();
  } catch (const std::exception&) {
    // The stack goes away with its volumes; the fault that brought us here has been reported.
  }
}

void Pair::set_up() {
  dirty_ = true;
  for (const Side side : kSides) {
    on_side(side, [&] {
      servers_[index(side)]->connect([&](const service::Target& target) { workload_->set_up(target); });
    });
  }
}

void Pair::tear_down() {
  if (!std::exchange(dirty_, false)) {
    return;
  }
  for (const Side side : kSides) {
    on_side(side, [&] {
      servers_[index(side)]->connect([&](const service::Target& target) { workload_->tear_down(target); });
    });
  }
}

Pair::Lanes Pair::make_lanes(std::uint64_t seed) const {
  Lanes lanes;
  std::uint64_t state = seed;
  const Side first = kSides[next_random(state) % 2];
  for (const Side side : {first, other(first)}) {
    const Server& server = *servers_[index(side)];
    on_side(side, [&] {
      server.connect(
          [&](const service::Target& target) { lanes[index(side)] = workload_->make_lane(target, seed); });
      if (settings_.planted.share > 0 && settings_.planted.stack == server.view().id) {
        lanes[index(side)] =
            std::make_unique<SlowedLane>(std::move(lanes[index(side)]), settings_.planted.share);
      }
    });
  }
  return lanes;
}

Stretch Pair::stretch() const {
  Stretch stretch = settings_.plan.stretch;
  stretch.slice = settings_.slice != 0 ? settings_.slice : workload_->slice();
  return stretch;
}

record::Epoch Pair::epoch() {
  if (epochs_ == 0) {
    set_up();
  }
  const auto number =
      static_cast<std::uint64_t>(settings_.launch) * 1000 + static_cast<std::uint64_t>(epochs_);
  const std::uint64_t seed = derived_seed(settings_.seed, entry_.name + " " + servers_[1]->view().id, number);
  const Lanes owned = make_lanes(seed);
  const LanePair lanes{owned[0].get(), owned[1].get()};
  Alternation turns(derived_seed(seed, "turns", 0));
  const Stretch measured = stretch();
  warm_up(lanes, clock_, turns, epochs_ == 0 ? settings_.plan.first_warm_up : settings_.plan.warm_up,
          measured.slice);
  PairRun run;
  std::array<double, 2> cpu{-servers_[0]->cpu_seconds(), -servers_[1]->cpu_seconds()};
  measure(lanes, clock_, turns, measured, run);
  for (const Side side : kSides) {
    cpu[index(side)] += servers_[index(side)]->cpu_seconds();
    on_side(side, [&] { lanes[index(side)]->verify(); });
  }
  ++epochs_;
  return describe(run, cpu);
}

std::string Pair::placement() const {
  auto text = judge_placement({settings_.wanted_client,
                               settings_.wanted_servers,
                               settings_.pin_refused,
                               affinity_of(0),
                               {servers_[0]->cpus(), servers_[1]->cpus()}})
                  .text;
  if (settings_.planted.share > 0) {
    text += fmt::format("; planted: {} does {} of its operations once more", settings_.planted.stack,
                        settings_.planted.share);
  }
  return text;
}

record::Epoch Pair::describe(const PairRun& run, const std::array<double, 2>& server_cpu) const {
  record::Epoch epoch;
  epoch.service = entry_.service;
  epoch.workload = entry_.name;
  epoch.stack = servers_[1]->view().id;
  epoch.against = servers_[0]->view().id;
  epoch.launch = settings_.launch;
  epoch.number = epochs_;
  epoch.transport = servers_[0]->transport() == servers_[1]->transport()
                        ? servers_[0]->transport()
                        : servers_[0]->transport() + " against " + servers_[1]->transport();
  epoch.placement = placement();
  epoch.seconds = core::seconds(run.elapsed);
  epoch.baseline = side_values(run.of(Side::baseline), server_cpu[0]);
  epoch.contender = side_values(run.of(Side::contender), server_cpu[1]);
  return epoch;
}

std::map<std::string, double> side_values(const SideRun& side, double server_cpu) {
  return {{"operations", static_cast<double>(side.operations)},
          {"seconds", core::seconds(side.busy)},
          {"p50", core::seconds(side.latencies.percentile(0.5))},
          {"p95", core::seconds(side.latencies.percentile(0.95))},
          {"p99", core::seconds(side.latencies.percentile(0.99))},
          {"p999", core::seconds(side.latencies.percentile(0.999))},
          {"max", core::seconds(side.latencies.max())},
          {"server_cpu", server_cpu}};
}

}  // namespace rootseal::workload
