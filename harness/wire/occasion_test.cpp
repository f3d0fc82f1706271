#include "wire/occasion.hpp"

#include <gtest/gtest.h>

namespace rootseal::wire::occasion_test {
namespace {

// Launches 1 to 6 in which it takes part: "123---".
std::string launches(const WorkloadFacts& facts, Occasion occasion, bool twin = false) {
  std::string text;
  for (occasion.launch = 1; occasion.launch <= 6; ++occasion.launch) {
    text += takes_part(facts, occasion, twin) ? static_cast<char>('0' + occasion.launch) : '-';
  }
  return text;
}

TEST(TakesPartTest, JudgedWorkloadsOfTheServiceAlwaysDo) {
  const WorkloadFacts judged{"select", "postgres", true, false, false};
  EXPECT_EQ(launches(judged, {"postgres", "*", "default"}), "123456");
  EXPECT_EQ(launches(judged, {"postgres", "sel*", "full"}, true), "123456");
  EXPECT_EQ(launches(judged, {"rabbitmq", "*", "default"}), "------");
  EXPECT_EQ(launches(judged, {"postgres", "pub*", "default"}), "------");
  EXPECT_EQ(launches({"start", "", true, false, false}, {"rabbitmq", "*", "default"}), "123456");
}

TEST(TakesPartTest, InQuickOnlyThoseThatAskForIt) {
  EXPECT_EQ(launches({"select", "postgres", true, false, false, true}, {"postgres", "*", "quick"}), "123456");
  EXPECT_EQ(launches({"sort", "postgres", true, false, false, false}, {"postgres", "*", "quick"}), "------");
}

TEST(TakesPartTest, RecordedOnesDoNotInQuickAndInThreeLaunchesByDefault) {
  const WorkloadFacts recorded{"dump", "postgres", false, false, false};
  EXPECT_EQ(launches(recorded, {"postgres", "*", "quick"}), "------");
  EXPECT_EQ(launches(recorded, {"postgres", "*", "default"}), "123---");
  EXPECT_EQ(launches(recorded, {"postgres", "*", "default"}, true), "------");
  EXPECT_EQ(launches(recorded, {"postgres", "*", "full"}), "123456");
  EXPECT_EQ(launches(recorded, {"postgres", "*", "full"}, true), "123456");
}

TEST(TakesPartTest, RestartsDoInThreeLaunchesAndNotOnTheTwin) {
  const WorkloadFacts restarts{"recovery", "", false, false, true};
  EXPECT_EQ(launches(restarts, {"postgres", "*", "default"}), "123---");
  EXPECT_EQ(launches(restarts, {"postgres", "*", "full"}), "123---");
  EXPECT_EQ(launches(restarts, {"postgres", "*", "full"}, true), "------");
}

TEST(TakesPartTest, OnTheTwinNotInEveryLaunchByDefault) {
  const WorkloadFacts judged{"select", "postgres", true, false, false, true};
  EXPECT_EQ(launches(judged, {"postgres", "*", "default"}, true), "1234-6");
  EXPECT_EQ(launches(judged, {"postgres", "select", "default"}, true), "1234-6");
  EXPECT_EQ(launches(judged, {"postgres", "*", "quick"}, true), "123456");
  EXPECT_EQ(launches(judged, {"postgres", "*", "full"}, true), "123456");
  EXPECT_FALSE(has_twin("default", 5));
  EXPECT_TRUE(has_twin("default", 6));
  EXPECT_TRUE(has_twin("default", 8));
  EXPECT_FALSE(has_twin("default", 9));
  EXPECT_FALSE(has_twin("default", 11));
}

TEST(TakesPartTest, WhatIsNamedDoesInEverySize) {
  const WorkloadFacts recorded{"dump", "postgres", false, false, false};
  EXPECT_EQ(launches(recorded, {"postgres", "dump", "quick"}), "123456");
  EXPECT_EQ(launches(recorded, {"postgres", "select,dump", "default"}), "123456");
  EXPECT_EQ(launches(recorded, {"postgres", "select,du*", "quick"}), "------");
}

TEST(TakesPartTest, SomeOnlyWhenNamed) {
  const WorkloadFacts shy{"tpcb", "postgres", true, true, false};
  EXPECT_EQ(launches(shy, {"postgres", "*", "default"}), "------");
  EXPECT_EQ(launches(shy, {"postgres", "tpc?", "default"}), "------");
  EXPECT_EQ(launches(shy, {"postgres", "tpcb", "default"}), "123456");
}

}  // namespace
}  // namespace rootseal::wire::occasion_test
