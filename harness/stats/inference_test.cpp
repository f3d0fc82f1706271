#include "stats/inference.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

namespace rootseal::stats::inference_test {
namespace {

using Values = std::vector<double>;
using testing::DoubleNear;
using testing::ElementsAre;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Values of_logs(const Values& logs) {
  Values all;
  for (const double each : logs) all.push_back(std::exp(each));
  return all;
}

// By hand: logs 0.01, 0.02, 0.03: mean 0.02, standard error 0.01 / sqrt(3), t = 2 sqrt(3) = 3.4641 against 0.
// With two degrees of freedom P(T > t) = 1/2 - t / (2 sqrt(2 + t^2)) = 0.0370899.
TEST(OneSidedTest, AgreesWithThreeReplicatesByHand) {
  const Values ratios = of_logs({0.01, 0.02, 0.03});
  EXPECT_NEAR(p_above(ratios, 1), 0.0370899, 1e-6);
  EXPECT_NEAR(p_below(ratios, 1), 1 - 0.0370899, 1e-6);
  EXPECT_NEAR(p_above(ratios, std::exp(0.02)), 0.5, 1e-9);
  EXPECT_NEAR(p_unequal(ratios), 2 * 0.0370899, 1e-6);
  EXPECT_NEAR(p_unequal(of_logs({-0.01, -0.02, -0.03})), 2 * 0.0370899, 1e-6);
}

TEST(OneSidedTest, AgreesWithTheIntervalAtItsEnds) {
  const Values ratios{1.01, 1.04, 0.99, 1.02, 1.05, 1.03};
  const RatioInterval interval = t_interval(ratios, 0.90);
  EXPECT_NEAR(p_above(ratios, interval.low), 0.05, 1e-9);
  EXPECT_NEAR(p_below(ratios, interval.high), 0.05, 1e-9);
}

TEST(OneSidedTest, WithoutSpreadTheAnswerIsCertainAndTheBoundItselfIsNotPassed) {
  const Values same(4, 1.0);
  EXPECT_EQ(p_above(same, 0.97), 0);
  EXPECT_EQ(p_above(same, 1.03), 1);
  EXPECT_EQ(p_below(same, 1.03), 0);
  EXPECT_EQ(p_above(same, 1.0), 1);
  EXPECT_EQ(p_unequal(same), 1);
}

// By hand: logs -0.01, 0, 0.01 against ln 1.03 = 0.0295588: t = 0.0295588 / 0.0057735 = 5.1197 on both sides,
// P(T > t) = 1/2 - t / (2 sqrt(2 + t^2)) = 0.0180489.
TEST(EquivalenceTest, AgreesWithThreeReplicatesByHand) {
  const Values ratios = of_logs({-0.01, 0, 0.01});
  EXPECT_NEAR(tost_p(ratios, 0.03), 0.0180489, 1e-6);
  EXPECT_TRUE(equivalent(ratios, 0.03));
  EXPECT_FALSE(equivalent(ratios, 0.03, 0.01));
}

TEST(EquivalenceTest, HoldsExactlyWhenThe90PercentIntervalLiesWithinTheMargin) {
  for (const double shift : {-0.025, -0.01, 0.0, 0.01, 0.02, 0.025, 0.04}) {
    const Values ratios = of_logs({shift - 0.01, shift, shift + 0.008, shift + 0.002, shift - 0.004});
    const RatioInterval ninety = t_interval(ratios, 0.90);
    EXPECT_EQ(equivalent(ratios, 0.03), 1 / 1.03 < ninety.low && ninety.high < 1.03) << shift;
  }
}

TEST(EquivalenceTest, AWideIntervalIsNotEquivalence) {
  EXPECT_FALSE(equivalent(of_logs({-0.1, 0.1, -0.1, 0.1}), 0.03));
}

// By hand: 0.01 * 4 = 0.04; 0.02 * 3 = 0.06; 0.03 * 2 = 0.06; 0.4.
TEST(HolmTest, AgreesWithFourPValuesByHand) {
  EXPECT_THAT(holm(Values{0.03, 0.01, 0.4, 0.02}),
              ElementsAre(DoubleNear(0.06, 1e-12), DoubleNear(0.04, 1e-12), DoubleNear(0.4, 1e-12),
                          DoubleNear(0.06, 1e-12)));
}

TEST(HolmTest, NeverFallsAndNeverExceedsOne) {
  // 0.02 * 3 = 0.06, then 0.025 * 2 = 0.05 is lifted to 0.06, and 0.9.
  EXPECT_THAT(holm(Values{0.02, 0.025, 0.9}),
              ElementsAre(DoubleNear(0.06, 1e-12), DoubleNear(0.06, 1e-12), DoubleNear(0.9, 1e-12)));
  EXPECT_THAT(holm(Values{0.6, 0.7}), ElementsAre(1, 1));
  EXPECT_THAT(holm(Values{0.04}), ElementsAre(0.04));
  EXPECT_TRUE(holm(Values{}).empty());
}

TEST(PowerTest, IsTheShareOfSimulatedRunsThatPassTheTest) {
  std::mt19937_64 random(3);
  constexpr int kRuns = 20000;
  for (const double level : {0.05, 0.05 / 30}) {
    const double distance = detectable_distance(6, 0.01, {level, 0.95});
    EXPECT_NEAR(power_of(6, distance, 0.01, level), 0.95, 1e-4);
    std::normal_distribution<double> truth(distance, 0.01);
    int found = 0;
    for (int run = 0; run < kRuns; ++run) {
      Values ratios;
      for (int i = 0; i < 6; ++i) ratios.push_back(std::exp(truth(random)));
      found += p_above(ratios, 1) < level ? 1 : 0;
    }
    EXPECT_NEAR(found / static_cast<double>(kRuns), 0.95, 0.007) << level;  // four standard errors
  }
}

// Tables of the power of the t-test: with many replicates the two quantiles are those of the normal
// distribution, 1.6449 + 1.6449 standard errors.
TEST(PowerTest, WithManyReplicatesIsThatOfTheNormalDistribution) {
  EXPECT_NEAR(detectable_distance(100000, 1, {}) * std::sqrt(100000), 2 * 1.644854, 1e-3);
}

TEST(PowerTest, AsksForTheFewestThatSuffice) {
  const double of_seven = detectable_distance(7, 0.02, {});
  EXPECT_EQ(replicates_needed(of_seven * 1.0001, 0.02, {}, 100), 7);
  EXPECT_EQ(replicates_needed(of_seven * 0.9999, 0.02, {}, 100), 8);
  EXPECT_EQ(replicates_needed(of_seven * 0.9999, 0.02, {}, 7), std::nullopt);
  EXPECT_EQ(replicates_needed(0.01, 0, {}, 100), 2) << "without spread the fewest will do";
  EXPECT_EQ(replicates_needed(0.01, 0, {}, 1), std::nullopt);
}

TEST(RefusedInputTest, WhatSaysNothingIsRefused) {
  const Values good{1.0, 1.1};
  for (const double bad : {kNan, kInfinity, -kInfinity, 0.0, -1.0}) {
    const Values values{1, bad};
    EXPECT_THROW(p_above(values, 1), std::invalid_argument) << bad;
    EXPECT_THROW(p_below(values, 1), std::invalid_argument) << bad;
    EXPECT_THROW(p_unequal(values), std::invalid_argument) << bad;
    EXPECT_THROW(tost_p(values, 0.03), std::invalid_argument) << bad;
    EXPECT_THROW(p_above(good, bad), std::invalid_argument) << bad;
    EXPECT_THROW(p_below(good, bad), std::invalid_argument) << bad;
    EXPECT_THROW(tost_p(good, bad), std::invalid_argument) << bad;
    EXPECT_THROW(power_of(6, bad, 0.01, 0.05), std::invalid_argument) << bad;
    EXPECT_THROW(replicates_needed(bad, 0.01, {}, 10), std::invalid_argument) << bad;
  }
  for (const Values& values : {Values{}, Values{1.0}}) {
    EXPECT_THROW(p_above(values, 1), std::invalid_argument);
    EXPECT_THROW(p_below(values, 1), std::invalid_argument);
    EXPECT_THROW(equivalent(values, 0.03), std::invalid_argument);
    EXPECT_THROW(summarise(values), std::invalid_argument);
  }
  for (const double bad : {kNan, kInfinity, -0.1, 1.1}) {
    EXPECT_THROW(holm(Values{0.5, bad}), std::invalid_argument) << bad;
  }
  for (const double bad : {kNan, 0.0, 1.0, -1.0}) {
    EXPECT_THROW(equivalent(good, 0.03, bad), std::invalid_argument) << bad;
    EXPECT_THROW(detectable_distance(6, 0.01, {bad, 0.95}), std::invalid_argument) << bad;
    EXPECT_THROW(detectable_distance(6, 0.01, {0.05, bad}), std::invalid_argument) << bad;
  }
  EXPECT_THROW(detectable_distance(1, 0.01, {}), std::invalid_argument);
  EXPECT_THROW(detectable_distance(6, -0.01, {}), std::invalid_argument);
  EXPECT_THROW(detectable_distance(6, kNan, {}), std::invalid_argument);
}

}  // namespace
}  // namespace rootseal::stats::inference_test
