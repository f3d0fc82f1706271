#include "engine/docker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "core/error.hpp"
#include "engine/container.hpp"
#include "process/fake_runner.hpp"

namespace rootseal::engine::docker_test {
namespace {

using process::FakeRunner;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const char* const kVersion =
    R"({"Client":{"Version":"28.2.2"},"Server":{"Version":"20.10.24","Components":[]}})";
const char* const kInfo = R"({"Driver":"overlay2","CgroupVersion":"1","DefaultRuntime":"runc"})";

class DockerTest : public ::testing::Test {
 protected:
  DockerTest() { ::unsetenv("ROOTSEAL_COMPOSE"); }
  ~DockerTest() override { ::unsetenv("ROOTSEAL_COMPOSE"); }
  void engine_answers() {
    runner_.on("docker version", kVersion);
    runner_.on("docker info", kInfo);
  }
  std::string refusal() {
    try {
      const Docker docker(runner_);
    } catch (const core::HarnessError& error) {
      return error.what();
    }
    return "";
  }
  FakeRunner runner_;
};

TEST_F(DockerTest, PrefersComposeOfVersionTwo) {
  engine_answers();
  runner_.on("docker compose version", "v2.26.1-4\n");
  const Docker docker(runner_);
  EXPECT_THAT(docker.compose(), ElementsAre("docker", "compose"));
  EXPECT_EQ(docker.environment().compose, "v2 2.26.1-4");
  EXPECT_GT(docker.environment().cpus, 0);
  EXPECT_GT(docker.environment().memory, 1U << 20U);
  EXPECT_FALSE(docker.environment().kernel.empty());
}

TEST_F(DockerTest, FallsBackToComposeOfVersionOne) {
  engine_answers();
  runner_.on("docker compose version", "", 1, "docker: unknown command: docker compose\n");
  runner_.on("docker-compose version", "1.29.2\n");
  const Docker docker(runner_);
  EXPECT_THAT(docker.compose(), ElementsAre("docker-compose"));
  EXPECT_EQ(docker.environment().compose, "v1 1.29.2");
}

TEST_F(DockerTest, PrefersItsOwnComposeToVersionOne) {
  engine_answers();
  runner_.on("docker compose version", "", 1, "docker: unknown command: docker compose\n");
  runner_.on("/own/docker-compose version", "2.26.1-4\n");
  runner_.on("docker-compose version", "1.29.2\n");
  const Docker docker(runner_, Docker::Ask::everything, "/own/docker-compose");
  EXPECT_THAT(docker.compose(), ElementsAre("/own/docker-compose"));
  EXPECT_EQ(docker.environment().compose, "v2 2.26.1-4");
}

TEST_F(DockerTest, TheVariableOverridesWhatIsFound) {
  engine_answers();
  ::setenv("ROOTSEAL_COMPOSE", "/opt/compose", 1);
  runner_.on("/opt/compose version --short", "2.30.0\n");
  EXPECT_THAT(Docker(runner_).compose(), ElementsAre("/opt/compose"));
}

TEST_F(DockerTest, AVariableThatNamesNoComposeIsRefusedByName) {
  engine_answers();
  ::setenv("ROOTSEAL_COMPOSE", "/bin/true", 1);
  runner_.on("/bin/true", "");
  EXPECT_THAT(refusal(), ::testing::AllOf(HasSubstr("/bin/true"), HasSubstr("ROOTSEAL_COMPOSE")));
}

TEST_F(DockerTest, WithoutAnEngineItSaysHowToStartOne) {
  runner_.on(
      "docker version", R"({"Client":{"Version":"28.2.2"},"Server":null})", 1,
      "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n");
  EXPECT_EQ(refusal(),
            "docker: asking for the engine: Cannot connect to the Docker daemon at "
            "unix:///var/run/docker.sock. Is the "
            "docker daemon running?; start it with 'scripts/setup.sh', or set DOCKER_HOST");
}

TEST_F(DockerTest, WithoutAClientItSaysSo) {
  runner_.on("docker version", [](const process::Command&) -> process::Outcome {
    throw core::HarnessError({"starting a program", "docker", "not found in PATH (/bin)", ""});
  });
  EXPECT_THAT(refusal(),
              ::testing::AllOf(HasSubstr("not found in PATH (/bin)"), HasSubstr("scripts/setup.sh")));
}

TEST_F(DockerTest, WithoutComposeItNamesBothWaysToGetIt) {
  engine_answers();
  runner_.on("docker compose version", "", 1);
  runner_.on("docker-compose version", "", 127);
  EXPECT_THAT(refusal(), ::testing::AllOf(HasSubstr("plug-in"), HasSubstr("Debian's docker-compose")));
}

TEST_F(DockerTest, TheReaperAsksNothing) {
  EXPECT_TRUE(Docker(runner_, Docker::Ask::nothing).compose().empty());
  EXPECT_TRUE(runner_.calls().empty());
}

TEST_F(DockerTest, AnImageThatIsNotHereIsAValueAndABrokenEngineIsAFault) {
  const Docker docker(runner_, Docker::Ask::nothing);
  runner_.on("docker image inspect --format {{json .}} absent", "[]", 1,
             "Error response from daemon: no such image: absent: No such image: absent:latest\n");
  runner_.on("docker image inspect --format {{json .}} broken", "", 1,
             "Cannot connect to the Docker daemon\n");
  EXPECT_EQ(docker.image("absent"), std::nullopt);
  EXPECT_THROW((void)docker.image("broken"), core::HarnessError);
}

class ExecTest : public DockerTest {
 protected:
  void state_is(const std::string& running) {
    runner_.on("docker inspect", R"({"State":{"Running":)" + running + R"(,"Pid":1,"ExitCode":0}})");
  }
  Docker docker_{runner_, Docker::Ask::nothing};
  Container container_{docker_, "c62f"};
};

TEST_F(ExecTest, AlwaysGivesUidAndGidAndKeepsValuesOffTheCommandLine) {
  process::Command seen;
  runner_.on("docker exec", [&](const process::Command& command) {
    seen = command;
    return process::Outcome{};
  });
  Exec exec;
  exec.argv = {"psql", "-c", "a b"};
  exec.user = {999, 998};
  exec.input = "x";
  exec.environment = {{"PGPASSWORD", "secret"}, {"PATH", "/bin"}};
  exec.workdir = "/tmp";
  container_.exec(exec);
  EXPECT_THAT(seen.argv, ElementsAre("docker", "exec", "-u", "999:998", "-i", "-w", "/tmp", "-e", "PATH=/bin",
                                     "-e", "PGPASSWORD", "c62f", "psql", "-c", "a b"));
  EXPECT_EQ(seen.environment, (std::map<std::string, std::string>{{"PGPASSWORD", "secret"}}));
  EXPECT_EQ(seen.input, "x");
}

TEST_F(ExecTest, WhatHappensInsideIsAValueEvenIfItSpeaksLikeTheEngine) {
  runner_.on("docker exec", "", 1, "Error response from daemon: Container c62f is not running\n");
  state_is("true");
  EXPECT_EQ(container_.exec({{"true"}, {}, "", {}, "", core::Milliseconds(1)}).exit_code, 1);
}

TEST_F(ExecTest, AContainerThatDoesNotRunIsAFault) {
  runner_.on("docker exec", "", 1, "Error response from daemon: Container c62f is not running\n");
  state_is("false");
  EXPECT_THROW(container_.exec({{"true"}, {}, "", {}, "", core::Milliseconds(1)}), core::HarnessError);
}

}  // namespace
}  // namespace rootseal::engine::docker_test
