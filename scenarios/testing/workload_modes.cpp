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
struct Counted {
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
                 Counted& mine) {
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
Nanoseconds all_at_once(const Lanes& lanes, Clock& clock, const Limit& limit, std::vector<Counted>& counted) {
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
  const bool plant = plan.planted.stack == server.view().id;
  server.connect([&](const Site& site) {
    workload.reset(site);
    for (unsigned number = 0; number < plan.connections; ++number) {
      auto lane =
          workload.make_lane(site, {derived_seed(plan.seed, "seat", number), number, plan.connections});
      if (plant) {
        auto slow = slowed(std::move(lane), plan.planted, clock);
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

std::map<std::string, double> measure_alone(const Workload& workload, const Server& server, Clock& clock,
                                            const Solo& plan) {
  const Loop loop = connect(workload, server, clock, plan);
  std::vector<Counted> thrown_away(plan.connections);
  all_at_once(loop.lanes, clock, {std::min<Nanoseconds>(plan.span / 10, 1s), plan.max_operations},
              thrown_away);
  for (PlantedLane* lane : loop.planted) {
    lane->warmed_up();
  }
  std::vector<Counted> counted(plan.connections);
  const double cpu_before = server.cpu_seconds();
  const Nanoseconds took = all_at_once(loop.lanes, clock, {plan.span, plan.max_operations}, counted);
  const double server_cpu = server.cpu_seconds() - cpu_before;
  Counted sum;
  for (const auto& mine : counted) {
    sum.operations += mine.operations;
    sum.cpu += mine.cpu;
    sum.latencies.merge(mine.latencies);
  }
  for (const auto& lane : loop.lanes) {
    lane->settle();
    lane->verify();
  }
  return {{"operations", static_cast<double>(sum.operations)},
          {"seconds", core::seconds(took)},
          {"client_cpu", core::seconds(sum.cpu)},
          {"server_cpu", server_cpu},
          {"p50", core::seconds(sum.latencies.percentile(0.5))},
          {"p99", core::seconds(sum.latencies.percentile(0.99))}};
}

}  // namespace

std::map<std::string, double> solo(const Entry& entry, const Server& server, Clock& clock, const Solo& plan) {
  const auto workload = entry.make();
  if (plan.prepared) {
    return measure_alone(*workload, server, clock, plan);
  }
  const auto tear_down = [&] { server.connect([&](const Site& site) { workload->tear_down(site); }); };
  server.connect([&](const Site& site) { workload->set_up(site); });
  try {
    auto values = measure_alone(*workload, server, clock, plan);
    tear_down();
    return values;
  } catch (...) {
    tear_down();
    throw;
  }
}

}  // namespace rootseal::workload
