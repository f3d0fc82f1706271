// solo() and contrast(): one server alone, and what a planted slowdown really costs on it.
#include "testing/workload_modes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/workload_fakes.hpp"

namespace rootseal::workload::workload_modes_test {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;

struct ContrastTest : ::testing::Test {
  ContrastTest() {
    plan.span = 5ms;
    plan.connections = 1;
  }
  std::vector<Rates> measure(unsigned rounds) {
    std::vector<Rates> seen;
    contrast(fakes::entry(world), server, world.clock, plan, {0.1, 0.5}, rounds,
             [&](const Rates& round) { seen.push_back(round); });
    return seen;
  }
  fakes::World world;
  fakes::Behaviour& behaviour = world.stacks["fake-1/baseline"];
  fakes::FakeServer server{world, fakes::view("fake-1/baseline")};
  Solo plan;
};

TEST_F(ContrastTest, ReadsThePlantedSizeAgainstTheSameServerWithoutIt) {
  const auto rounds = measure(3);
  ASSERT_EQ(rounds.size(), 3U);
  for (const auto& round : rounds) {
    ASSERT_EQ(round.size(), 3U);
    EXPECT_NEAR(round.at(0), 10'000, 1);
    EXPECT_NEAR(round.at(0.1) / round.at(0), 1 / 1.1, 0.002);
    EXPECT_NEAR(round.at(0.5) / round.at(0), 1 / 1.5, 0.002);
  }
}

TEST_F(ContrastTest, EveryRoundHasConnectionsOfItsOwnAndIsVerified) {
  measure(2);
  EXPECT_THAT(behaviour.calls,
              ElementsAre("set_up", "reset", "lane", "verify", "reset", "lane", "verify", "tear_down"));
  EXPECT_NE(behaviour.seeds[0], behaviour.seeds[1]);
}

TEST_F(ContrastTest, WhatIsNotVerifiedIsNotReported) {
  behaviour.verifies = false;
  EXPECT_THROW(measure(1), WrongResult);
  EXPECT_EQ(behaviour.calls.back(), "tear_down");
}

TEST_F(ContrastTest, PreparedDataStay) {
  plan.prepared = true;
  measure(1);
  EXPECT_THAT(behaviour.calls, ::testing::Not(Contains("set_up")));
  EXPECT_THAT(behaviour.calls, ::testing::Not(Contains("tear_down")));
}

}  // namespace
}  // namespace rootseal::workload::workload_modes_test
