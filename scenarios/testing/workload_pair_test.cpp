#include "testing/workload_pair.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "testing/workload_fakes.hpp"

namespace rootseal::workload {
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
  settings.planted = {"fake-1/readonly", 0.1};
  const auto epoch = measure();
  EXPECT_NEAR(per_operation(epoch.contender) / per_operation(epoch.baseline), 1.1, 0.001);
  EXPECT_THAT(epoch.placement, HasSubstr("planted: fake-1/readonly does 0.1 of its operations once more"));
  settings.planted = {"fake-1/baseline", 1};
  const auto swapped = measure();
  EXPECT_NEAR(per_operation(swapped.contender) / per_operation(swapped.baseline), 0.5, 0.001);
  EXPECT_NEAR(swapped.baseline.at("p50"), 200e-6, 2e-6);
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
  EXPECT_THAT(on_baseline.calls, ElementsAre("set_up", "lane", "verify", "lane", "verify", "tear_down"));
  EXPECT_EQ(on_baseline.calls, on_contender.calls);
  EXPECT_EQ(on_baseline.seeds, on_contender.seeds);
  EXPECT_NE(on_baseline.seeds[0], on_baseline.seeds[1]);
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
}  // namespace rootseal::workload
