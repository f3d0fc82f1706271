#include "engine/inspect.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"

namespace rootseal::engine::inspect_test {
namespace {

using ::testing::ElementsAre;

// Engine 20.10, shortened.
const char* const kContainer = R"({"Id":"c62f","State":{"Status":"running","Running":true,"Paused":false,
"Restarting":false,"OOMKilled":false,"Dead":false,"Pid":1874,"ExitCode":0,"Error":"",
"StartedAt":"2026-11-23T20:07:13.014643281Z","FinishedAt":"0001-01-01T00:00:00Z"},
"HostConfig":{"ReadonlyRootfs":true},
"GraphDriver":{"Data":{"UpperDir":"/var/lib/docker/overlay2/f356/diff"},"Name":"overlay2"},
"Mounts":[{"Type":"volume","Name":"capvol","Source":"/v/capvol/_data","Destination":"/data"},
{"Type":"bind","Source":"/home/x","Destination":"/x"},
{"Type":"volume","Name":"f822d361ace76e0823591df316e21ab1af3276a41c0e0f66aec3a2f6e3e57e1f","Destination":"/anon"}],
"NetworkSettings":{"Ports":{"5432/tcp":[{"HostIp":"127.0.0.1","HostPort":"32795"}],"5671/tcp":null,
"53/udp":[{"HostIp":"0.0.0.0","HostPort":"53"}],"5672/tcp":[{"HostIp":"0.0.0.0","HostPort":"40000"}]}}})";

TEST(InspectTest, ReadsTheStateOfAContainer) {
  const State state = parse_container(kContainer).state;
  EXPECT_TRUE(state.running);
  EXPECT_EQ(state.pid, 1874);
  EXPECT_TRUE(state.readonly_rootfs);
  EXPECT_EQ(state.upper_dir, "/var/lib/docker/overlay2/f356/diff");
  EXPECT_THAT(state.volumes,
              ElementsAre("capvol", "f822d361ace76e0823591df316e21ab1af3276a41c0e0f66aec3a2f6e3e57e1f"));
  EXPECT_THAT(state.anonymous_volumes,
              ElementsAre("f822d361ace76e0823591df316e21ab1af3276a41c0e0f66aec3a2f6e3e57e1f"));
}

TEST(InspectTest, ReadsPublishedTcpPortsAsReachableFromHere) {
  const auto published = parse_container(kContainer).published;
  ASSERT_EQ(published.size(), 2U);
  EXPECT_EQ(published.at(5432).host, "127.0.0.1");
  EXPECT_EQ(published.at(5432).port, 32795);
  EXPECT_EQ(published.at(5672).host, "127.0.0.1");
}

TEST(InspectTest, AStoppedContainerOfADriverWithoutLayersIsUnderstood) {
  const auto inspection = parse_container(
      R"({"State":{"Running":false,"Pid":0,"ExitCode":137,"OOMKilled":true},"GraphDriver":{"Data":null},
          "Mounts":null,"NetworkSettings":{"Ports":null}})");
  EXPECT_FALSE(inspection.state.running);
  EXPECT_TRUE(inspection.state.oom_killed);
  EXPECT_EQ(inspection.state.exit_code, 137);
  EXPECT_EQ(inspection.state.upper_dir, "");
  EXPECT_TRUE(inspection.published.empty());
}

TEST(InspectTest, AnAnswerThatIsNotUnderstoodIsAFault) {
  EXPECT_THROW(parse_container(""), core::HarnessError);
  EXPECT_THROW(parse_container("{}"), core::HarnessError);
  EXPECT_THROW(parse_container(R"({"State":{"Running":true,"Pid":"x","ExitCode":0}})"), core::HarnessError);
}

TEST(InspectTest, ReadsWhatAnImageSays) {
  const ImageFacts facts = parse_image(
      R"({"Id":"sha256:81","RepoDigests":["db@sha256:7"],"Config":{"Env":["PG_VERSION=15.14","EMPTY=","A=b=c"],"Labels":{"x":"y"}}})");
  EXPECT_EQ(facts.id, "sha256:81");
  EXPECT_THAT(facts.registry_digests, ElementsAre("db@sha256:7"));
  EXPECT_EQ(facts.environment.at("PG_VERSION"), "15.14");
  EXPECT_EQ(facts.environment.at("EMPTY"), "");
  EXPECT_EQ(facts.environment.at("A"), "b=c");
  EXPECT_EQ(facts.labels.at("x"), "y");
  EXPECT_TRUE(parse_image(R"({"Id":"sha256:81","Config":{"Env":null,"Labels":null}})").labels.empty());
}

TEST(InspectTest, ReadsTheEnvironment) {
  const record::Environment environment = parse_engine(
      R"({"Client":{"Version":"28.2.2"},"Server":{"Components":[{"Name":"Engine","Version":"20.10.24+dfsg1"},
          {"Name":"runc","Version":"1.1.5+ds1"}],"Version":"20.10.24+dfsg1"}})",
      R"json({"Driver":"overlay2","CgroupVersion":"1","OperatingSystem":"Debian GNU/Linux 12 (bookworm)",
          "DefaultRuntime":"runc","SecurityOptions":["name=seccomp,profile=default","name=apparmor"]})json");
  EXPECT_EQ(environment.docker, "20.10.24+dfsg1");
  EXPECT_EQ(environment.docker_client, "28.2.2");
  EXPECT_EQ(environment.runtime, "runc 1.1.5+ds1");
  EXPECT_EQ(environment.storage_driver, "overlay2");
  EXPECT_EQ(environment.cgroup, "v1");
  EXPECT_THAT(environment.lsm, ElementsAre("seccomp", "apparmor"));
  EXPECT_EQ(environment.os, "Debian GNU/Linux 12 (bookworm)");
}

}  // namespace
}  // namespace rootseal::engine::inspect_test
