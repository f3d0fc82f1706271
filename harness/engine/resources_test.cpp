#include "engine/resources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "engine/reaper.hpp"
#include "process/fake_runner.hpp"

namespace rootseal::engine::resources_test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ResourcesTest : public ::testing::Test {
 protected:
  // What `docker ps`, `network ls` and `volume ls` say, one after the other.
  void engine_has(std::vector<std::string> containers) {
    runner_.on("docker ps", [this, containers, calls = 0U](const process::Command&) mutable {
      process::Outcome outcome;
      outcome.out = calls < containers.size() ? containers[calls] : "";
      ++calls;
      return outcome;
    });
    runner_.on("docker network ls", "");
    runner_.on("docker volume ls", "");
  }
  std::vector<std::string> removals() {
    std::vector<std::string> out;
    for (const std::string& call : runner_.calls()) {
      if (call.find(" rm ") != std::string::npos) out.push_back(call);
    }
    return out;
  }
  process::FakeRunner runner_;
  Docker docker_{runner_, Docker::Ask::nothing};
  core::Deadline soon_ = core::Deadline::after(core::Milliseconds(1'500));
};

TEST_F(ResourcesTest, ReadsLabelsOfWhatIsListed) {
  engine_has({"c1\tp_server_1\trun-1\t12:34:boot\tpostgres-15/readonly\ttrue\n"});
  const auto found = labelled(docker_, "run-1");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].id, "c1");
  EXPECT_EQ(found[0].owner, "12:34:boot");
  EXPECT_EQ(found[0].stack, "postgres-15/readonly");
  EXPECT_TRUE(found[0].kept);
  for (const std::string& call : runner_.calls()) {
    EXPECT_NE(call.find("--filter label=dev.rootseal.run=run-1 "), std::string::npos) << call;
  }
}

TEST_F(ResourcesTest, RemovesContainersThenNetworksThenVolumes) {
  runner_.on("docker", "");
  remove(docker_, {{Resource::Kind::volume, "v", "v", "r", "", "", false},
                   {Resource::Kind::network, "n", "n", "r", "", "", false},
                   {Resource::Kind::container, "c", "c", "r", "", "", false},
                   {Resource::Kind::container, "d", "d", "r", "", "", false}});
  EXPECT_THAT(runner_.calls(), ElementsAre("docker rm --force --volumes c d", "docker network rm n",
                                           "docker volume rm --force v"));
}

TEST_F(ResourcesTest, WhatSomebodyElseRemovedIsGoneAndWhatIsRefusedIsNamed) {
  runner_.on("docker rm", "", 1, "Error response from daemon: No such container: c\n");
  runner_.on("docker network", "", 1,
             "Error response from daemon: network n has active endpoints\nexit status 1\n");
  const Removal removal = remove(docker_, {{Resource::Kind::network, "n", "n", "r", "", "", false},
                                           {Resource::Kind::container, "c", "c", "r", "", "", false}});
  EXPECT_EQ(removal.containers, 1);
  EXPECT_EQ(removal.networks, 0);
  EXPECT_THAT(removal.failed, ElementsAre("Error response from daemon: network n has active endpoints"));
}

TEST_F(ResourcesTest, SweepsUntilNothingCameBack) {
  engine_has({"c1\ta\tr\t\t\t\n", "", "c2\tb\tr\t\t\t\n", "", ""});
  runner_.on("docker rm", "");
  const Removal removal = remove_run(docker_, "r", soon_, 2);
  EXPECT_EQ(removal.containers, 2);
  EXPECT_THAT(removal.failed, IsEmpty());
  EXPECT_THAT(removals(), ElementsAre("docker rm --force --volumes c1", "docker rm --force --volumes c2"));
}

TEST_F(ResourcesTest, SaysWhatIsLeftAtTheDeadline) {
  engine_has(std::vector<std::string>(100, "c1\ta\tr\t\t\t\n"));
  runner_.on("docker rm", "", 1, "Error response from daemon: device busy\n");
  EXPECT_THAT(remove_run(docker_, "r", core::Deadline::after(core::Milliseconds(300)), 2).failed,
              ElementsAre("Error response from daemon: device busy"));
}

TEST(ReaperTest, DeletesOnlyFoldersOfTheRunBelowTheTemporaryOnes) {
  const std::string run = "20261123T194500Z-3f9a2c";
  EXPECT_TRUE(removable("/tmp/rootseal-" + run, run, "/tmp"));
  EXPECT_FALSE(removable("/tmp/rootseal-another", run, "/tmp"));
  EXPECT_FALSE(removable("/etc/" + run, run, "/tmp"));
  EXPECT_FALSE(removable("/tmp/../etc/" + run, run, "/tmp"));
  EXPECT_FALSE(removable("/tmp/" + run + "/..", run, "/tmp"));
  EXPECT_FALSE(removable("/tmp/x", "", "/tmp"));
}

}  // namespace
}  // namespace rootseal::engine::resources_test
