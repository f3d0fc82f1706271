#include "verdict/compare.hpp"

#include <gmock/gmock.h>

#include <limits>
#include <tuple>

#include "verdict/sample_epochs.hpp"

namespace rootseal::verdict::compare_test {
namespace {

using namespace sample_parts;
using record::Comparison;
using record::Epoch;
using testing::HasSubstr;

std::vector<Comparison> compared(const std::vector<Epoch>& epochs) { return compare(epochs, stacks(), {}); }

TEST(CompareTest, NothingComesOfNothing) { EXPECT_TRUE(compared({}).empty()); }

// By hand: at once 4000 operations in 2 s against 3200 are 2000/s and 1600/s: 0.8. CPU: 1 s over 5000
// operations of both parts against 1 s over 4200.
TEST(CompareTest, ComputesEachMetricFromItsOwnFigures) {
  const auto all = compared({epoch(kReadonly, 1, 1.25)});
  ASSERT_EQ(all.size(), 5U);
  const Comparison& throughput = *find(all, kReadonly, "throughput");
  EXPECT_NEAR(throughput.baseline_value, 2000, 1e-9);
  EXPECT_NEAR(throughput.value, 1600, 1e-9);
  EXPECT_NEAR(throughput.launches[0].ratio, 0.8, 1e-12);
  EXPECT_NEAR(find(all, kReadonly, "p50")->launches[0].ratio, 1.25, 1e-12);
  EXPECT_NEAR(find(all, kReadonly, "p99")->launches[0].ratio, 1.25, 1e-12);
  EXPECT_NEAR(find(all, kReadonly, "server_cpu")->baseline_value, 1.0 / 5000, 1e-12);
  EXPECT_NEAR(find(all, kReadonly, "server_cpu")->value, 1.0 / 4200, 1e-12);
  EXPECT_NEAR(find(all, kReadonly, "client_cpu")->value, 0.5 / 4200, 1e-12);
  EXPECT_EQ(throughput.samples, 5000U + 4200U);
}

TEST(CompareTest, WithoutAThroughputPartThroughputIsThatOfTheOneConnection) {
  Epoch single = epoch(kReadonly, 1);
  for (auto* side : {&single.baseline, &single.contender}) {
    side->erase("parallel_operations");
    side->erase("parallel_seconds");
  }
  single.contender["operations"] = 900;
  EXPECT_NEAR(find(compared({single}), kReadonly, "throughput")->launches[0].ratio, 0.9, 1e-12);
  EXPECT_NEAR(find(compared({single}), kReadonly, "throughput")->baseline_value, 500, 1e-12);
}

TEST(CompareTest, NeverComparesOnePartWithTheOther) {
  Epoch lame = epoch(kReadonly, 1);
  lame.contender.erase("parallel_seconds");
  EXPECT_NEAR(find(compared({lame}), kReadonly, "throughput")->baseline_value, 500, 1e-12)
      << "the part that both sides have";
}

TEST(CompareTest, DeclaresUnitDirectionAndMarginPerMetric) {
  const auto all = compared({epoch(kReadonly, 1)});
  const auto facts = [&](const char* metric) {
    const Comparison& row = *find(all, kReadonly, metric);
    return std::tuple(row.unit, row.better, row.margin);
  };
  EXPECT_EQ(facts("throughput"), std::tuple("1/s", "higher", 0.03));
  EXPECT_EQ(facts("p50"), std::tuple("s", "lower", 0.05));
  EXPECT_EQ(facts("p99"), std::tuple("s", "lower", 0.10));
  EXPECT_EQ(facts("server_cpu"), std::tuple("s/op", "lower", 0.05));
  EXPECT_EQ(facts("client_cpu"), std::tuple("s/op", "lower", 0.05));
}

TEST(CompareTest, P99NeedsTwoHundredOperationsASideInEveryEpoch) {
  const auto with = [](double baseline, double contender) {
    std::vector<Epoch> epochs{epoch(kReadonly, 1), epoch(kReadonly, 2)};
    epochs[1].baseline["operations"] = baseline;
    epochs[1].contender["operations"] = contender;
    return find(compared(epochs), kReadonly, "p99") != nullptr;
  };
  EXPECT_TRUE(with(200, 200));
  EXPECT_FALSE(with(199, 200));
  EXPECT_FALSE(with(200, 199));
}

TEST(CompareTest, OfAFewOperationsOnlyThroughputIsCompared) {
  Epoch few = epoch(kReadonly, 1);
  few.baseline = few.contender = {{"operations", 4}, {"seconds", 2}, {"p50", 0.5}, {"p99", 0.6}};
  const auto all = compared({few});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].metric, "throughput");
  few.baseline["operations"] = few.contender["operations"] = 5;
  EXPECT_NE(find(compared({few}), kReadonly, "p50"), nullptr);
}

TEST(CompareTest, OneLaunchHasNoIntervalAndNoVerdict) {
  const auto all = compared({epoch(kReadonly, 1, 1.1), epoch(kReadonly, 1, 1.1)});
  const Comparison& row = *find(all, kReadonly, "throughput");
  EXPECT_FALSE(row.interval || row.bootstrap || row.sign_flip_p || row.smallest_detectable)
      << "two epochs of one launch are not two replicates";
  EXPECT_FALSE(row.judged || row.verdict);
  EXPECT_EQ(row.note,
            "recorded, not judged: one launch has no interval; 1 launch; netns; client 0, servers 1");
}

