#include "stats/bootstrap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace rootseal::stats {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every machine, which the standard library's
// distributions do not promise.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t limit) {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    z ^= z >> 31;
    return static_cast<std::size_t>((z >> 32) * limit >> 32);
  }

 private:
  std::uint64_t state_;
};

std::vector<double> resampled_means(std::span<const double> values, std::uint64_t seed, int resamples) {
  Draw draw(seed);
  std::vector<double> means(static_cast<std::size_t>(resamples));
  for (double& mean : means) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += values[draw.below(values.size())];
    mean = sum / static_cast<double>(values.size());
  }
  std::sort(means.begin(), means.end());
  return means;
}

// A sixth of the skewness of the jackknife values: (14.15) of Efron and Tibshirani. For a mean, leaving one
// out moves the estimate by (mean - value) / (n - 1).
double acceleration(std::span<const double> values, double mean) {
  double squares = 0;
  double cubes = 0;
  for (const double value : values) {
    const double away = (value - mean) / static_cast<double>(values.size() - 1);
    squares += away * away;
    cubes += away * away * away;
  }
  return cubes / (6 * std::pow(squares, 1.5));
}

// The share of resamples below the estimate; one that equals it counts half.
double share_below(const std::vector<double>& sorted, double estimate) {
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), estimate);
  const double below = static_cast<double>(first - sorted.begin()) + static_cast<double>(last - first) / 2;
  const auto n = static_cast<double>(sorted.size());
  return std::clamp(below / n, 0.5 / n, 1 - 0.5 / n);
}

double at_share(const std::vector<double>& sorted, double share) {
  const auto n = static_cast<double>(sorted.size());
  const double place = std::clamp(std::floor(share * (n + 1)) - 1, 0.0, n - 1);
  return sorted[static_cast<std::size_t>(place)];
}

}  // namespace

BootstrapInterval bca_interval(std::span<const double> ratios, std::uint64_t seed, double level,
                               int resamples) {
  const RatioInterval student = t_interval(ratios, level);  // refuses what says nothing
  if (resamples < 100) throw std::invalid_argument("fewer than 100 resamples say nothing");
  if (ratios.size() < kLeastForBootstrap) {
    return {student, fmt::format("Student's t: {} replicates are too few for a bootstrap", ratios.size())};
  }
  std::vector<double> values;
  for (const double ratio : ratios) values.push_back(std::log(ratio));
  const LogSummary seen = summarise(ratios);
  if (!(seen.deviation > 1e-12 * std::max(1.0, std::abs(seen.mean)))) {
    return {student, "Student's t: all replicates are the same"};
  }
  const std::vector<double> means = resampled_means(values, seed, resamples);
  const boost::math::normal normal;
  const double bias = boost::math::quantile(normal, share_below(means, seen.mean));
  const double speed = acceleration(values, seen.mean);
  const auto end = [&](double share) {
    const double z = bias + boost::math::quantile(normal, share);
    return std::exp(at_share(means, boost::math::cdf(normal, bias + z / (1 - speed * z))));
  };
  return {{std::exp(seen.mean), end(0.5 - level / 2), end(0.5 + level / 2)}, ""};
}

}  // namespace rootseal::stats
