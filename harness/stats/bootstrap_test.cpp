#include "stats/bootstrap.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace rootseal::stats::bootstrap_test {
namespace {

using Values = std::vector<double>;

const Values kSymmetric{std::exp(-0.03), std::exp(-0.02), std::exp(-0.01), 1,
                        std::exp(0.01),  std::exp(0.02),  std::exp(0.03)};

TEST(BcaTest, TheSeedDecidesTheInterval) {
  const auto first = bca_interval(kSymmetric, 7).interval;
  const auto again = bca_interval(kSymmetric, 7).interval;
  const auto other = bca_interval(kSymmetric, 8).interval;
  EXPECT_EQ(first.low, again.low);
  EXPECT_EQ(first.high, again.high);
  EXPECT_NE(first.low, other.low);
}

// By hand: for symmetric values bias and acceleration vanish and the interval is the percentile interval. The
// bootstrap variance of the mean is that of the values with n in place of n - 1: 0.0004 / 7, so about
// 1.96 * 0.00756 = 0.0148 either side.
TEST(BcaTest, OfSymmetricValuesIsThePercentileInterval) {
  const BootstrapInterval seen = bca_interval(kSymmetric, 1, 0.95, 20000);
  EXPECT_TRUE(seen.fallback.empty());
  EXPECT_NEAR(seen.interval.ratio, 1, 1e-12);
  EXPECT_NEAR(std::log(seen.interval.high), 0.0148, 0.0006);
  EXPECT_NEAR(std::log(seen.interval.low), -0.0148, 0.0006);
}

// By hand: seven replicates at 0 and one at 0.08 have the mean 0.01; a resample holds the far one k times
// with k of Binomial(8, 1/8) and has the mean 0.01 k. P(k = 0) = 0.3436, P(k = 1) = 0.3927, so the share
// below the estimate, ties halved, is 0.5399: bias z0 = 0.1003. The jackknife values lie at 0.01 (7 times 1,
// once -7) over 7: acceleration = (343 - 7) / (6 * 56^1.5) = 0.1336. Upper end: z = 2.0602, z / (1 - a z)
// = 2.8425, share Phi(2.9428) = 0.99837, which is k = 4 (P(k <= 3) = 0.9889, P(k <= 4) = 0.99876): 0.04.
// Lower end: z = -1.8597, z / (1 - a z) = -1.4895, share Phi(-1.3892) = 0.0824 < 0.3436: k = 0.
TEST(BcaTest, OfASkewedSampleLeansTowardsTheLongTail) {
  Values skewed(8, 1);
  skewed.back() = std::exp(0.08);
  const auto seen = bca_interval(skewed, 1, 0.95, 50000).interval;
  EXPECT_NEAR(std::log(seen.ratio), 0.01, 1e-12);
  EXPECT_NEAR(std::log(seen.high), 0.04, 1e-9);
  EXPECT_NEAR(std::log(seen.low), 0, 1e-9);
}

TEST(BcaTest, TurnsAroundWithTheRatios) {
  Values skewed{1, 1.01, 1.02, 1.015, 1.3, 0.99, 1.1};
  Values turned;
  for (const double each : skewed) turned.push_back(1 / each);
  const auto a = bca_interval(skewed, 3, 0.95, 20000).interval;
  const auto b = bca_interval(turned, 3, 0.95, 20000).interval;
  EXPECT_NEAR(a.low * b.high, 1, 0.003);
  EXPECT_NEAR(a.high * b.low, 1, 0.003);
}

TEST(BcaTest, WithTooFewReplicatesIsStudentsAndSaysSo) {
  const Values five(kSymmetric.begin(), kSymmetric.begin() + 5);
  const BootstrapInterval seen = bca_interval(five, 1);
  EXPECT_EQ(seen.fallback, "Student's t: 5 replicates are too few for a bootstrap");
  EXPECT_EQ(seen.interval.low, t_interval(five).low);
  const Values six(kSymmetric.begin(), kSymmetric.begin() + 6);
  EXPECT_EQ(bca_interval(six, 1).fallback, "");
}

TEST(BcaTest, OfReplicatesThatAgreeIsStudentsAndSaysSo) {
  const BootstrapInterval seen = bca_interval(Values(8, 1.02), 1);
  EXPECT_EQ(seen.fallback, "Student's t: all replicates are the same");
  EXPECT_NEAR(seen.interval.high, 1.02, 1e-9);
}

TEST(BcaTest, InputThatSaysNothingIsRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THROW(bca_interval(Values{}, 1), std::invalid_argument);
  EXPECT_THROW(bca_interval(Values{1}, 1), std::invalid_argument);
  EXPECT_THROW(bca_interval(kSymmetric, 1, 1.0), std::invalid_argument);
  EXPECT_THROW(bca_interval(kSymmetric, 1, nan), std::invalid_argument);
  EXPECT_THROW(bca_interval(kSymmetric, 1, 0.95, 99), std::invalid_argument);
  for (const double bad : {nan, infinity, -infinity, 0.0, -1.0}) {
    Values values = kSymmetric;
    values.back() = bad;
    EXPECT_THROW(bca_interval(values, 1), std::invalid_argument) << bad;
  }
}

}  // namespace
}  // namespace rootseal::stats::bootstrap_test
