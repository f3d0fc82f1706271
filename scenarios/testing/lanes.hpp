// testing/lanes: lanes of two sides that take turns, finely, with one side active at a time (the method, see
// README.md here).
//
// Order of calls: make an Alternation from a seed, warm_up(), then measure() into a PairRun that was
// constructed before. Pure but for the lanes and the clock, which enter from outside. One thread; nothing is
// shared (several lanes a side, on threads: lanes_crew.hpp). Times are nanoseconds of a steady clock;
// latencies go into histograms of constant memory, and the measured loop itself allocates nothing. An
// exception of a lane comes out as SideFault, which knows whose it was.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "stats/histogram.hpp"
#include "testing/workload.hpp"

namespace rootseal::workload {

using Nanoseconds = std::chrono::nanoseconds;

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Nanoseconds now() noexcept = 0;
  virtual Nanoseconds thread_cpu() noexcept = 0;              // CPU time of the calling thread: a system call
  virtual void keep_busy(Nanoseconds how_long) noexcept = 0;  // burns CPU for that long
};

class SteadyClock final : public Clock {
 public:
  Nanoseconds now() noexcept override { return std::chrono::steady_clock::now().time_since_epoch(); }
  Nanoseconds thread_cpu() noexcept override;
  void keep_busy(Nanoseconds how_long) noexcept override;
};

enum class Side : unsigned { baseline = 0, contender = 1 };
inline constexpr std::array<Side, 2> kSides{Side::baseline, Side::contender};
constexpr std::size_t index(Side side) { return static_cast<std::size_t>(side); }
constexpr Side other(Side side) { return side == Side::baseline ? Side::contender : Side::baseline; }

// Whose turn it is: blocks of four turns, A B B A, where A is drawn anew for every block. Within a block both
// sides have the same number of turns and the same mean position, so that a drift of the machine hits both
// alike.
class Alternation {
 public:
  explicit Alternation(std::uint64_t seed) : state_(seed) {}
  Side next() noexcept;
  static constexpr unsigned kTurns = 4;

 private:
  std::uint64_t state_;
  unsigned turn_ = 0;
  Side first_ = Side::baseline;
};

// What a lane threw: `wrong` when the server refused or its result was wrong, else a fault of the
// environment.
class SideFault : public std::runtime_error {
 public:
  SideFault(Side side, bool wrong, const std::string& what)
      : std::runtime_error(what), side_(side), wrong_(wrong) {}
  [[nodiscard]] Side side() const { return side_; }
  [[nodiscard]] bool wrong() const { return wrong_; }

 private:
  Side side_;
  bool wrong_;
};

// Runs `work` and turns what it throws into a SideFault of that side.
void on_side(Side side, const std::function<void()>& work);

struct SideRun {
  std::uint64_t operations = 0;
  Nanoseconds busy{0};  // the sum of its operations' times
  Nanoseconds cpu{0};   // of the client, from hand-over to hand-over
  stats::Histogram latencies;
  [[nodiscard]] double mean() const;  // seconds per operation; 0 without operations
};

struct PairRun {
  std::array<SideRun, 2> sides;
  [[nodiscard]] const SideRun& of(Side side) const { return sides[index(side)]; }
  [[nodiscard]] Nanoseconds busy() const { return sides[0].busy + sides[1].busy; }
};

using LanePair = std::array<Lane*, 2>;  // by index(Side); not owned

// Settling is not timed, but takes time: a stretch ends after so many of its spans on the wall at the latest.
inline constexpr int kWallLimit = 3;

// Ends with the first whole block after `span` of operations, or once a side has done `max_operations`.
struct Stretch {
  Nanoseconds span{0};
  std::uint64_t max_operations = 0;
  unsigned slice = 1;                    // operations per turn
  unsigned block = Alternation::kTurns;  // turns after which it may end; 2: one a side
};

// One lane works at a time, whole blocks on the seats in turn: connections of one server differ for as long
// as they live, by a tenth where an operation takes microseconds. At least one seat. A lane settles whenever
// it hands over to another, and at the end.
void measure(const std::vector<LanePair>& seats, Clock& clock, Alternation& turns, const Stretch& stretch,
             PairRun& run);

// Windows of alternating operations whose times are thrown away, until on both sides the mean time of an
// operation differs by no more than `tolerance` from the window before, or the windows (their number, their
// time on the wall, their operations) are used up.
struct WarmUp {
  Nanoseconds window{0};
  unsigned max_windows = 0;
  double tolerance = 0.05;
  std::uint64_t max_operations = UINT64_MAX;  // per side, all windows together
};

// What one window showed.
struct Tempo {
  std::array<double, 2> mean{0, 0};  // seconds per operation
  std::uint64_t operations = 0;      // of the side that did more
};

// Returns the number of windows used.
unsigned warm_up(const WarmUp& plan, Clock& clock, const std::function<Tempo()>& window);
unsigned warm_up(const LanePair& lanes, Clock& clock, Alternation& turns, const WarmUp& plan, unsigned slice);

}  // namespace rootseal::workload
