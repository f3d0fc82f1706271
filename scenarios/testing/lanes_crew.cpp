#include "testing/lanes_crew.hpp"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <exception>
#include <mutex>
#include <thread>

#include "core/deadline.hpp"

namespace rootseal::workload {

double CrewSide::mean() const {
  return operations == 0 ? 0.0 : core::seconds(active) / static_cast<double>(operations);
}

namespace {

// What a thread counts in its turns; nobody else touches it before the threads have ended. On a cache line
// of its own.
struct alignas(64) Counted {
  std::array<std::uint64_t, 2> operations{0, 0};
  std::array<Nanoseconds, 2> cpu{Nanoseconds(0), Nanoseconds(0)};
};

class Shift {
 public:
  Shift(const Crew& crew, Clock& clock, Alternation& turns, const CrewStretch& stretch, CrewRun& run)
      : crew_(crew),
        clock_(clock),
        turns_(turns),
        stretch_(stretch),
        run_(run),
        counted_(crew.size()),
        barrier_(static_cast<std::ptrdiff_t>(crew.size()), Boundary{this}) {}

  void run() {
    latest_ = clock_.now() + kWallLimit * stretch_.span;
    std::vector<std::thread> threads;
    threads.reserve(crew_.size());
    try {
      for (std::size_t seat = 0; seat < crew_.size(); ++seat) {
        threads.emplace_back([this, seat] { work(seat); });
      }
    } catch (...) {  // the machine has no more threads: those that wait must not wait for the missing ones
      fail();
      for (std::size_t missing = threads.size(); missing < crew_.size(); ++missing) {
        barrier_.arrive_and_drop();
      }
    }
    for (auto& thread : threads) {
      thread.join();
    }
    if (thrown_) {
      on_side(failed_side_, [&] { std::rethrow_exception(thrown_); });
    }
    add_up();
  }

 private:
  // Runs on the thread that arrives last, while all others wait: what it writes they see.
  struct Boundary {
    Shift* shift;
    void operator()() noexcept { shift->working_ ? shift->close() : shift->open(); }
  };

  void open() noexcept {
    if (failed_.load() || (turn_ % stretch_.block == 0 && turn_ > 0 && is_over())) {
      over_ = true;
      return;
    }
    ++turn_;
    working_ = true;
    side_ = turns_.next();
    opened_ = clock_.now();
    until_ = opened_ + stretch_.turn;
  }

  void close() noexcept {
    working_ = false;
    const Nanoseconds took = clock_.now() - opened_;
    auto& side = run_.sides[index(side_)];
    side.active += took;
    ++side.turns;
    const std::uint64_t done = operations_of(side_);
    run_.stalls.turn(side_, done - done_before_[index(side_)], took);
    done_before_[index(side_)] = done;
    if (turn_ % stretch_.block == 0) {
      run_.stalls.end_block();
    }
  }

  [[nodiscard]] std::uint64_t operations_of(Side side) const noexcept {
    std::uint64_t done = 0;
    for (const auto& mine : counted_) {
      done += mine.operations[index(side)];
    }
    return done;
  }

  [[nodiscard]] bool is_over() const noexcept {
    return run_.active() >= stretch_.span ||
           std::max(operations_of(Side::baseline), operations_of(Side::contender)) >=
               stretch_.max_operations ||
           clock_.now() >= latest_;
  }

  // A thread that failed goes on meeting the others at the barriers until open() has seen it: nobody waits
  // for someone who has gone.
  void work(std::size_t seat) {
    while (true) {
      barrier_.arrive_and_wait();
      if (over_) {
        return;
      }
      Lane& lane = *crew_[seat][index(side_)];
      guarded([&] { take_turn(lane, counted_[seat]); });
      barrier_.arrive_and_wait();
      if (!failed_.load(std::memory_order_relaxed)) {
        guarded([&] { lane.settle(); });
      }
    }
  }

  void take_turn(Lane& lane, Counted& mine) {
    const Nanoseconds before = clock_.thread_cpu();
    std::uint64_t done = 0;
    do {
      lane.operation();
      ++done;
    } while (!failed_.load(std::memory_order_relaxed) &&
             (stretch_.turn_operations != 0 ? done < stretch_.turn_operations : clock_.now() < until_));
    mine.operations[index(side_)] += done;
    mine.cpu[index(side_)] += clock_.thread_cpu() - before;
  }

  template <typename Work>
  void guarded(const Work& work) noexcept {
    try {
      work();
    } catch (...) {
      fail();
    }
  }

  void fail() noexcept {
    const std::lock_guard lock(failing_);
    if (!thrown_) {
      thrown_ = std::current_exception();
      failed_side_ = side_;
    }
    failed_ = true;
  }

  void add_up() {
    for (const auto& mine : counted_) {
      for (const Side side : kSides) {
        run_.sides[index(side)].operations += mine.operations[index(side)];
        run_.sides[index(side)].cpu += mine.cpu[index(side)];
      }
    }
  }

  const Crew& crew_;
  Clock& clock_;
  Alternation& turns_;
  const CrewStretch& stretch_;
  CrewRun& run_;
  std::vector<Counted> counted_;
  // Written by open() and close() alone.
  Side side_ = Side::baseline;
  bool working_ = false, over_ = false;
  unsigned turn_ = 0;
  std::array<std::uint64_t, 2> done_before_{0, 0};  // at the end of a side's last turn
  Nanoseconds opened_{0}, until_{0}, latest_{0};
  std::atomic<bool> failed_{false};
  std::mutex failing_;
  std::exception_ptr thrown_;
  Side failed_side_ = Side::baseline;
  std::barrier<Boundary> barrier_;
};

}  // namespace

void work_together(const Crew& crew, Clock& clock, Alternation& turns, const CrewStretch& stretch,
                   CrewRun& run) {
  Shift(crew, clock, turns, stretch, run).run();
}

unsigned warm_up(const Crew& crew, Clock& clock, Alternation& turns, const WarmUp& plan,
                 const CrewStretch& stretch) {
  return warm_up(plan, clock, [&] {
    CrewRun run;
    CrewStretch window = stretch;
    window.span = plan.window;
    window.max_operations = plan.max_operations;
    window.block = 2;
    work_together(crew, clock, turns, window, run);
    return Tempo{{run.sides[0].mean(), run.sides[1].mean()},
                 std::max(run.sides[0].operations, run.sides[1].operations)};
  });
}

}  // namespace rootseal::workload
