#include "testing/workload_pair.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>

#include "testing/workload_fakes.hpp"

namespace rootseal::workload::workload_pair_test {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct PairTest : ::testing::Test {
  fakes::World world;
  Entry entry = fakes::entry(world);
  fakes::FakeServer baseline{world, fakes::view("fake-1/baseline")};
  fakes::FakeServer contender{world, fakes::view("fake-1/readonly")};
  PairSettings settings = fakes::settings();
  fakes::Behaviour& on_baseline = world.stacks["fake-1/baseline"];
  fakes::Behaviour& on_contender = world.stacks["fake-1/readonly"];

  record::Epoch measure() { return Pair(entry, baseline, contender, world.clock, settings).epoch(); }
  std::optional<SideFault> fault() {
    try {
      measure();
    } catch (const SideFault& caught) {
      return caught;
    }
    return std::nullopt;
  }
};

double per_operation(const std::map<std::string, double>& side) {
  return side.at("seconds") / side.at("operations");
}

TEST_F(PairTest, TheSlowSideIsTheOneThatIsSlow) {
  on_contender.takes = 200us;
  const auto epoch = measure();
  EXPECT_NEAR(per_operation(epoch.baseline), 100e-6, 1e-9);
  EXPECT_NEAR(per_operation(epoch.contender), 200e-6, 1e-9);
  for (const char* name : {"p50", "p95", "p99", "p999", "max"}) {
    EXPECT_NEAR(epoch.baseline.at(name), 100e-6, 1e-6) << name;
    EXPECT_NEAR(epoch.contender.at(name), 200e-6, 2e-6) << name;
  }
  EXPECT_EQ(epoch.baseline.at("operations"), epoch.contender.at("operations"));
  EXPECT_NEAR(epoch.seconds, epoch.baseline.at("seconds") + epoch.contender.at("seconds"), 1e-9);
}

TEST_F(PairTest, APlantedSlowdownShowsOnItsStackAndInItsSize) {
  settings.plants = {{"fake-1/readonly", 0.1, 0}};
  const auto epoch = measure();
  EXPECT_NEAR(per_operation(epoch.contender) / per_operation(epoch.baseline), 1.1, 0.001);
  EXPECT_THAT(epoch.placement, HasSubstr("planted: fake-1/readonly does 0.1 of its operations once more"));
  settings.plants = {{"fake-1/baseline", 1, 0}};
  const auto swapped = measure();
  EXPECT_NEAR(per_operation(swapped.contender) / per_operation(swapped.baseline), 0.5, 0.001);
  EXPECT_NEAR(swapped.baseline.at("p50"), 200e-6, 2e-6);
}

TEST_F(PairTest, AWorkloadMayAskForALongerLatencyPart) {
  const double usual = measure().seconds;
  world.shape.latency_spans = 2.5;
  EXPECT_NEAR(measure().seconds / usual, 2.5, 0.01);
}

TEST_F(PairTest, CpuTimeIsThatOfTheSidesOwnOperationsInTheEpoch) {
  on_contender.takes = 300us;
  const auto epoch = measure();
  EXPECT_NEAR(epoch.baseline.at("server_cpu"), epoch.baseline.at("seconds") / 10, 1e-9);
  EXPECT_NEAR(epoch.contender.at("server_cpu"), epoch.contender.at("seconds") / 10, 1e-9);
}

TEST_F(PairTest, NamesWhatWasMeasuredAndWhere) {
  Pair pair(entry, baseline, contender, world.clock, settings);
  pair.epoch();
  const auto epoch = pair.epoch();
  EXPECT_EQ(epoch.service, "fake");
  EXPECT_EQ(epoch.workload, "working");
  EXPECT_EQ(epoch.stack, "fake-1/readonly");
  EXPECT_EQ(epoch.against, "fake-1/baseline");
  EXPECT_EQ(epoch.launch, 2);
  EXPECT_EQ(epoch.number, 2);
  EXPECT_EQ(epoch.transport, "netns");
  EXPECT_THAT(epoch.placement, HasSubstr("servers 1"));
}

TEST_F(PairTest, EveryEpochHasItsOwnLanesWithTheSameSeedOnBothSides) {
  {
    Pair pair(entry, baseline, contender, world.clock, settings);
    pair.epoch();
    pair.epoch();
  }
  EXPECT_THAT(on_baseline.calls,
              ElementsAre("set_up", "reset", "lane", "verify", "reset", "lane", "verify", "tear_down"));
  EXPECT_EQ(on_baseline.calls, on_contender.calls);
  EXPECT_EQ(on_baseline.seeds, on_contender.seeds);
  EXPECT_NE(on_baseline.seeds[0], on_baseline.seeds[1]);
}

// The throughput part; the clock passes as if all lanes shared one core.
struct PairTogetherTest : PairTest {
  PairTogetherTest() { world.shape.connections = 3; }
};

double rate(const std::map<std::string, double>& side) {
  return side.at("parallel_operations") / side.at("parallel_seconds");
}

TEST_F(PairTogetherTest, ReadsTheThroughputOfEitherSide) {
  on_contender.takes = 125us;
  const auto epoch = measure();
  EXPECT_NEAR(rate(epoch.baseline), 10'000, 1);
  EXPECT_NEAR(rate(epoch.contender), 8'000, 1);
  EXPECT_EQ(epoch.contender.at("connections"), 3);
  EXPECT_NEAR(epoch.seconds,
              epoch.baseline.at("seconds") + epoch.contender.at("seconds") +
                  epoch.baseline.at("parallel_seconds") + epoch.contender.at("parallel_seconds"),
              1e-9);
}

TEST_F(PairTogetherTest, AWorkloadMayAskForALongerPart) {
  const double usual = measure().contender.at("parallel_seconds");
  world.shape.throughput_spans = 2;
  EXPECT_NEAR(measure().contender.at("parallel_seconds") / usual, 2, 0.05);
}

TEST_F(PairTogetherTest, APlantedSlowdownReadsInItsSize) {
  settings.plants = {{"fake-1/readonly", 0.1, 0}};
  world.shape.turn_operations = 10;
  const auto more_work = measure();
  EXPECT_NEAR(rate(more_work.contender) / rate(more_work.baseline), 1 / 1.1, 0.002);
  settings.plants = {{"fake-1/readonly", 0, 0.1}};
  const auto waiting = measure();
  EXPECT_NEAR(waiting.contender.at("p50") / waiting.baseline.at("p50"), 1.1, 0.015) << "1 % a histogram bin";
  EXPECT_NEAR(per_operation(waiting.contender) / per_operation(waiting.baseline), 1.1, 0.01);
  EXPECT_THAT(waiting.placement, HasSubstr("planted: fake-1/readonly waits 0.1"));
}

TEST_F(PairTogetherTest, CountersCoverBothPartsAndNothingElse) {
  on_contender.takes = 300us;
  const auto epoch = measure();
  for (const auto* side : {&epoch.baseline, &epoch.contender}) {
    const double operations = side->at("operations") + side->at("parallel_operations");
    const double seconds = side->at("seconds") + side->at("parallel_seconds");
    EXPECT_NEAR(side->at("server_cpu"), seconds / 10, 1e-6);
    EXPECT_NEAR(side->at("client_cpu"), seconds / 10, 1e-6);
    EXPECT_EQ(side->at("disk_written"), 4096 * operations);
    EXPECT_EQ(side->at("memory_high_water"), 1U << 20U);
  }
}

TEST_F(PairTogetherTest, WhatTheKernelDoesNotCountIsAbsent) {
  on_contender.written_per_operation.reset();
  const auto epoch = measure();
  EXPECT_EQ(epoch.contender.count("disk_written") + epoch.contender.count("memory_high_water"), 0U);
  EXPECT_EQ(epoch.baseline.count("disk_written") + epoch.baseline.count("memory_high_water"), 2U);
}

TEST_F(PairTogetherTest, AnEpochBeginsWithAResetAndBothPartsHaveTheSameLanesAllVerified) {
  { measure(); }
  EXPECT_THAT(on_contender.calls, ElementsAre("set_up", "reset", "lane", "lane", "lane", "verify", "verify",
                                              "verify", "tear_down"));
  EXPECT_EQ(on_baseline.calls, on_contender.calls);
  EXPECT_THAT(on_contender.seats, ElementsAre(0, 1, 2));
  EXPECT_EQ(on_baseline.seeds, on_contender.seeds);
  EXPECT_EQ(std::set(on_baseline.seeds.begin(), on_baseline.seeds.end()).size(), 3U);
  EXPECT_GT(on_baseline.settled, 0U);
}

TEST_F(PairTogetherTest, PreparedDataAreNeitherSetUpNorTornDown) {
  settings.prepared = true;
  { measure(); }
  EXPECT_EQ(on_contender.calls.front(), "reset");
  EXPECT_EQ(on_contender.calls.back(), "verify");
}

TEST_F(PairTogetherTest, AWrongResultOfAnyLaneGivesNoEpoch) {
  on_contender.wrong_at = 2600;  // behind the latency part: 250 ms are 1,250 operations a side, and warm-ups
  const auto caught = fault();
  ASSERT_TRUE(caught);
  EXPECT_EQ(caught->side(), Side::contender);
  EXPECT_TRUE(caught->wrong());
  EXPECT_EQ(std::count(on_baseline.calls.begin(), on_baseline.calls.end(), "lane"), 3);
}

TEST_F(PairTest, ARestartIsOneOperationASideWithoutWarmUpAndTheServersAreAskedAnew) {
  world.shape.restarts = true;
  world.shape.connections = 4;
  const auto epoch = measure();
  EXPECT_EQ(on_baseline.operations, 1U);
  EXPECT_EQ(on_contender.operations, 1U);
  EXPECT_EQ(epoch.contender.at("operations"), 1);
  EXPECT_EQ(epoch.contender.count("parallel_operations") + epoch.contender.count("server_cpu"), 0U);
  EXPECT_THAT(on_contender.calls, ElementsAre("set_up", "reset", "lane", "refresh", "verify", "tear_down"));
}

TEST_F(PairTest, ServersAreAskedAnewAfterARestartThatWentWrongToo) {
  world.shape.restarts = true;
  on_contender.wrong_at = 0;
  ASSERT_TRUE(fault());
  EXPECT_THAT(on_contender.calls, ::testing::Contains("refresh"));
}

TEST_F(PairTest, TheOrderOfARestartIsDrawn) {
  world.shape.restarts = true;
  std::set<bool> baseline_first;
  for (settings.launch = 0; settings.launch < 20; ++settings.launch) {
    on_contender.operations = on_baseline.operations = 0;
    on_contender.wrong_at = 0;
    fault();
    baseline_first.insert(on_baseline.operations == 1);
  }
  EXPECT_EQ(baseline_first.size(), 2U);
}

TEST_F(PairTest, SlowOperationsAreOneBlock) {
  on_baseline.takes = on_contender.takes = 1s;
  const auto epoch = measure();
  EXPECT_EQ(epoch.contender.at("operations"), 2);
  EXPECT_EQ(on_contender.operations, 3U) << "one to warm up";
}

TEST_F(PairTest, AWrongResultGivesNoEpochAndTearsDown) {
  on_contender.wrong_at = 1000;
  const auto caught = fault();
  ASSERT_TRUE(caught);
  EXPECT_EQ(caught->side(), Side::contender);
  EXPECT_TRUE(caught->wrong());
  EXPECT_EQ(on_contender.calls.back(), "tear_down");
  EXPECT_EQ(on_baseline.calls.back(), "tear_down");
}

TEST_F(PairTest, AnEffectThatIsNotFoundGivesNoEpoch) {
  on_baseline.verifies = false;
  const auto caught = fault();
  ASSERT_TRUE(caught);
  EXPECT_EQ(caught->side(), Side::baseline);
  EXPECT_STREQ(caught->what(), "one is missing");
}

TEST_F(PairTest, ASideThatCannotBeReachedIsAFaultOfTheEnvironment) {
  on_contender.can_connect = false;
  const auto caught = fault();
  ASSERT_TRUE(caught);
  EXPECT_EQ(caught->side(), Side::contender);
  EXPECT_FALSE(caught->wrong());
}

}  // namespace
}  // namespace rootseal::workload::workload_pair_test
