#include "testing/lanes.hpp"

#include <cmath>

#include "core/deadline.hpp"
#include "testing/workload_seed.hpp"

namespace rootseal::workload {

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

}  // namespace

void measure(const LanePair& lanes, Clock& clock, Alternation& turns, const Stretch& stretch, PairRun& run) {
  Side side = Side::baseline;
  const auto blocks = [&] {
    const Nanoseconds start = clock.now();
    Nanoseconds elapsed{0};
    do {
      for (unsigned turn = 0; turn < Alternation::kTurns; ++turn) {
        side = turns.next();
        one_turn(*lanes[index(side)], clock, stretch.slice, run.sides[index(side)]);
      }
      elapsed = clock.now() - start;
    } while (elapsed < stretch.span && run.sides[0].operations < stretch.max_operations);
    run.elapsed += elapsed;
  };
  try {
    blocks();
  } catch (...) {
    on_side(side, [] { throw; });
  }
}

unsigned warm_up(const LanePair& lanes, Clock& clock, Alternation& turns, const WarmUp& plan,
                 unsigned slice) {
  std::array<double, 2> before{0, 0};
  for (unsigned window = 1; window <= plan.max_windows; ++window) {
    PairRun run;
    measure(lanes, clock, turns, {plan.window, UINT64_MAX, slice}, run);
    bool steady = window > 1;
    for (const Side side : kSides) {
      const double now = run.of(side).mean();
      steady = steady && std::abs(now - before[index(side)]) <= plan.tolerance * before[index(side)];
      before[index(side)] = now;
    }
    if (steady) {
      return window;
    }
  }
  return plan.max_windows;
}

}  // namespace rootseal::workload
