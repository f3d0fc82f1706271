// testing/lanes_stalls: tells blocks of turns that were disturbed from outside from the others. A virtual
// machine takes a core away for milliseconds now and then; one such stall in a turn of a millisecond moves
// the throughput of a whole epoch by per cents, on whichever side it falls.
//
// Order of calls: turn() for every turn, end_block() after each block; of() at any time. A turn has stalled
// when an operation in it took more than kStall times the median of that side's turns until the end of its
// block: each side is held against itself alone, so a side that is slower throughout does not stall. The
// whole block of a stalled turn is left out of the steady sums, so that both sides keep as many turns. What
// was left out is counted, by the side on which it fell: nothing is thrown away unseen, and a server that
// itself stalls is seen by it (the metric stalls_included, harness/verdict). Constant memory, no allocation
// after construction. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>

#include "testing/lanes.hpp"

namespace rootseal::workload {

struct Steady {
  std::uint64_t operations = 0;  // in blocks without a stalled turn
  Nanoseconds active{0};
  std::uint64_t stalled_turns = 0;
  Nanoseconds stalled{0};  // the time of those turns
};

class StallFilter {
 public:
  // Three times as long: no planted or real change of an operation looks like that in every other turn, and
  // what a hypervisor does to a turn of a millisecond is more.
  static constexpr int kStall = 3;
  // At most Alternation::kTurns times before end_block(); further ones are not counted.
  void turn(Side side, std::uint64_t operations, Nanoseconds active);
  void end_block();
  [[nodiscard]] const Steady& of(Side side) const { return sides_[index(side)]; }

 private:
  struct Turn {
    std::size_t side = 0;
    std::uint64_t operations = 0;
    Nanoseconds active{0};
    Nanoseconds pace{0};  // per operation
  };
  std::array<stats::Histogram, 2> paces_;
  std::array<Steady, 2> sides_;
  std::array<Turn, Alternation::kTurns> block_;  // the block that is under way
  std::size_t turns_ = 0;                        // in it
};

}  // namespace rootseal::workload
