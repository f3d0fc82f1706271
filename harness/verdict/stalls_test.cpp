// Throughput without the blocks of turns that something stalled, and the guard that looks at them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "verdict/compare.hpp"
#include "verdict/sample_epochs.hpp"

namespace rootseal::verdict::stalls_test {
namespace {

using record::Comparison;
using record::Epoch;
using record::Verdict;
using ::testing::HasSubstr;

using sample_parts::launches;

constexpr const char* kContender = "postgres-15/readonly";

// Eight launches in which the steady part of both sides is equal but for 0.4 % of noise; of the contender's
// time `stalled` is added to all of it by stalls.
std::vector<Epoch> stalling(double stalled, double steady_share = 0.9) {
  auto all = launches(kContender, 8, 0, 0.004);
  for (Epoch& epoch : all) {
    for (auto* side : {&epoch.baseline, &epoch.contender}) {
      (*side)["steady_operations"] = steady_share * side->at("parallel_operations");
      (*side)["steady_seconds"] = steady_share * side->at("parallel_seconds");
      (*side)["stalled_turns"] = 10;
      (*side)["stalled_seconds"] = 0.01;
    }
    epoch.contender["parallel_seconds"] *= 1 + stalled;
  }
  return all;
}

const Comparison* row_of(const std::vector<Comparison>& rows, const std::string& metric) {
  for (const auto& row : rows) {
    if (row.metric == metric) return &row;
  }
  return nullptr;
}

TEST(StallsTest, ThroughputIsThatOfTheSteadyBlocks) {
  const auto rows = compare(stalling(0.10), sample_parts::stacks(), {});
  ASSERT_NE(row_of(rows, "throughput"), nullptr);
  EXPECT_EQ(row_of(rows, "throughput")->verdict, Verdict::pass);
  EXPECT_NEAR(row_of(rows, "throughput")->interval->ratio, 1.0, 0.001);
}

TEST(StallsTest, ASideThatStallsMoreIsFoundByTheGuard) {
  const auto rows = compare(stalling(0.10), sample_parts::stacks(), {});
  ASSERT_NE(row_of(rows, "stalls_included"), nullptr);
  EXPECT_EQ(row_of(rows, "stalls_included")->verdict, Verdict::fail);
  EXPECT_THAT(row_of(rows, "stalls_included")->note, HasSubstr("slower by 10.0 %"));
}

TEST(StallsTest, TheGuardIsSilentWhereBothSidesStallAlike) {
  const auto rows = compare(stalling(0), sample_parts::stacks(), {});
  EXPECT_FALSE(row_of(rows, "stalls_included")->verdict.has_value());
  EXPECT_FALSE(row_of(rows, "stalls_included")->judged);
}

TEST(StallsTest, TheGuardIsSilentAboutASideThatStallsLess) {
  const auto rows = compare(stalling(-0.10), sample_parts::stacks(), {});
  EXPECT_FALSE(row_of(rows, "stalls_included")->verdict.has_value());
}

TEST(StallsTest, WhereMostBlocksStalledTheyAreHowItRuns) {
  const auto rows = compare(stalling(0.10, 0.4), sample_parts::stacks(), {});
  EXPECT_EQ(row_of(rows, "stalls_included"), nullptr);
  EXPECT_EQ(row_of(rows, "throughput")->verdict, Verdict::fail);
}

TEST(StallsTest, AGuardDoesNotEnlargeTheFamilyOfTheOthers) {
  const auto with = compare(stalling(0.10), sample_parts::stacks(), {});
  const auto without = compare(launches(kContender, 8, 0, 0.004), sample_parts::stacks(), {});
  EXPECT_EQ(row_of(with, "p50")->note, row_of(without, "p50")->note);
  EXPECT_EQ(row_of(with, "p50")->smallest_detectable, row_of(without, "p50")->smallest_detectable);
}

TEST(StallsTest, AGuardAsksForNoLaunches) {
  EXPECT_EQ(launches_needed(stalling(0.10), {}).launches,
            launches_needed(launches(kContender, 8, 0, 0.004), {}).launches);
}

}  // namespace
}  // namespace rootseal::verdict::stalls_test
