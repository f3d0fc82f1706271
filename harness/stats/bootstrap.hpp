// stats/bootstrap: the bias-corrected and accelerated bootstrap interval of a geometric mean of ratios.
// B. Efron, "Better bootstrap confidence intervals", JASA 82 (1987); B. Efron and R. Tibshirani, "An
// Introduction to the Bootstrap" (1993), chapter 14. Pure: the seed decides the resamples. Thread-safe.
// Refuses what estimate.hpp refuses.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "stats/estimate.hpp"

namespace rootseal::stats {

inline constexpr std::size_t kLeastForBootstrap = 6;
inline constexpr int kResamples = 2000;

struct BootstrapInterval {
  RatioInterval interval;
  std::string fallback;  // not empty: why Student's t stands here instead
};

// Of replicates that are independent (launches). Falls back to t_interval below kLeastForBootstrap ratios,
// and when all ratios are the same (no resample differs, so there is nothing to correct). Two ratios at
// least.
BootstrapInterval bca_interval(std::span<const double> ratios, std::uint64_t seed, double level = 0.95,
                               int resamples = kResamples);

}  // namespace rootseal::stats
