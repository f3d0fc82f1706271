#include "stats/estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <stdexcept>

namespace rootseal::stats {
namespace {

void require(bool holds, const std::string& what) {
  if (!holds) throw std::invalid_argument(what);
}

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

RatioInterval t_interval(std::span<const double> ratios, double level) {
  require(level > 0 && level < 1, fmt::format("a level of {} is not between 0 and 1", level));
  const std::vector<double> all = logs(ratios);
  require(all.size() >= 2, "an interval needs two replicates at least");
  const double centre = mean(all);
  double squares = 0;
  for (const double each : all) squares += (each - centre) * (each - centre);
  const auto n = static_cast<double>(all.size());
  const double t = boost::math::quantile(boost::math::students_t(n - 1), 0.5 + level / 2);
  const double half = t * std::sqrt(squares / (n - 1) / n);
  return {std::exp(centre), std::exp(centre - half), std::exp(centre + half)};
}

double sign_flip_p(std::span<const double> ratios) {
  const std::vector<double> all = logs(ratios);
  require(all.size() <= kMostSignFlips,
          fmt::format("{} ratios are more than {}", all.size(), kMostSignFlips));
  const double seen = std::abs(std::accumulate(all.begin(), all.end(), 0.0));
  const double rounding = 1e-12 * std::accumulate(all.begin(), all.end(), 0.0, [](double sum, double each) {
                            return sum + std::abs(each);
                          });
  const std::uint64_t ways = 1ULL << all.size();
  std::uint64_t as_far = 0;
  for (std::uint64_t way = 0; way < ways; ++way) {
    double sum = 0;
    for (std::size_t i = 0; i < all.size(); ++i) sum += (way >> i & 1) != 0 ? -all[i] : all[i];
    if (std::abs(sum) >= seen - rounding) ++as_far;
  }
  return static_cast<double>(as_far) / static_cast<double>(ways);
}

}  // namespace rootseal::stats
