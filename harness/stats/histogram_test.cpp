#include "stats/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>
#include <random>
#include <stdexcept>
#include <vector>

namespace {
thread_local std::size_t allocations = 0;
}  // namespace

// Counts what this program allocates, to see that record() does not.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* place = std::malloc(size == 0 ? 1 : size)) return place;
  throw std::bad_alloc();
}
void operator delete(void* place) noexcept { std::free(place); }
void operator delete(void* place, std::size_t) noexcept { std::free(place); }

namespace rootseal::stats::histogram_test {
namespace {

using namespace std::chrono_literals;
using Time = Histogram::Time;

std::vector<Time> random_times(std::uint64_t seed, std::size_t count) {
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> spread(std::log(50e3) + static_cast<double>(seed), 1.5);
  std::vector<Time> all;
  for (std::size_t i = 0; i < count; ++i) all.emplace_back(static_cast<std::int64_t>(spread(random)));
  return all;
}

Histogram of(const std::vector<Time>& times) {
  Histogram histogram;
  for (const Time time : times) histogram.record(time);
  return histogram;
}

constexpr std::array kFractions{0.0, 0.001, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0};

// The definition, on the sorted values: the ceil(fraction * n)-th smallest.
Time exact(std::vector<Time> times, double fraction) {
  std::sort(times.begin(), times.end());
  const auto rank = static_cast<std::size_t>(std::ceil(fraction * static_cast<double>(times.size())));
  return times[std::max<std::size_t>(rank, 1) - 1];
}

TEST(HistogramTest, PercentilesAreWithinOnePercentOfTheSortedValues) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    for (const std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{10}, std::size_t{20000}}) {
      const std::vector<Time> times = random_times(seed, count);
      const Histogram histogram = of(times);
      EXPECT_EQ(histogram.percentile(1), exact(times, 1)) << "the worst is known exactly";
      for (const double fraction : kFractions) {
        const auto truth = static_cast<double>(exact(times, fraction).count());
        EXPECT_NEAR(static_cast<double>(histogram.percentile(fraction).count()), truth, 0.01 * truth)
            << "seed " << seed << ", " << count << " values, fraction " << fraction;
      }
    }
  }
}

TEST(HistogramTest, EverySingleValueIsWithinOnePercent) {
  for (double value = 1; value < 7e12; value *= 1.0037) {
    const Time time(static_cast<std::int64_t>(value));
    Histogram histogram;
    histogram.record(0ns);
    histogram.record(time);
    histogram.record(Time(9'000'000'000'000));
    const auto seen = static_cast<double>(histogram.percentile(0.5).count());
    ASSERT_NEAR(seen, static_cast<double>(time.count()), 0.01 * static_cast<double>(time.count()));
  }
}

TEST(HistogramTest, ShortTimesAreExact) {
  for (std::int64_t value = 0; value < 256; ++value) {
    const Histogram histogram = of({0ns, Time(value), 1h});
    EXPECT_EQ(histogram.percentile(0.5).count(), value);
  }
}

// 1 to 100 microseconds, one of each: p50 is 50, p95 is 95, p99 is 99, max is 100.
TEST(HistogramTest, AgreesWithAHundredValuesByHand) {
  Histogram histogram;
  for (int i = 100; i >= 1; --i) histogram.record(std::chrono::microseconds(i));
  EXPECT_EQ(histogram.count(), 100U);
  EXPECT_EQ(histogram.min(), 1us);
  EXPECT_EQ(histogram.max(), 100us);
  EXPECT_EQ(histogram.percentile(1), 100us);
  EXPECT_NEAR(static_cast<double>(histogram.percentile(0.5).count()), 50e3, 0.5e3);
  EXPECT_NEAR(static_cast<double>(histogram.percentile(0.95).count()), 95e3, 0.95e3);
  EXPECT_NEAR(static_cast<double>(histogram.percentile(0.99).count()), 99e3, 0.99e3);
}

TEST(HistogramTest, MergedIsTheSameAsAllInOne) {
  const std::vector<Time> all = random_times(3, 9000);
  Histogram merged = of({all.begin(), all.begin() + 1000});
  merged.merge(Histogram());
  merged.merge(of({all.begin() + 1000, all.begin() + 5000}));
  Histogram rest = of({all.begin() + 5000, all.end()});
  rest.merge(merged);
  const Histogram at_once = of(all);
  EXPECT_EQ(rest.count(), at_once.count());
  EXPECT_EQ(rest.min(), at_once.min());
  EXPECT_EQ(rest.max(), at_once.max());
  for (const double fraction : kFractions) EXPECT_EQ(rest.percentile(fraction), at_once.percentile(fraction));
}

TEST(HistogramTest, AStallBeyondTheLongestIsKeptExactlyInMax) {
  const Histogram histogram = of({1us, 100h, Time::max()});
  EXPECT_EQ(histogram.max(), Time::max());
  EXPECT_EQ(histogram.count(), 3U);
  EXPECT_GE(histogram.percentile(0.6), Histogram::kLongest * 99 / 100);
}

TEST(HistogramTest, RecordingAllocatesNothing) {
  Histogram histogram;
  const std::vector<Time> times = random_times(1, 100000);
  const std::size_t before = allocations;
  for (const Time time : times) histogram.record(time);
  EXPECT_EQ(allocations, before);
  EXPECT_GT(before, 0U) << "the counter does not count";
}

TEST(HistogramTest, RefusesWhatSaysNothing) {
  Histogram histogram;
  EXPECT_THROW(static_cast<void>(histogram.percentile(0.5)), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(histogram.min()), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(histogram.max()), std::invalid_argument);
  EXPECT_THROW(histogram.record(-1ns), std::invalid_argument);
  EXPECT_EQ(histogram.count(), 0U) << "a refused value is not counted";
  histogram.record(1ns);
  for (const double bad : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW(static_cast<void>(histogram.percentile(bad)), std::invalid_argument);
  }
}

}  // namespace
}  // namespace rootseal::stats::histogram_test
