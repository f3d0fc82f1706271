#include "stats/estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <stdexcept>

#include "stats/require.hpp"

namespace rootseal::stats {
namespace {

void require_finite(std::span<const double> values) {
  require(!values.empty(), "no values");
  for (const double value : values)
    require(std::isfinite(value), fmt::format("{} is not a finite number", value));
}

void require_positive(std::span<const double> values) {
  require_finite(values);
  for (const double value : values) require(value > 0, fmt::format("{} is not positive", value));
}

std::vector<double> logs(std::span<const double> values) {
  require_positive(values);
  std::vector<double> all;
  for (const double value : values) all.push_back(std::log(value));
  return all;
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::vector<double> sorted(std::span<const double> values) {
  require_finite(values);
  std::vector<double> all(values.begin(), values.end());
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace

double geometric_mean(std::span<const double> values) { return std::exp(mean(logs(values))); }

double median(std::span<const double> values) {
  const std::vector<double> all = sorted(values);
  const std::size_t middle = all.size() / 2;
  return all.size() % 2 == 1 ? all[middle] : std::midpoint(all[middle - 1], all[middle]);
}

double trimmed_mean(std::span<const double> values, double fraction) {
  require(fraction >= 0 && fraction < 0.5,
          fmt::format("a fraction of {} cannot be cut off both ends", fraction));
  const std::vector<double> all = sorted(values);
  const auto cut = static_cast<std::size_t>(fraction * static_cast<double>(all.size()));
  return mean(std::span(all).subspan(cut, all.size() - 2 * cut));
}

std::vector<double> log_ratios(std::span<const double> baseline, std::span<const double> contender) {
  require(baseline.size() == contender.size(),
          fmt::format("{} values cannot be paired with {}", baseline.size(), contender.size()));
  const std::vector<double> low = logs(baseline);
  std::vector<double> all = logs(contender);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] -= low[i];
  return all;
}

double robust_ratio(std::span<const double> baseline, std::span<const double> contender) {
  return std::exp(median(log_ratios(baseline, contender)));
}

LogSummary summarise(std::span<const double> ratios) {
  const std::vector<double> all = logs(ratios);
  require(all.size() >= 2, "a spread needs two replicates at least");
  LogSummary summary{mean(all), 0, all.size()};
  double squares = 0;
  for (const double each : all) squares += (each - summary.mean) * (each - summary.mean);
  summary.deviation = std::sqrt(squares / static_cast<double>(all.size() - 1));
  return summary;
}

RatioInterval t_interval(std::span<const double> ratios, double level) {
  require(level > 0 && level < 1, fmt::format("a level of {} is not between 0 and 1", level));
  const LogSummary seen = summarise(ratios);
  const auto n = static_cast<double>(seen.count);
  const double t = boost::math::quantile(boost::math::students_t(n - 1), 0.5 + level / 2);
  const double half = t * seen.deviation / std::sqrt(n);
  return {std::exp(seen.mean), std::exp(seen.mean - half), std::exp(seen.mean + half)};
}

namespace {

// The sums of all ways to flip the signs of `values`, ascending.
std::vector<double> flipped_sums(std::span<const double> values) {
  std::vector<double> sums{0};
  for (const double value : values) {
    const std::size_t before = sums.size();
    for (std::size_t i = 0; i < before; ++i) sums.push_back(sums[i] - value);
    for (std::size_t i = 0; i < before; ++i) sums[i] += value;
  }
  std::sort(sums.begin(), sums.end());
  return sums;
}

}  // namespace

// The 2^n sums are those of one half of the values plus those of the other: for each of the one, the sorted
// other is asked how many bring it far enough.
double sign_flip_p(std::span<const double> ratios) {
  const std::vector<double> all = logs(ratios);
  require(all.size() <= kMostSignFlips,
          fmt::format("{} ratios are more than {}", all.size(), kMostSignFlips));
  const double rounding = 1e-12 * std::accumulate(all.begin(), all.end(), 0.0, [](double sum, double each) {
                            return sum + std::abs(each);
                          });
  const double far = std::abs(std::accumulate(all.begin(), all.end(), 0.0)) - rounding;
  if (far <= 0) return 1;
  const std::size_t half = all.size() / 2;
  const std::vector<double> other = flipped_sums(std::span(all).subspan(half));
  std::uint64_t as_far = 0;
  for (const double sum : flipped_sums(std::span(all).first(half))) {
    as_far +=
        static_cast<std::uint64_t>(other.end() - std::lower_bound(other.begin(), other.end(), far - sum));
    as_far +=
        static_cast<std::uint64_t>(std::upper_bound(other.begin(), other.end(), -far - sum) - other.begin());
  }
  return static_cast<double>(as_far) / std::pow(2.0, static_cast<double>(all.size()));
}

}  // namespace rootseal::stats
