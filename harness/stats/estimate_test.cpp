#include "stats/estimate.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

namespace rootseal::stats::estimate_test {
namespace {

using Values = std::vector<double>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(GeometricMeanTest, IsTheRootOfTheProduct) {
  EXPECT_NEAR(geometric_mean(Values{2, 8}), 4, 1e-12);         // sqrt(16)
  EXPECT_NEAR(geometric_mean(Values{1, 10, 100}), 10, 1e-12);  // cbrt(1000)
  EXPECT_NEAR(geometric_mean(Values{0.5, 2}), 1, 1e-15);
  EXPECT_NEAR(geometric_mean(Values{1e300, 1e300}), 1e300, 1e288) << "the product itself would overflow";
}

TEST(MedianTest, IsTheMiddleOrTheMeanOfTheTwoMiddles) {
  EXPECT_EQ(median(Values{3, 1, 2}), 2);
  EXPECT_EQ(median(Values{4, 1, 3, 2}), 2.5);
  EXPECT_EQ(median(Values{-7}), -7);
}

TEST(TrimmedMeanTest, CutsBothEndsEqually) {
  const Values wild{1, 2, 3, 4, 1000};
  EXPECT_EQ(trimmed_mean(wild, 0.2), 3);  // 2, 3, 4
  EXPECT_EQ(trimmed_mean(wild, 0), 202);
  EXPECT_EQ(trimmed_mean(wild, 0.19), 202) << "0.95 of a value is none";
}

TEST(RobustRatioTest, IsUnmovedByAWildPair) {
  EXPECT_NEAR(robust_ratio(Values{10, 20, 30}, Values{11, 22, 9000}), 1.1, 1e-12);
}

TEST(RobustRatioTest, TurnsAroundWhenTheSidesDo) {
  const Values a{10, 21, 33, 47};
  const Values b{12, 20, 35, 44};
  EXPECT_NEAR(robust_ratio(a, b) * robust_ratio(b, a), 1, 1e-12);
}

// By hand: logs of 1.1 and 0.9 are 0.0953102 and -0.1053605, mean -0.0050252, standard deviation 0.1418956,
// standard error 0.1003353; t(0.975, 1) = 12.7062047, so the half-width is 1.2748810.
TEST(TIntervalTest, AgreesWithTwoReplicatesByHand) {
  const RatioInterval interval = t_interval(Values{1.1, 0.9});
  EXPECT_NEAR(interval.ratio, std::exp(-0.0050252), 1e-6);
  EXPECT_NEAR(interval.low, std::exp(-0.0050252 - 1.2748810), 1e-5);
  EXPECT_NEAR(interval.high, std::exp(-0.0050252 + 1.2748810), 1e-4);
}

// By hand: logs -0.01, 0, 0.01: mean 0, standard deviation 0.01, standard error 0.01 / sqrt(3) = 0.00577350;
// t(0.975, 2) = 4.30265273 (tables: 4.303), half-width 0.02484138. At 90 %: t(0.95, 2) = 2.91998558,
// 0.01685854.
TEST(TIntervalTest, AgreesWithThreeReplicatesByHand) {
  const Values ratios{std::exp(-0.01), 1, std::exp(0.01)};
  EXPECT_NEAR(t_interval(ratios).high, std::exp(0.02484138), 1e-8);
  EXPECT_NEAR(t_interval(ratios).low, std::exp(-0.02484138), 1e-8);
  EXPECT_NEAR(t_interval(ratios, 0.90).high, std::exp(0.01685854), 1e-8);
}

TEST(TIntervalTest, IsAPointWhenAllReplicatesAgree) {
  const RatioInterval interval = t_interval(Values{1.02, 1.02, 1.02});
  EXPECT_NEAR(interval.low, 1.02, 1e-12);
  EXPECT_NEAR(interval.high, 1.02, 1e-12);
}

// By hand: of the 2^n sign patterns only "all the same" is as far from 0 as n ratios on one side: 2 / 2^n.
TEST(SignFlipTest, AgreesWithCountingByHand) {
  EXPECT_DOUBLE_EQ(sign_flip_p(Values{1.1}), 1);
  EXPECT_DOUBLE_EQ(sign_flip_p(Values{1.1, 1.2, 1.05, 1.01, 1.3}), 2.0 / 32)
      << "five launches cannot reach 0.05";
  EXPECT_DOUBLE_EQ(sign_flip_p(Values{1.1, 1.2, 1.05, 1.01, 1.3, 1.4}), 2.0 / 64);
  // Logs 2, 1, -1 times ln 1.1: sums 2 (seen), of 8 patterns |sum| is 4,2,2,0 and their opposites: 6 of 8
  // reach 2.
  EXPECT_DOUBLE_EQ(sign_flip_p(Values{1.1 * 1.1, 1.1, 1 / 1.1}), 6.0 / 8);
  EXPECT_DOUBLE_EQ(sign_flip_p(Values{1, 1, 1}), 1);
}

// Against the definition: every pattern of signs, one by one.
TEST(SignFlipTest, AgreesWithTryingEveryPattern) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> noise(0.01, 0.02);
  for (const std::size_t count : {2U, 3U, 7U, 10U, 13U}) {
    Values logs;
    Values ratios;
    for (std::size_t i = 0; i < count; ++i) {
      logs.push_back(noise(random));
      ratios.push_back(std::exp(logs.back()));
    }
    double seen = 0;
    for (const double each : logs) seen += each;
    int as_far = 0;
    for (unsigned way = 0; way < 1U << count; ++way) {
      double sum = 0;
      for (std::size_t i = 0; i < count; ++i) sum += (way >> i & 1U) != 0 ? -logs[i] : logs[i];
      as_far += std::abs(sum) >= std::abs(seen) * (1 - 1e-9) ? 1 : 0;
    }
    EXPECT_NEAR(sign_flip_p(ratios), as_far / std::pow(2.0, count), 1e-12) << count;
  }
}

TEST(SignFlipTest, AnswersForTheMostLaunches) {
  EXPECT_DOUBLE_EQ(sign_flip_p(Values(kMostSignFlips, 1.1)), 2 / std::pow(2.0, kMostSignFlips));
}

TEST(SpreadTest, AgreesWithThreeReplicatesByHand) {
  const LogSummary seen = summarise(Values{std::exp(0.01), std::exp(0.02), std::exp(0.03)});
  EXPECT_NEAR(seen.mean, 0.02, 1e-12);
  EXPECT_NEAR(seen.deviation, 0.01, 1e-12);
  EXPECT_EQ(seen.count, 3U);
}

TEST(RefusalTest, InputThatSaysNothingIsRefused) {
  const Values none;
  const Values one{1};
  EXPECT_THROW(geometric_mean(none), std::invalid_argument);
  EXPECT_THROW(median(none), std::invalid_argument);
  EXPECT_THROW(trimmed_mean(none, 0.1), std::invalid_argument);
  EXPECT_THROW(trimmed_mean(one, 0.5), std::invalid_argument);
  EXPECT_THROW(trimmed_mean(one, -0.1), std::invalid_argument);
  EXPECT_THROW(trimmed_mean(one, kNan), std::invalid_argument);
  EXPECT_THROW(robust_ratio(none, none), std::invalid_argument);
  EXPECT_THROW(robust_ratio(one, Values{1, 2}), std::invalid_argument);
  EXPECT_THROW(t_interval(one), std::invalid_argument);
  EXPECT_THROW(t_interval(Values{1, 2}, 1), std::invalid_argument);
  EXPECT_THROW(t_interval(Values{1, 2}, kNan), std::invalid_argument);
  EXPECT_THROW(sign_flip_p(none), std::invalid_argument);
  EXPECT_THROW(sign_flip_p(Values(kMostSignFlips + 1, 1.1)), std::invalid_argument);
}

TEST(RefusalTest, NumbersThatCannotBeRatiosAreRefused) {
  for (const double bad : {kNan, kInfinity, -kInfinity, 0.0, -1.0}) {
    const Values values{1, bad};
    EXPECT_THROW(geometric_mean(values), std::invalid_argument) << bad;
    EXPECT_THROW(t_interval(values), std::invalid_argument) << bad;
    EXPECT_THROW(sign_flip_p(values), std::invalid_argument) << bad;
    EXPECT_THROW(log_ratios(values, Values{1, 1}), std::invalid_argument) << bad;
    EXPECT_THROW(log_ratios(Values{1, 1}, values), std::invalid_argument) << bad;
  }
  EXPECT_THROW(median(Values{1, kNan}), std::invalid_argument);
}

}  // namespace
}  // namespace rootseal::stats::estimate_test
