#include "testing/lanes.hpp"

#include <time.h>

#include <cmath>
#include <utility>

#include "core/deadline.hpp"
#include "testing/workload_seed.hpp"

namespace rootseal::workload {

Nanoseconds SteadyClock::thread_cpu() noexcept {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + Nanoseconds(used.tv_nsec);
}

void SteadyClock::keep_busy(Nanoseconds how_long) noexcept {
  const Nanoseconds until = now() + how_long;
  while (now() < until) {
  }
}

Side Alternation::next() noexcept {
  if (turn_ == 0) {
    first_ = (next_random(state_) & 1U) == 0 ? Side::baseline : Side::contender;
  }
  const Side side = turn_ == 0 || turn_ == kTurns - 1 ? first_ : other(first_);
  turn_ = (turn_ + 1) % kTurns;
  return side;
}

void on_side(Side side, const std::function<void()>& work) {
  try {
    work();
  } catch (const SideFault&) {
    throw;
  } catch (const WrongResult& wrong) {
    throw SideFault(side, true, wrong.what());
  } catch (const service::ServerError& refused) {
    throw SideFault(side, true, refused.what());
  } catch (const std::exception& fault) {
    throw SideFault(side, false, fault.what());
  }
}

double SideRun::mean() const {
  return operations == 0 ? 0.0 : core::seconds(busy) / static_cast<double>(operations);
}

namespace {

void one_turn(Lane& lane, Clock& clock, unsigned slice, SideRun& side) {
  for (unsigned i = 0; i < slice; ++i) {
    const Nanoseconds before = clock.now();
    lane.operation();
    const Nanoseconds took = clock.now() - before;
    side.latencies.record(took);
    side.busy += took;
    ++side.operations;
  }
}

// Whose turn it is in a latency part: what happens when that changes.
class Baton {
 public:
  Baton(Clock& clock, PairRun& run) : clock_(clock), run_(run), mark_(clock.thread_cpu()) {}
  [[nodiscard]] Side holder() const { return holder_; }
  Lane& take(const LanePair& lanes, Side side) {
    Lane* lane = lanes[index(side)];
    if (lane_ != nullptr && lane_ != lane) {
      put_down();
    }
    if (lane_ == nullptr) {
      lane_ = lane;
      holder_ = side;
      mark_ = clock_.thread_cpu();
    }
    return *lane;
  }
  void put_down() {
    run_.sides[index(holder_)].cpu += clock_.thread_cpu() - mark_;
    std::exchange(lane_, nullptr)->settle();
  }

 private:
  Clock& clock_;
  PairRun& run_;
  Nanoseconds mark_;
  Side holder_ = Side::baseline;
  Lane* lane_ = nullptr;  // not owned; null: nobody's
};

}  // namespace

void measure(const std::vector<LanePair>& seats, Clock& clock, Alternation& turns, const Stretch& stretch,
             PairRun& run) {
  Baton baton(clock, run);
  try {
    const Nanoseconds latest = clock.now() + kWallLimit * stretch.span;
    std::size_t seat = 0;
    do {
      for (unsigned turn = 0; turn < stretch.block; ++turn) {
        const Side side = turns.next();
        one_turn(baton.take(seats[seat], side), clock, stretch.slice, run.sides[index(side)]);
      }
      seat = (seat + 1) % seats.size();
    } while (run.busy() < stretch.span && run.sides[0].operations < stretch.max_operations &&
             clock.now() < latest);
    baton.put_down();
  } catch (...) {
    on_side(baton.holder(), [] { throw; });
  }
}

unsigned warm_up(const WarmUp& plan, Clock& clock, const std::function<Tempo()>& window) {
  const Nanoseconds latest = clock.now() + plan.max_windows * plan.window;
  Tempo before;
  std::uint64_t operations = 0;
  for (unsigned used = 1; used <= plan.max_windows; ++used) {
    const Tempo now = window();
    operations += now.operations;
    bool steady = used > 1;
    for (const std::size_t side : {0U, 1U}) {
      steady = steady && std::abs(now.mean[side] - before.mean[side]) <= plan.tolerance * before.mean[side];
    }
    if (steady || operations >= plan.max_operations || clock.now() >= latest) {
      return used;
    }
    before = now;
  }
  return plan.max_windows;
}

unsigned warm_up(const LanePair& lanes, Clock& clock, Alternation& turns, const WarmUp& plan,
                 unsigned slice) {
  return warm_up(plan, clock, [&] {
    PairRun run;
    measure({lanes}, clock, turns, {plan.window, plan.max_operations, slice, 2}, run);
    return Tempo{{run.sides[0].mean(), run.sides[1].mean()}, run.sides[0].operations};
  });
}

}  // namespace rootseal::workload
