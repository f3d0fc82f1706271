// testing/lanes_crew: several lanes a side that work at the same time, on one side at a time, and change
// sides together: A B B A, with a random first side for every block of four turns.
//
// A thread per seat owns that seat's lane on both sides. A turn opens at a barrier and ends by time, when
// every lane finishes the operation that it is in, or after so many operations of each lane. Its active time
// lasts from the barrier to the moment the last lane has finished its last operation: lanes that finish
// earlier wait, which is the same waste on both sides. Then every lane settles, outside of the time, and the
// next barrier follows. CPU time of the client is read at these boundaries, on the threads themselves.
// work_together() starts the threads, waits for them and may be called again for the same lanes; the threads
// inherit the caller's cores. The measured loop allocates nothing. An exception of any lane ends all threads
// at the end of the turn and comes out as SideFault.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "testing/lanes.hpp"
#include "testing/lanes_stalls.hpp"

namespace rootseal::workload {

struct CrewSide {
  std::uint64_t operations = 0;
  std::uint64_t turns = 0;
  Nanoseconds active{0};
  Nanoseconds cpu{0};                 // of all its lanes' threads in their turns
  [[nodiscard]] double mean() const;  // seconds of activity per operation; 0 without operations
};

struct CrewRun {
  std::array<CrewSide, 2> sides;
  StallFilter stalls;  // the same turns once more, told apart
  [[nodiscard]] const CrewSide& of(Side side) const { return sides[index(side)]; }
  [[nodiscard]] Nanoseconds active() const { return sides[0].active + sides[1].active; }
};

// Ends with the first whole block after `span` of activity, or once a side has done `max_operations`, or
// after kWallLimit spans on the wall.
struct CrewStretch {
  Nanoseconds span{0};
  std::uint64_t max_operations = 0;
  Nanoseconds turn{0};
  unsigned turn_operations = 0;          // not 0: instead of `turn`, for each lane
  unsigned block = Alternation::kTurns;  // turns after which it may end; 2: one a side
};

using Crew = std::vector<LanePair>;  // by seat; lanes are not owned; at least one

void work_together(const Crew& crew, Clock& clock, Alternation& turns, const CrewStretch& stretch,
                   CrewRun& run);

// As warm_up() of lanes.hpp; of `stretch` only the turns count.
unsigned warm_up(const Crew& crew, Clock& clock, Alternation& turns, const WarmUp& plan,
                 const CrewStretch& stretch);

}  // namespace rootseal::workload
