#include "testing/workload_modes.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "core/deadline.hpp"
#include "testing/workload_seed.hpp"

namespace rootseal::workload {

namespace {

using namespace std::chrono_literals;

// What one lane's thread counts.
struct LaneCounts {
  std::uint64_t operations = 0;
  Nanoseconds cpu{0};
  stats::Histogram latencies;
};

using Lanes = std::vector<std::unique_ptr<Lane>>;

struct Limit {
  Nanoseconds span{0};
  std::uint64_t operations = UINT64_MAX;
};

void closed_loop(Lane& lane, Clock& clock, const Limit& limit, const std::atomic<bool>& failed,
                 LaneCounts& mine) {
  const Nanoseconds cpu = clock.thread_cpu();
  Nanoseconds before = clock.now();
  const Nanoseconds until = before + limit.span;
  do {
    lane.operation();
    const Nanoseconds now = clock.now();
    mine.latencies.record(now - before);
    ++mine.operations;
    before = now;
  } while (before < until && mine.operations < limit.operations && !failed.load(std::memory_order_relaxed));
  mine.cpu = clock.thread_cpu() - cpu;
}

// All lanes at once, a thread each. Returns the time on the wall.
Nanoseconds all_at_once(const Lanes& lanes, Clock& clock, const Limit& limit,
                        std::vector<LaneCounts>& counted) {
  std::atomic<bool> failed{false};
  std::mutex failing;
  std::exception_ptr thrown;
  const Nanoseconds start = clock.now();
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < lanes.size(); ++i) {
      threads.emplace_back([&, i] {
        try {
          closed_loop(*lanes[i], clock, limit, failed, counted[i]);
        } catch (...) {
          const std::lock_guard lock(failing);
          thrown = std::current_exception();
          failed = true;
        }
      });
    }
  }
  if (thrown) {
    std::rethrow_exception(thrown);
  }
  return clock.now() - start;
}

struct Loop {
  Lanes lanes;
  std::vector<PlantedLane*> planted;
};

Loop connect(const Workload& workload, const Server& server, Clock& clock, const Solo& plan) {
  Loop loop;
  const Planted* plant = planted_on(plan.plants, server.view().id);
  server.connect([&](const Site& site) {
    workload.reset(site);
    for (unsigned number = 0; number < plan.connections; ++number) {
      auto lane =
          workload.make_lane(site, {derived_seed(plan.seed, "seat", number), number, plan.connections});
      if (plant != nullptr) {
        auto slow = slowed(std::move(lane), *plant, clock, begins_at(plan.seed, 0, 0));
        loop.planted.push_back(slow.get());
        lane = std::move(slow);
      }
      loop.lanes.push_back(std::move(lane));
    }
  });
  return loop;
}

}  // namespace

void prepare(const std::vector<Entry>& entries, const Server& server) {
  for (const auto& entry : entries) {
    const auto workload = entry.make();
    server.connect([&](const Site& site) { workload->set_up(site); });
  }
}

