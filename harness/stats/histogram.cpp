#include "stats/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

namespace rootseal::stats {
namespace {

constexpr unsigned kBits = 7;  // 128 bins per power of two
constexpr std::uint64_t kPerPower = 1ULL << kBits;

// Below 256 ns each nanosecond is a bin of its own; from there on the bins of a power of two share its width.
constexpr std::size_t bin_of(std::uint64_t value) {
  if (value < 2 * kPerPower) return value;
  const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - kBits - 1;
  return static_cast<std::size_t>(shift) * kPerPower + (value >> shift);
}

constexpr std::uint64_t middle_of(std::size_t bin) {
  if (bin < 2 * kPerPower) return bin;
  const std::size_t shift = bin / kPerPower - 1;
  const std::uint64_t lower = (bin - shift * kPerPower) << shift;
  return lower + ((1ULL << shift) - 1) / 2;
}

constexpr std::size_t kBins = bin_of(static_cast<std::uint64_t>(Histogram::kLongest.count())) + 1;

}  // namespace

Histogram::Histogram() : bins_(kBins, 0) {}

void Histogram::record(Time latency) {
  if (latency < Time::zero()) throw std::invalid_argument("a latency cannot be negative");
  ++bins_[std::min(bin_of(static_cast<std::uint64_t>(latency.count())), kBins - 1)];
  ++count_;
  min_ = std::min(min_, latency);
  max_ = std::max(max_, latency);
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t bin = 0; bin < kBins; ++bin) bins_[bin] += other.bins_[bin];
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

void Histogram::require_some() const {
  if (count_ == 0) throw std::invalid_argument("nothing was recorded");
}

Histogram::Time Histogram::min() const {
  require_some();
  return min_;
}

Histogram::Time Histogram::max() const {
  require_some();
  return max_;
}

Histogram::Time Histogram::percentile(double fraction) const {
  require_some();
  if (!(fraction >= 0 && fraction <= 1)) throw std::invalid_argument("a fraction is between 0 and 1");
  const auto wanted = static_cast<std::uint64_t>(std::ceil(fraction * static_cast<double>(count_)));
  const std::uint64_t rank = std::clamp<std::uint64_t>(wanted, 1, count_);
  if (rank == count_) return max_;
  std::uint64_t seen = 0;
  std::size_t bin = 0;
  while (seen + bins_[bin] < rank) seen += bins_[bin++];
  return std::clamp(Time(middle_of(bin)), min_, max_);
}

}  // namespace rootseal::stats
