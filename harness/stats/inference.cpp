#include "stats/inference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "stats/require.hpp"

namespace rootseal::stats {
namespace {

void require_share(double value, const char* what) {
  require(value > 0 && value < 1, fmt::format("a {} of {} is not between 0 and 1", what, value));
}

void require_positive(double value, const char* what) {
  require(std::isfinite(value) && value > 0, fmt::format("a {} of {} is not positive", what, value));
}

boost::math::students_t student(std::size_t count) {
  return boost::math::students_t(static_cast<double>(count) - 1);
}

// How many standard errors the mean lies above log(bound); infinite when there is no spread.
double distance_in_errors(const LogSummary& seen, double bound) {
  const double away = seen.mean - std::log(bound);
  const double error = seen.deviation / std::sqrt(static_cast<double>(seen.count));
  if (error > 0) return away / error;
  return away > 0 ? HUGE_VAL : -HUGE_VAL;  // on the bound itself: not above it
}

double upper_tail(const LogSummary& seen, double t) {
  if (std::isinf(t)) return t > 0 ? 0 : 1;
  return boost::math::cdf(boost::math::complement(student(seen.count), t));
}

std::vector<double> turned(std::span<const double> ratios) {
  std::vector<double> all;
  for (const double ratio : ratios) all.push_back(1 / ratio);
  return all;
}

constexpr double kFarthest = 1000;  // standard errors; farther away the power is no smaller

// Chance that the statistic of the one-sided test passes its critical value when the truth lies `shift`
// standard errors beyond the bound.
double power_at(std::size_t count, double shift, double level) {
  const double critical = boost::math::quantile(boost::math::complement(student(count), level));
  const boost::math::non_central_t truth(static_cast<double>(count) - 1, shift);
  return boost::math::cdf(boost::math::complement(truth, critical));
}

}  // namespace

double p_above(std::span<const double> ratios, double bound) {
  require_positive(bound, "bound");
  const LogSummary seen = summarise(ratios);
  return upper_tail(seen, distance_in_errors(seen, bound));
}

double p_below(std::span<const double> ratios, double bound) {
  require_positive(bound, "bound");
  static_cast<void>(summarise(ratios));  // refuses before they are turned
  return p_above(turned(ratios), 1 / bound);
}

double p_unequal(std::span<const double> ratios) {
  return std::min(1.0, 2 * std::min(p_above(ratios, 1), p_below(ratios, 1)));
}

double tost_p(std::span<const double> ratios, double margin) {
  require_positive(margin, "margin");
  return std::max(p_above(ratios, 1 / (1 + margin)), p_below(ratios, 1 + margin));
}

bool equivalent(std::span<const double> ratios, double margin, double level) {
  require_share(level, "level");
  return tost_p(ratios, margin) < level;
}

std::vector<double> holm(std::span<const double> p_values) {
  for (const double p : p_values) require(p >= 0 && p <= 1, fmt::format("{} is not a p-value", p));
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double highest = 0;
  for (std::size_t step = 0; step < order.size(); ++step) {
    const double p = p_values[order[step]] * static_cast<double>(order.size() - step);
    highest = std::max(highest, std::min(1.0, p));
    adjusted[order[step]] = highest;
  }
  return adjusted;
}

double power_of(std::size_t count, double distance, double deviation, double level) {
  require(count >= 2, "power needs two replicates at least");
  require(std::isfinite(deviation) && deviation >= 0, fmt::format("a spread of {} is none", deviation));
  require_positive(distance, "distance");
  require_share(level, "level");
  const double shift = distance * std::sqrt(static_cast<double>(count)) / deviation;  // infinite: no spread
  return power_at(count, std::min(shift, kFarthest), level);
}

double detectable_distance(std::size_t count, double deviation, const Wanted& wanted) {
  require(count >= 2, "power needs two replicates at least");
  require(std::isfinite(deviation) && deviation >= 0, fmt::format("a spread of {} is none", deviation));
  require_share(wanted.level, "level");
  require_share(wanted.power, "power");
  double missed = 0;
  double found = 1;
  while (power_at(count, found, wanted.level) < wanted.power) {
    missed = found;
    found *= 2;
    require(found < 1e9, "no distance is far enough");
  }
  while (found - missed > 1e-6 * found) {
    const double middle = std::midpoint(missed, found);
    (power_at(count, middle, wanted.level) < wanted.power ? missed : found) = middle;
  }
  return found * deviation / std::sqrt(static_cast<double>(count));
}

std::optional<int> replicates_needed(double distance, double deviation, const Wanted& wanted, int most) {
  require_share(wanted.power, "power");
  const auto enough = [&](int count) {
    return power_of(static_cast<std::size_t>(count), distance, deviation, wanted.level) >= wanted.power;
  };
  if (most < 2 || !enough(most)) return std::nullopt;
  int too_few = 1;  // more replicates never have less power, so that the place can be halved in on
  int plenty = most;
  while (plenty - too_few > 1) {
    const int middle = std::midpoint(too_few, plenty);
    (enough(middle) ? plenty : too_few) = middle;
  }
  return plenty;
}

}  // namespace rootseal::stats