namespace {

void warm(const Loop& loop, Clock& clock, const Solo& plan) {
  std::vector<LaneCounts> thrown_away(plan.connections);
  all_at_once(loop.lanes, clock, {std::min<Nanoseconds>(plan.span / 10, 1s), plan.max_operations},
              thrown_away);
  for (PlantedLane* lane : loop.planted) {
    lane->warmed_up();
  }
}

void verify(const Loop& loop) {
  for (const auto& lane : loop.lanes) {
    lane->settle();
    lane->verify();
  }
}

std::map<std::string, double> measure_alone(const Workload& workload, const Server& server, Clock& clock,
                                            const Solo& plan) {
  const Loop loop = connect(workload, server, clock, plan);
  warm(loop, clock, plan);
  std::vector<LaneCounts> counted(plan.connections);
  const double cpu_before = server.cpu_seconds();
  const Nanoseconds took = all_at_once(loop.lanes, clock, {plan.span, plan.max_operations}, counted);
  const double server_cpu = server.cpu_seconds() - cpu_before;
  LaneCounts sum;
  for (const auto& mine : counted) {
    sum.operations += mine.operations;
    sum.cpu += mine.cpu;
    sum.latencies.merge(mine.latencies);
  }
  verify(loop);
  return {{"operations", static_cast<double>(sum.operations)},
          {"seconds", core::seconds(took)},
          {"client_cpu", core::seconds(sum.cpu)},
          {"server_cpu", server_cpu},
          {"p50", core::seconds(sum.latencies.percentile(0.5))},
          {"p99", core::seconds(sum.latencies.percentile(0.99))}};
}

struct Sum {
  double operations = 0;
  double seconds = 0;
};

// One stretch of each share; their order is drawn.
void one_cycle(const Loop& loop, const std::vector<RepeatingLane*>& repeating, Clock& clock,
               const Limit& limit, std::vector<double> shares, std::uint64_t seed,
               std::map<double, Sum>& sums) {
  shuffle(shares, seed);
  for (const double share : shares) {
    for (RepeatingLane* lane : repeating) {
      lane->set_share(share);
    }
    std::vector<LaneCounts> counted(loop.lanes.size());
    Sum& sum = sums[share];
    sum.seconds += core::seconds(all_at_once(loop.lanes, clock, limit, counted));
    for (const auto& mine : counted) {
      sum.operations += static_cast<double>(mine.operations);
    }
    for (const auto& lane : loop.lanes) {
      lane->settle();
    }
  }
}

Rates one_round(const Workload& workload, const Server& server, Clock& clock, const Solo& plan,
                const std::vector<double>& shares) {
  Loop loop;
  std::vector<RepeatingLane*> repeating;
  server.connect([&](const Site& site) {
    workload.reset(site);
    for (unsigned number = 0; number < plan.connections; ++number) {
      const std::uint64_t seed = derived_seed(plan.seed, "seat", number);
      auto lane = std::make_unique<RepeatingLane>(workload.make_lane(site, {seed, number, plan.connections}),
                                                  0, begins_at(seed, 0, 0));
      repeating.push_back(lane.get());
      loop.lanes.push_back(std::move(lane));
    }
  });
  Solo warming = plan;
  warming.span = kCycles * plan.span;
  warm(loop, clock, warming);
  std::map<double, Sum> sums;
  for (unsigned cycle = 0; cycle < kCycles; ++cycle) {
    one_cycle(loop, repeating, clock, {plan.span, plan.max_operations}, shares,
              derived_seed(plan.seed, "stretches", cycle), sums);
  }
  verify(loop);
  Rates rates;
  for (const auto& [share, sum] : sums) {
    rates[share] = sum.operations / sum.seconds;
  }
  return rates;
}

// With the workload's data there, and gone afterwards, unless they are prepared.
void with_data(const Workload& workload, const Server& server, bool prepared,
               const std::function<void()>& work) {
  if (prepared) {
    return work();
  }
  const auto tear_down = [&] { server.connect([&](const Site& site) { workload.tear_down(site); }); };
  server.connect([&](const Site& site) { workload.set_up(site); });
  try {
    work();
  } catch (...) {
    tear_down();
    throw;
  }
  tear_down();
}

}  // namespace

std::map<std::string, double> solo(const Entry& entry, const Server& server, Clock& clock, const Solo& plan) {
  const auto workload = entry.make();
  std::map<std::string, double> values;
  with_data(*workload, server, plan.prepared,
            [&] { values = measure_alone(*workload, server, clock, plan); });
  return values;
}

void heat(const Entry& entry, const std::vector<const Server*>& servers, Clock& clock, const Solo& plan) {
  const auto workload = entry.make();
  struct Heated {
    const Server* server;
    Loop loop;
    Nanoseconds driven{0};
  };
  std::vector<Heated> sides;
  // Runs `work` on each; those on which it fails are no longer among `sides`.
  const auto on_each = [&](const std::function<void(Heated&)>& work) {
    std::erase_if(sides, [&](Heated& side) {
      try {
        work(side);
        return false;
      } catch (const std::exception&) {
        return true;
      }
    });
  };
  for (const Server* server : servers) sides.push_back({server, {}, {}});
  if (!plan.prepared) {
    on_each([&](Heated& side) { side.server->connect([&](const Site& site) { workload->set_up(site); }); });
  }
  on_each([&](Heated& side) { side.loop = connect(*workload, *side.server, clock, plan); });
  const auto wants_more = [&](const Heated& side) { return side.driven < plan.span; };
  while (std::any_of(sides.begin(), sides.end(), wants_more)) {
    on_each([&](Heated& side) {
      std::vector<LaneCounts> thrown_away(plan.connections);
      side.driven += all_at_once(side.loop.lanes, clock, {kHeatingTurn, plan.max_operations}, thrown_away);
      for (const auto& lane : side.loop.lanes) lane->settle();
    });
  }
  on_each([&](Heated& side) { verify(side.loop); });
  if (plan.prepared) return;
  on_each([&](Heated& side) { side.server->connect([&](const Site& site) { workload->tear_down(site); }); });
}

void contrast(const Entry& entry, const Server& server, Clock& clock, const Solo& plan,
              const std::vector<double>& shares, unsigned rounds,
              const std::function<void(const Rates&)>& done) {
  const auto workload = entry.make();
  auto all = shares;
  all.push_back(0);
  with_data(*workload, server, plan.prepared, [&] {
    for (unsigned round = 0; round < rounds; ++round) {
      Solo mine = plan;
      mine.seed = derived_seed(plan.seed, "round", round);
      done(one_round(*workload, server, clock, mine, all));
    }
  });
}

}  // namespace rootseal::workload
