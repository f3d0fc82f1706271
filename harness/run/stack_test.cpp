#include "run/stack.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "core/error.hpp"
#include "process/fake_runner.hpp"
#include "run/fake_database.hpp"

namespace rootseal::run::stack_test {
namespace {

TEST(StartFailureTest, NamesThePathOfTheFirstRefusedWrite) {
  const auto failure = read_start_failure(
      "2026-11-23 LOG:  starting\n"
      "FATAL:  could not create lock file \"/run/example/.s.lock\": Read-only file system\n"
      "LOG:  database system is shut down\n");
  EXPECT_EQ(failure.path, "/run/example/.s.lock");
  EXPECT_NE(failure.message.find("could not create lock file"), std::string::npos);
}

TEST(StartFailureTest, PrefersTheLastRefusalThatNamesAPath) {
  const auto failure = read_start_failure(
      "chmod: '/harmless': Read-only file system\nopen '/a/b': Permission denied\nbye: Operation not "
      "permitted\n");
  EXPECT_EQ(failure.path, "/a/b");
}

TEST(StartFailureTest, ReadsAPathOutOfATermThatIsPrintedAsText) {
  const auto failure =
      read_start_failure(R"(Kernel pid terminated ("{failure,{cannot_log,\"/var/log/a b@c.log\",erofs}}"))"
                         "\r\n");
  EXPECT_EQ(failure.path, "/var/log/a b@c.log");
  EXPECT_TRUE(failure.message.ends_with("erofs}}\")")) << failure.message;
}

TEST(StartFailureTest, FallsBackToTheLastLine) {
  const auto failure = read_start_failure("one\ntwo\n\n");
  EXPECT_EQ(failure.message, "two");
  EXPECT_TRUE(failure.path.empty());
}

TEST(StartFailureTest, EscapesWhatAContainerPrinted) {
  EXPECT_EQ(read_start_failure("bad \x1b[31m Read-only file system").message,
            "bad \\x1b[31m Read-only file system");
}

// An engine of which only the answer to `compose up` differs.
class BringingUpTest : public testing::Test {
 protected:
  BringingUpTest() {
    ::unsetenv("ROOTSEAL_COMPOSE");
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "compose.yaml") << "services: {server: {image: db}}\n";
    runner_.on("docker version",
               R"({"Client":{"Version":"28.2.2"},"Server":{"Version":"20.10.24","Components":[]}})");
    runner_.on("docker info", R"({"Driver":"overlay2","CgroupVersion":"1","DefaultRuntime":"runc"})");
    runner_.on("docker compose version", "2.26.1\n");
    runner_.on("docker compose --ansi", [this](const process::Command&) { return up_; });
    runner_.on("docker ps --all --quiet", "");
    runner_.on("docker ps --all --no-trunc", [this](const process::Command&) {
      process::Outcome listed;
      if (made_) listed.out = "c62f\tserver\trun\towner\tdb-7/sealed\t\n";
      return listed;
    });
    runner_.on("docker rm", [this](const process::Command&) {
      made_ = false;
      return process::Outcome();
    });
    runner_.on("docker network ls", "");
    runner_.on("docker volume ls", "");
  }
  ~BringingUpTest() override { std::filesystem::remove_all(folder_); }

  // What it is to blame on: "server: ..." or "environment: ...".
  std::string blamed() {
    try {
      return "server: " + row(spec()).start_error;
    } catch (const core::HarnessError& error) {
      return std::string("environment: ") + error.what();
    }
  }

  StackSpec spec() const {
    record::Image image;
    image.version = "7";
    profile::Profile profile;
    profile.service = "db";
    profile.name = "sealed";
    profile.role = profile::Role::candidate;
    profile.files = {folder_ / "compose.yaml"};
    return spec_of_service(&database_, image, profile);
  }
  record::Stack row(const StackSpec& spec) {
    const engine::Docker docker(runner_);
    Workshop workshop(docker, paths_, core::RunId::make(), folder_, folder_);
    return workshop.start(spec)->row();
  }

  std::filesystem::path folder_ =
      testing::TempDir() + "bringing-up-" + std::to_string(::getpid());  // tests run side by side
  Paths paths_{folder_, folder_, folder_};                               // outlives the workshop
  process::FakeRunner runner_;
  Database database_;
  process::Outcome up_;
  bool made_ = true;
};

TEST_F(BringingUpTest, ARuntimeThatRefusesTheContainerIsBlamedOnTheProfile) {
  up_.exit_code = 1;
  up_.err = "OCI runtime create failed: mount through a link\n";
  EXPECT_THAT(blamed(), testing::AllOf(testing::StartsWith("server: db-7/sealed: bringing it up: "),
                                       testing::HasSubstr("mount through a link")));
}

TEST_F(BringingUpTest, AnEngineThatMakesNoContainerIsTheEnvironment) {
  up_.exit_code = 1;
  made_ = false;
  EXPECT_THAT(blamed(), testing::StartsWith("environment: db-7/sealed: bringing it up: "));
}

// The container is there, but nobody knows whether the server had its chance.
TEST_F(BringingUpTest, AComposeThatDoesNotEndIsTheEnvironmentAndSaysWhatToDo) {
  up_.timed_out = true;
  up_.signal = 9;
  up_.took = std::chrono::seconds(180);
  EXPECT_THAT(blamed(), testing::AllOf(testing::StartsWith("environment: db-7/sealed: bringing it up: "),
                                       testing::HasSubstr("docker compose up: no end within 180.000 s"),
                                       testing::HasSubstr("nothing is known about the server"),
                                       testing::HasSubstr("'rootseal doctor'")));
}

TEST_F(BringingUpTest, AComposeThatIsKilledIsTheEnvironment) {
  up_.signal = 9;
  EXPECT_THAT(blamed(), testing::AllOf(testing::StartsWith("environment: db-7/sealed: bringing it up: "),
                                       testing::HasSubstr("killed by signal 9")));
}

TEST_F(BringingUpTest, OnlyACandidateAsItIsKeepsItsFiles) {
  up_.exit_code = 1;
  up_.err = "OCI runtime create failed\n";
  const auto kept = row(spec()).files;
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].name, "db/compose.yaml");
  EXPECT_EQ(kept[0].text, "services: {server: {image: db}}\n");
  made_ = true;
  auto more = spec();
  more.overrides = {"services: {server: {read_only: false}}\n"};
  EXPECT_TRUE(row(more).files.empty()) << "they are not the whole";
  made_ = true;
  auto control = spec();
  control.profile.role = profile::Role::control;
  EXPECT_TRUE(row(control).files.empty());
}

}  // namespace
}  // namespace rootseal::run::stack_test
