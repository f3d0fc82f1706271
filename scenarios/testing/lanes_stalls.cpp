#include "testing/lanes_stalls.hpp"

#include <algorithm>

namespace rootseal::workload {

void StallFilter::turn(Side side, std::uint64_t operations, Nanoseconds active) {
  if (turns_ == block_.size()) {
    return;
  }
  const Nanoseconds pace = active / static_cast<std::int64_t>(std::max<std::uint64_t>(1, operations));
  block_[turns_++] = {index(side), operations, active, pace};
  paces_[index(side)].record(pace);
}

void StallFilter::end_block() {
  bool steady = true;
  for (std::size_t i = 0; i < turns_; ++i) {
    const Turn& turn = block_[i];
    if (turn.pace > kStall * paces_[turn.side].percentile(0.5)) {
      steady = false;
      ++sides_[turn.side].stalled_turns;
      sides_[turn.side].stalled += turn.active;
    }
  }
  for (std::size_t i = 0; steady && i < turns_; ++i) {
    sides_[block_[i].side].operations += block_[i].operations;
    sides_[block_[i].side].active += block_[i].active;
  }
  turns_ = 0;
}

}  // namespace rootseal::workload
