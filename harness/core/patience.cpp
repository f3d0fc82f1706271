#include "core/patience.hpp"

#include <algorithm>
#include <atomic>

namespace rootseal::core {
namespace {

constexpr int kStarts = 10;
constexpr Milliseconds kMost = std::chrono::hours(1);

std::atomic<Milliseconds::rep> current{kLeastPatience.count()};

}  // namespace

Milliseconds patience_for(Milliseconds longest_start) {
  return std::clamp(std::min(longest_start, kMost) * kStarts, kLeastPatience, kMost);
}

void set_patience(Milliseconds patience) {
  const Milliseconds::rep wanted = std::min(patience, kMost).count();
  Milliseconds::rep known = current.load();
  while (known < wanted && !current.compare_exchange_weak(known, wanted)) {
  }
}

Milliseconds patience(int waits) { return Milliseconds(current.load()) * waits; }

}  // namespace rootseal::core