// By hand: launch ratios exp(-0.01), 1, exp(0.01): half-width t(0.975, 2) * 0.01 / sqrt(3) = 0.02484138.
TEST(CompareTest, TheIntervalIsStudentsOverLaunches) {
  const auto all = compared(
      {epoch(kReadonly, 1, std::exp(-0.01)), epoch(kReadonly, 2, 1), epoch(kReadonly, 3, std::exp(0.01))});
  const auto& interval = find(all, kReadonly, "throughput")->interval;
  ASSERT_TRUE(interval.has_value());
  EXPECT_NEAR(interval->ratio, 1, 1e-9);
  EXPECT_NEAR(interval->ci_low, std::exp(-0.02484138), 1e-7);
  EXPECT_NEAR(interval->ci_high, std::exp(0.02484138), 1e-7);
}

TEST(CompareTest, BootstrapAndSignFlipStandBeside) {
  const auto all = compared(launches(kReadonly, 6, 0.05, 0.01));
  const Comparison& row = *find(all, kReadonly, "throughput");
  ASSERT_TRUE(row.bootstrap && row.sign_flip_p);
  EXPECT_NEAR(row.bootstrap->ratio, row.interval->ratio, 1e-12);
  EXPECT_LT(row.bootstrap->ci_high, row.interval->ci_high);
  EXPECT_NEAR(*row.sign_flip_p, 2.0 / 64, 1e-12);
  EXPECT_FALSE(find(compared(launches(kReadonly, 4, 0, 0.01)), kReadonly, "p50")->bootstrap.has_value());
}

TEST(CompareTest, OneWildEpochDoesNotMoveItsLaunch) {
  const auto all = compared({epoch(kReadonly, 1, 1.01), epoch(kReadonly, 1, 1.01), epoch(kReadonly, 1, 10)});
  EXPECT_NEAR(find(all, kReadonly, "p50")->launches[0].ratio, 1.01, 1e-12);
  EXPECT_EQ(find(all, kReadonly, "p50")->launches[0].epochs.size(), 3U);
}

TEST(CompareTest, TheTwinsIntervalStandsBesideEveryRowAndTheTwinHasRowsOfItsOwn) {
  auto epochs = launches(kReadonly, 2, 0.1, 0.001) + launches(kTwin, 2, 0.002, 0.001);
  const auto all = compared(epochs);
  const Comparison& twin = *find(all, kTwin, "throughput");
  ASSERT_TRUE(twin.interval && find(all, kReadonly, "throughput")->twin);
  EXPECT_EQ(find(all, kReadonly, "throughput")->twin->ci_low, twin.interval->ci_low);
  EXPECT_FALSE(twin.judged);
  for (std::size_t i = 2; i < 4; ++i) epochs[i].workload = "another";
  EXPECT_FALSE(find(compared(epochs), kReadonly, "throughput")->twin.has_value()) << "of another workload";
  for (std::size_t i = 2; i < 4; ++i) {
    epochs[i].workload = epochs[0].workload;
    epochs[i].against = "postgres-17/baseline";
  }
  EXPECT_FALSE(find(compared(epochs), kReadonly, "throughput")->twin.has_value()) << "of another server";
}

TEST(CompareTest, ServersAndWorkloadsAreKeptApart) {
  Epoch update = epoch(kReadonly, 1, 3);
  update.workload = "update_one_row";
  const auto all = compared({epoch(kReadonly, 1), epoch("postgres-17/readonly", 1, 2), update});
  EXPECT_EQ(all.size(), 15U);
  EXPECT_NEAR(find(all, kReadonly, "p50")->launches[0].ratio, 1, 1e-12);
  EXPECT_NEAR(find(all, "postgres-17/readonly", "p50")->launches[0].ratio, 2, 1e-12);
}

TEST(CompareTest, AFigureThatSaysNothingIsLeftOutOfItsMetricOnly) {
  for (const double bad : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    Epoch broken = epoch(kReadonly, 1, 1.1);
    broken.contender["p99"] = bad;
    EXPECT_EQ(find(compared({broken}), kReadonly, "p99"), nullptr);
    EXPECT_NE(find(compared({broken}), kReadonly, "p50"), nullptr);
    const auto with_good = compared({broken, epoch(kReadonly, 1, 1.1)});
    EXPECT_EQ(find(with_good, kReadonly, "p99")->launches[0].epochs.size(), 1U);
  }
  Epoch without = epoch(kReadonly, 1);
  without.baseline.erase("server_cpu");
  EXPECT_EQ(find(compared({without}), kReadonly, "server_cpu"), nullptr);
  EXPECT_EQ(compared({without}).size(), 4U);
}

TEST(CompareTest, TheNoteNamesEveryWayItWasMeasured) {
  Epoch other = epoch(kReadonly, 2);
  other.transport = "published";
  EXPECT_THAT(compared({epoch(kReadonly, 1), other})[0].note,
              HasSubstr("2 launches; netns; client 0, servers 1; published"));
}

}  // namespace
}  // namespace rootseal::verdict::compare_test
