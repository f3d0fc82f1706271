#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "verdict/judge.hpp"

namespace rootseal::verdict {
namespace {

using record::Comparison;
using record::Epoch;
using testing::HasSubstr;

Epoch epoch(const std::string& stack, int launch, double baseline_ops, double ops) {
  Epoch epoch;
  epoch.service = "postgres";
  epoch.workload = "select_one_row";
  epoch.stack = stack;
  epoch.against = "postgres-15/baseline";
  epoch.launch = launch;
  epoch.transport = "netns";
  epoch.placement = "client 0, servers 1";
  epoch.baseline = {
      {"operations", baseline_ops}, {"seconds", 2}, {"p50", 1e-4}, {"p99", 4e-4}, {"server_cpu", 1}};
  epoch.contender = {{"operations", ops}, {"seconds", 2}, {"p50", 2e-4}, {"p99", 2e-4}, {"server_cpu", 1}};
  return epoch;
}

const Comparison* find(const std::vector<Comparison>& all, const std::string& stack,
                       const std::string& metric) {
  for (const Comparison& row : all) {
    if (row.stack == stack && row.metric == metric) return &row;
  }
  return nullptr;
}

constexpr const char* kReadonly = "postgres-15/readonly";
constexpr const char* kTwin = "postgres-15/baseline-twin";

TEST(CompareTest, NothingComesOfNothing) { EXPECT_TRUE(compare({}).empty()); }

// By hand: 1000 operations in 2 s against 1100 are 500/s and 550/s, 1.1. CPU: 1/1000 against 1/1100 of a
// second.
TEST(CompareTest, ComputesEachMetricFromItsOwnFigures) {
  const auto all = compare({epoch(kReadonly, 1, 1000, 1100)});
  ASSERT_EQ(all.size(), 4U);
  const Comparison& throughput = *find(all, kReadonly, "throughput");
  EXPECT_NEAR(throughput.baseline_value, 500, 1e-9);
  EXPECT_NEAR(throughput.value, 550, 1e-9);
  EXPECT_NEAR(throughput.launches[0].ratio, 1.1, 1e-12);
  EXPECT_NEAR(find(all, kReadonly, "p50")->launches[0].ratio, 2, 1e-12);
  EXPECT_NEAR(find(all, kReadonly, "p99")->launches[0].ratio, 0.5, 1e-12);
  EXPECT_NEAR(find(all, kReadonly, "server_cpu")->baseline_value, 1e-3, 1e-12);
  EXPECT_NEAR(find(all, kReadonly, "server_cpu")->launches[0].ratio, 1 / 1.1, 1e-12);
  EXPECT_EQ(throughput.samples, 2100U);
}

TEST(CompareTest, DeclaresUnitDirectionAndMarginPerMetric) {
  const auto all = compare({epoch(kReadonly, 1, 1000, 1100)});
  const auto facts = [&](const char* metric) {
    const Comparison& row = *find(all, kReadonly, metric);
    return std::tuple(row.unit, row.better, row.margin);
  };
  EXPECT_EQ(facts("throughput"), std::tuple("1/s", "higher", 0.03));
  EXPECT_EQ(facts("p50"), std::tuple("s", "lower", 0.05));
  EXPECT_EQ(facts("p99"), std::tuple("s", "lower", 0.10));
  EXPECT_EQ(facts("server_cpu"), std::tuple("s/op", "lower", 0.05));
}

TEST(CompareTest, IsRecordedAndNotJudged) {
  const auto all = compare({epoch(kReadonly, 1, 1000, 1100), epoch(kReadonly, 2, 1000, 500)});
  for (const Comparison& row : all) {
    EXPECT_FALSE(row.judged);
    EXPECT_FALSE(row.verdict.has_value());
    EXPECT_EQ(row.note, "recorded, not judged: 2 launches; netns; client 0, servers 1");
    EXPECT_EQ(row.profile, "readonly");
    EXPECT_EQ(row.against, "postgres-15/baseline");
  }
}

TEST(CompareTest, OneLaunchHasNoInterval) {
  const auto all = compare({epoch(kReadonly, 1, 1000, 1100), epoch(kReadonly, 1, 1000, 1100)});
  EXPECT_FALSE(find(all, kReadonly, "throughput")->interval.has_value())
      << "two epochs of one launch are not two replicates";
}

// By hand: launch ratios exp(-0.01), 1, exp(0.01): half-width t(0.975, 2) * 0.01 / sqrt(3) = 0.02484138.
TEST(CompareTest, TheIntervalIsOverLaunches) {
  const auto all =
      compare({epoch(kReadonly, 1, 1000, 1000 * std::exp(-0.01)), epoch(kReadonly, 2, 1000, 1000),
               epoch(kReadonly, 3, 1000, 1000 * std::exp(0.01))});
  const auto& interval = find(all, kReadonly, "throughput")->interval;
  ASSERT_TRUE(interval.has_value());
  EXPECT_NEAR(interval->ratio, 1, 1e-9);
  EXPECT_NEAR(interval->ci_low, std::exp(-0.02484138), 1e-7);
  EXPECT_NEAR(interval->ci_high, std::exp(0.02484138), 1e-7);
}

TEST(CompareTest, OneWildEpochDoesNotMoveItsLaunch) {
  const auto all = compare(
      {epoch(kReadonly, 1, 1000, 1010), epoch(kReadonly, 1, 1000, 1010), epoch(kReadonly, 1, 1000, 100)});
  EXPECT_NEAR(find(all, kReadonly, "throughput")->launches[0].ratio, 1.01, 1e-12);
  EXPECT_EQ(find(all, kReadonly, "throughput")->launches[0].epochs.size(), 3U);
}

TEST(CompareTest, TheTwinsIntervalStandsBesideEveryRowAndTheTwinHasRowsOfItsOwn) {
  std::vector<Epoch> epochs;
  for (const int launch : {1, 2}) {
    epochs.push_back(epoch(kReadonly, launch, 1000, 1100 + launch));
    epochs.push_back(epoch(kTwin, launch, 1000, 1000 + launch));
  }
  const auto all = compare(epochs);
  const Comparison& twin = *find(all, kTwin, "throughput");
  ASSERT_TRUE(find(all, kReadonly, "throughput")->twin.has_value());
  EXPECT_EQ(find(all, kReadonly, "throughput")->twin->ratio, twin.interval->ratio);
  EXPECT_EQ(twin.profile, "baseline-twin");
  epochs[1].workload = epochs[3].workload = "another";
  EXPECT_FALSE(find(compare(epochs), kReadonly, "throughput")->twin.has_value()) << "of another workload";
  epochs[1].workload = epochs[3].workload = epochs[0].workload;
  epochs[1].against = epochs[3].against = "postgres-17/baseline";
  EXPECT_FALSE(find(compare(epochs), kReadonly, "throughput")->twin.has_value()) << "of another server";
}

TEST(CompareTest, ServersAndWorkloadsAreKeptApart) {
  Epoch other = epoch("postgres-17/readonly", 1, 1000, 2000);
  other.against = "postgres-17/baseline";
  Epoch update = epoch(kReadonly, 1, 1000, 3000);
  update.workload = "update_one_row";
  const auto all = compare({epoch(kReadonly, 1, 1000, 1000), other, update});
  EXPECT_EQ(all.size(), 12U);
  EXPECT_NEAR(find(all, kReadonly, "throughput")->launches[0].ratio, 1, 1e-12);
  EXPECT_NEAR(find(all, "postgres-17/readonly", "throughput")->launches[0].ratio, 2, 1e-12);
}

TEST(CompareTest, AFigureThatSaysNothingIsLeftOutOfItsMetricOnly) {
  for (const double bad : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    Epoch broken = epoch(kReadonly, 1, 1000, 1100);
    broken.contender["p99"] = bad;
    EXPECT_EQ(find(compare({broken}), kReadonly, "p99"), nullptr);
    EXPECT_NE(find(compare({broken}), kReadonly, "p50"), nullptr);
    const auto with_good = compare({broken, epoch(kReadonly, 1, 1000, 1100)});
    EXPECT_EQ(find(with_good, kReadonly, "p99")->launches[0].epochs.size(), 1U);
  }
  Epoch without = epoch(kReadonly, 1, 1000, 1100);
  without.baseline.erase("server_cpu");
  EXPECT_EQ(find(compare({without}), kReadonly, "server_cpu"), nullptr);
  EXPECT_EQ(compare({without}).size(), 3U);
}

TEST(CompareTest, TheNoteNamesEveryWayItWasMeasured) {
  Epoch unpinned = epoch(kReadonly, 2, 1000, 1000);
  unpinned.placement = "unpinned: one CPU";
  const auto all = compare({epoch(kReadonly, 1, 1000, 1000), unpinned});
  EXPECT_THAT(all[0].note, HasSubstr("client 0, servers 1; unpinned: one CPU"));
}

}  // namespace
}  // namespace rootseal::verdict
