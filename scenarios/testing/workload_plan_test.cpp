#include "testing/workload_plan.hpp"

#include <gtest/gtest.h>

#include <set>

#include "core/error.hpp"
#include "testing/workload_seed.hpp"

namespace rootseal::workload::workload_plan_test {
namespace {

std::vector<std::pair<std::size_t, std::size_t>> order(std::uint64_t seed, int launch) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  std::vector<Turn> turns;
  for (std::size_t i = 0; i < 12; ++i) {
    turns.push_back({i / 4, i % 4});
  }
  std::vector<wire::WorkloadFacts> facts(3);
  facts[1].restarts = true;
  for (const auto& turn : schedule(turns, facts, seed, launch)) {
    pairs.emplace_back(turn.workload, turn.contender);
  }
  return pairs;
}

TEST(ScheduleTest, HoldsEveryPairOnce) {
  const auto pairs = order(1, 1);
  EXPECT_EQ(pairs.size(), 12U);
  EXPECT_EQ(std::set(pairs.begin(), pairs.end()).size(), 12U);
}

TEST(ScheduleTest, SeedAndLaunchDecideTheOrder) {
  EXPECT_EQ(order(1, 1), order(1, 1));
  EXPECT_NE(order(1, 1), order(1, 2));
  EXPECT_NE(order(1, 1), order(2, 1));
}

TEST(ScheduleTest, EveryContenderIsFirstNowAndThen) {
  std::set<std::size_t> first;
  for (int launch = 0; launch < 100; ++launch) {
    first.insert(order(7, launch).front().second);
  }
  EXPECT_EQ(first.size(), 4U);
}

TEST(ScheduleTest, WhatRestartsTheServerComesLast) {
  const auto pairs = order(5, 2);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    EXPECT_EQ(pairs[i].first == 1, i >= 8) << i;
  }
}

TEST(PlanTest, GrowsWithTheSize) {
  const auto quick = plan_for("quick"), usual = plan_for("default"), full = plan_for("full");
  EXPECT_LT(quick.epochs * quick.latency, usual.epochs * usual.latency);
  EXPECT_LT(usual.epochs * usual.latency, full.epochs * full.latency);
  EXPECT_THROW(plan_for("huge"), core::UsageError);
}

TEST(PlanTest, AWorkloadMayAskForMoreEpochsButNotInQuick) {
  Shape once, thrice, recorded;
  thrice.epochs = 3;
  recorded.judged = false;
  recorded.epochs = 3;
  for (const char* size : {"quick", "default", "full"}) {
    const auto plan = plan_for(size);
    EXPECT_EQ(epochs_of(plan, once, false), plan.epochs) << size;
    EXPECT_EQ(epochs_of(plan, thrice, false), size == std::string("quick") ? plan.epochs : 3 * plan.epochs)
        << size;
    EXPECT_EQ(epochs_of(plan, thrice, true), plan.twin_epochs) << size;
    EXPECT_EQ(epochs_of(plan, recorded, false), plan.recorded_epochs) << size;
  }
}

TEST(SeedTest, IsTheSameEverywhere) {
  std::uint64_t state = 1234567;
  EXPECT_EQ(next_random(state), 6457827717110365317ULL) << "SplitMix64's published first value";
  EXPECT_EQ(next_random(state), 3203168211198807973ULL);
}

TEST(SeedTest, IsItsOwnForEveryLabelAndNumber) {
  const std::set<std::uint64_t> seeds{derived_seed(1, "a", 1), derived_seed(1, "a", 2),
                                      derived_seed(1, "b", 1), derived_seed(2, "a", 1)};
  EXPECT_EQ(seeds.size(), 4U);
}

}  // namespace
}  // namespace rootseal::workload::workload_plan_test
