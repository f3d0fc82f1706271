// stats/estimate: what paired measurements say. Pure functions; thread-safe; no clock, no I/O.
// Ratios: 1.0 = equal. Log ratios are natural logarithms, because ratios multiply: 2 and 1/2 are equally far
// from equal. All of them throw std::invalid_argument for input that says nothing: an empty list, a number
// that is not finite, a value or ratio that is not positive, lists of unequal length, a level outside (0, 1).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace rootseal::stats {

double geometric_mean(std::span<const double> values);
double median(std::span<const double> values);
// The mean of what is left when the lowest and the highest `fraction` (0 <= fraction < 0.5) are cut off,
// rounded down.
double trimmed_mean(std::span<const double> values, double fraction);

// log(contender / baseline), pair by pair.
std::vector<double> log_ratios(std::span<const double> baseline, std::span<const double> contender);
// One ratio for many pairs, unmoved by a few wild ones: exp(median of the log ratios).
double robust_ratio(std::span<const double> baseline, std::span<const double> contender);

// Of the log ratios. Needs two ratios at least.
struct LogSummary {
  double mean = 0;
  double deviation = 0;  // standard deviation, n - 1
  std::size_t count = 0;
};
LogSummary summarise(std::span<const double> ratios);

struct RatioInterval {
  double ratio = 1;  // geometric mean
  double low = 1;
  double high = 1;
};
// Student's t on the log ratios; each must be an independent replicate (a launch: see the README of the
// method). Needs two at least.
RatioInterval t_interval(std::span<const double> ratios, double level = 0.95);

// Two-sided p-value of "the ratios scatter evenly around 1": the share of all 2^n ways to flip the signs of
// the log ratios whose sum is at least as far from 0. Exact, no assumption but symmetry. At most
// kMostSignFlips ratios.
inline constexpr std::size_t kMostSignFlips = 32;
double sign_flip_p(std::span<const double> ratios);

}  // namespace rootseal::stats
