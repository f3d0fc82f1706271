// stats/inference: what can be claimed from the ratios of independent replicates (launches). Ratios as in
// estimate.hpp, and refused alike; margins are shares (0.03 = 3 %) and stand for the band from 1 / (1 +
// margin) to 1 + margin, which is even on the scale of logarithms. Levels are chances of a wrong claim. Pure;
// thread-safe.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "stats/estimate.hpp"

namespace rootseal::stats {

// One-sided p-values by Student's t on the log ratios: of "the true ratio is at most `bound`" (small: it lies
// above) and of "it is at least `bound`" (small: it lies below). Two ratios at least. When all ratios are the
// same the answer is 0 or 1.
double p_above(std::span<const double> ratios, double bound);
double p_below(std::span<const double> ratios, double bound);
// Two-sided p-value of "the true ratio is 1".
double p_unequal(std::span<const double> ratios);

// Two one-sided tests (D. Schuirmann, J. Pharmacokinetics and Biopharmaceutics 15, 1987): the p-value of "the
// true ratio lies outside the margin", the larger of the two.
double tost_p(std::span<const double> ratios, double margin);
bool equivalent(std::span<const double> ratios, double margin, double level = 0.05);

// S. Holm (Scandinavian J. of Statistics 6, 1979): adjusted p-values, in the order given. Claiming all below
// `level` keeps the chance of any wrong claim in the family below `level`, however they depend on each other.
std::vector<double> holm(std::span<const double> p_values);

// Power of the one-sided t-test, exactly, from the noncentral t distribution (J. Cohen, "Statistical Power
// Analysis", 1988; the distribution by Boost.Math). The usual sum of two quantiles, (t(1 - level) + t(power))
// s / sqrt(n), promises 95 % where six replicates have 88 %, at the levels that Holm's first steps ask for.
// The chance that `count` replicates (two at least) that spread by `deviation` pass a test at `level`, when
// the truth lies `distance` (a log ratio, positive) beyond the bound.
double power_of(std::size_t count, double distance, double deviation, double level);

struct Wanted {
  double level = 0.05;  // of the test
  double power = 0.95;
};
// How far beyond its bound, as a log ratio, the truth must lie for `count` replicates to have that power.
double detectable_distance(std::size_t count, double deviation, const Wanted& wanted);
// The smallest number of replicates that have that power at `distance`; none up to `most`: empty.
std::optional<int> replicates_needed(double distance, double deviation, const Wanted& wanted, int most);

}  // namespace rootseal::stats
