#include "testing/workload_placement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "core/error.hpp"
#include "testing/workload_netns.hpp"

namespace rootseal::workload::workload_placement_test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

PlacementFacts good() { return {{0}, {1}, "", {0}, {Cpus{1}, Cpus{1}}, ""}; }

TEST(PlacementTest, SaysWhereClientAndServersAre) {
  const auto placement = judge_placement(good());
  EXPECT_TRUE(placement.pinned);
  EXPECT_EQ(placement.text, "client 0, servers 1, kept awake");
}

TEST(PlacementTest, ARefusalIsUnpinnedAndSaysWhy) {
  auto facts = good();
  facts.refused = "pinning the client to 0: Operation not permitted";
  facts.client = {0, 1};
  const auto placement = judge_placement(facts);
  EXPECT_FALSE(placement.pinned);
  EXPECT_EQ(placement.text,
            "unpinned: pinning the client to 0: Operation not permitted; client 0-1, servers 1, kept awake");
}

TEST(PlacementTest, AServerElsewhereIsUnpinned) {
  auto facts = good();
  facts.servers[1] = {0, 1};
  EXPECT_EQ(judge_placement(facts).text,
            "unpinned: the servers were to be on 1; client 0, servers 1 (baseline) and 0-1 (contender), kept "
            "awake");
}

TEST(PlacementTest, SharedCoresAreUnpinned) {
  PlacementFacts facts{{0, 1}, {1}, "", {0, 1}, {Cpus{1}, Cpus{1}}, ""};
  EXPECT_THAT(judge_placement(facts).text, StartsWith("unpinned: client and servers share cores"));
}

TEST(PlacementTest, WithoutWantedCoresNothingIsPinned) {
  EXPECT_THAT(judge_placement({{}, {}, "", {0}, {Cpus{0}, Cpus{0}}, ""}).text,
              StartsWith("unpinned: no cores were given"));
}

TEST(PlacementTest, CoresAreWrittenAsRanges) {
  EXPECT_EQ(cpus_text({0, 1, 2, 5, 7, 8}), "0-2,5,7-8");
  EXPECT_EQ(cpus_text({}), "none");
}

TEST(PlacementTest, AThreadIsWhereItWasPinned) {
  std::thread([] {
    const Cpus before = affinity_of(0);
    ASSERT_FALSE(before.empty());
    EXPECT_EQ(pin_this_thread({before.back()}), "");
    EXPECT_EQ(affinity_of(0), Cpus{before.back()});
    EXPECT_THAT(pin_this_thread({1000}), HasSubstr("pinning the client to 1000: "));
    EXPECT_EQ(pin_this_thread({-1}), "there is no core -1");
  }).join();
}

TEST(NetworkTest, AnotherProcessThanTheContainersIsNotEntered) {
  EXPECT_THAT(why_no_network_of(::getpid(), "0123456789abcdef"), HasSubstr("the engine runs elsewhere"));
  EXPECT_THAT(why_no_network_of(0, "0123456789abcdef"), HasSubstr("the engine runs elsewhere"));
}

TEST(NetworkTest, WhatCannotBeEnteredIsNamed) {
  bool ran = false;
  try {
    in_network_of(0, "a stack", [&] { ran = true; });
    FAIL();
  } catch (const core::HarnessError& error) {
    EXPECT_THAT(error.what(), HasSubstr("/proc/0/ns/net"));
    EXPECT_THAT(error.what(), HasSubstr("a stack"));
  }
  EXPECT_FALSE(ran);
}

TEST(PlacementTest, SaysWhyCoresMaySleepWithoutCallingItUnpinned) {
  PlacementFacts facts = good();
  facts.asleep = "/dev/cpu_dma_latency: Permission denied";
  const auto placement = judge_placement(facts);
  EXPECT_TRUE(placement.pinned);
  EXPECT_EQ(placement.text, "client 0, servers 1, cores may sleep: /dev/cpu_dma_latency: Permission denied");
}

}  // namespace
}  // namespace rootseal::workload::workload_placement_test
