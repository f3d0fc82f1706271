// stats/histogram: latencies of any number in constant memory. record() per operation, merge() what threads
// collected, then ask for percentiles. Not thread-safe: one per thread, merged afterwards. Times are
// nanoseconds.
//
// Bins are log-linear: each power of two is cut into 128 equal bins, so that a bin is at most 1/128 = 0.8 %
// of its lower edge wide and its middle is at most 0.4 % off. Chosen over Boost.Histogram with a logarithmic
// axis, because that takes a logarithm per operation and its storage may allocate when a counter grows;
// finding a bin here is a shift.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rootseal::stats {

class Histogram {
 public:
  using Time = std::chrono::nanoseconds;

  Histogram();  // the only allocation, about 37 KiB

  // Never allocates. Beyond kLongest the bin is the last one; min() and max() are exact whatever the value.
  // Throws std::invalid_argument for a negative time.
  void record(Time latency);
  void merge(const Histogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  // These throw std::invalid_argument while nothing was recorded, and for a fraction outside [0, 1].
  [[nodiscard]] Time min() const;
  [[nodiscard]] Time max() const;
  // The smallest latency that at least `fraction` of all operations did not exceed, with a relative error of
  // at most 1 %: percentile(0.5) is p50, percentile(0.999) p99.9, percentile(1) max().
  [[nodiscard]] Time percentile(double fraction) const;

  static constexpr Time kLongest = std::chrono::hours(2);

 private:
  void require_some() const;

  std::vector<std::uint64_t> bins_;
  std::uint64_t count_ = 0;
  Time min_ = Time::max();
  Time max_ = Time::min();
};

}  // namespace rootseal::stats
