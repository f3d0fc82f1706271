#include <gmock/gmock.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>

#include "core/cancel.hpp"
#include "core/error.hpp"
#include "core/places.hpp"
#include "engine/files.hpp"
#include "engine/integration/fixture.hpp"
#include "engine/proc.hpp"
#include "engine/resources.hpp"

namespace rootseal::engine::compose_test {
namespace {

using ::testing::HasSubstr;

// Once with the Compose that is found, once with each version.
class ComposeTest : public EngineFixture, public ::testing::WithParamInterface<const char*> {
 protected:
  ComposeTest() {
    ::unsetenv("ROOTSEAL_COMPOSE");
    const std::string program = GetParam();
    const bool of_the_project = program.starts_with("build/");
    const std::string path = of_the_project ? (core::project_folder() / program).string() : program;
    if (!path.empty()) ::setenv("ROOTSEAL_COMPOSE", path.c_str(), 1);
    try {
      chosen_ = std::make_unique<Docker>(runner_);
    } catch (const core::HarnessError& error) {
      why_not_ = error.what();
    }
    ::unsetenv("ROOTSEAL_COMPOSE");
  }
  void SetUp() override {
    if (!chosen_) GTEST_SKIP() << why_not_;
    std::cout << "Compose " << chosen_->environment().compose << "\n";
  }
  template <typename Action>
  static void timed(const char* what, Action action) {
    const auto began = std::chrono::steady_clock::now();
    action();
    std::cout << what << ": " << core::in_seconds(std::chrono::steady_clock::now() - began) << "\n";
  }
  std::size_t left() { return labelled(docker_, run_.str()).size(); }

  std::unique_ptr<Docker> chosen_;
  std::string why_not_;
};

TEST_P(ComposeTest, EverythingThatIsUpIsLabelledAndDownLeavesNothing) {
  ProjectSpec plan = spec("plain");
  plan.read_only_binds = {folder_.string() + ":/tools"};
  plan.service_environment = {{"MARK", "a$b"}};
  plan.override_texts = {"services: {server: {environment: {WORD: another}}}"};
  ComposeProject project(*chosen_, plan);
  timed("up", [&] { project.up(); });
  int kinds[3] = {};
  for (const Resource& resource : labelled(docker_, run_.str())) {
    ++kinds[static_cast<int>(resource.kind)];
    EXPECT_EQ(resource.stack, "tiny/plain") << resource.name;
    EXPECT_EQ(resource.owner, "1:2:test") << resource.name;
    EXPECT_FALSE(resource.kept);
  }
  EXPECT_THAT(kinds, ::testing::ElementsAre(1, 1, 1));
  const State state = project.container().state();
  EXPECT_TRUE(state.running);
  EXPECT_TRUE(state.readonly_rootfs);
  ASSERT_EQ(state.anonymous_volumes.size(), 1U);
  EXPECT_THAT(state.volumes, ::testing::Contains(project.volume("data")));
  EXPECT_THROW((void)project.volume("nothing"), core::HarnessError);
  const Exec ask{
      {"sh", "-c", "printf %s:%s \"$MARK\" \"$WORD\""}, {}, "", {}, "", core::Milliseconds(10'000)};
  EXPECT_EQ(project.container().exec(ask).out, "a$b:another");
  const int pid = project.container().pid();
  EXPECT_EQ(pid, state.pid);
  project.container().pin("0");
  EXPECT_THAT(read_text("/proc/" + std::to_string(pid) + "/status").value_or(""),
              ::testing::HasSubstr("Cpus_allowed_list:\t0\n"));
  EXPECT_FALSE(mount_of(project.container().mounts(), "/tools")->writable());
  EXPECT_TRUE(Files(project.container()).stat("/tools/compose.yaml"));
  timed("down", [&] { project.down(); });
  EXPECT_EQ(left(), 0U);
  EXPECT_FALSE(docker_.run({"volume", "inspect", state.anonymous_volumes[0]}).ok());
  project.down();
}

TEST_P(ComposeTest, AReplacedVolumeIsMountedAndOutlivesTheProject) {
  const std::string name = "rootseal-test-" + run_.suffix() + "-prepared";
  docker_.create_volume(name, {{kRunLabel, run_.str()}});
  ProjectSpec plan = spec("replaced");
  plan.volumes = {{"data", name}};
  ComposeProject project(*chosen_, plan);
  project.up();
  EXPECT_EQ(project.volume("data"), name);
  EXPECT_THAT(project.container().state().volumes, ::testing::Contains(name));
  EXPECT_EQ(
      project.container().exec({{"touch", "/data/x"}, {}, "", {}, "", core::Milliseconds(10'000)}).exit_code,
      0);
  project.down();
  EXPECT_TRUE(docker_.run({"volume", "inspect", name}).ok());
  EXPECT_EQ(left(), 1U);
}

TEST_P(ComposeTest, AContainerMadeAnewHasTheNamedVolumeAndNothingElseOfTheOldOne) {
  ComposeProject project(*chosen_, spec("anew"));
  EXPECT_THROW(project.recreate(), core::HarnessError);
  project.up();
  const Container old = project.container();
  const auto touch = [&](const std::string& path) {
    return old.exec({{"touch", path}, {}, "", {}, "", core::Milliseconds(10'000)}).ok();
  };
  ASSERT_TRUE(touch("/data/x") && touch("/anonymous/x") && touch("/run/x"));
  const auto orphans = old.state().anonymous_volumes;
  ASSERT_EQ(orphans.size(), 1U);
  timed("recreate", [&] { project.recreate(); });
  EXPECT_NE(project.container().id(), old.id());
  EXPECT_FALSE(docker_.run({"volume", "inspect", orphans.front()}).ok()) << "nobody would remove it any more";
  EXPECT_FALSE(docker_.run({"inspect", old.id()}).ok());
  const Files files(project.container());
  EXPECT_TRUE(files.stat("/data/x"));
  EXPECT_FALSE(files.stat("/anonymous/x"));
  EXPECT_FALSE(files.stat("/run/x"));
  project.down();
  EXPECT_EQ(docker_
                .run({"volume", "ls", "--quiet", "--filter", "dangling=true", "--filter",
                      "label=" + std::string(kRunLabel) + "=" + run_.str()})
                .out,
            "");
  EXPECT_EQ(left(), 0U);
}

TEST_P(ComposeTest, AHeldVolumeInMemoryKeepsItsContentAndItsLimit) {
  const std::string name = "rootseal-test-" + run_.suffix() + "-small";
  const std::map<std::string, std::string> labels{{kRunLabel, run_.str()}};
  docker_.create_volume(name, labels, {{"type", "tmpfs"}, {"device", "tmpfs"}, {"o", "size=1m,noexec"}});
  const std::string holder = docker_.hold_volume(name, kTinyImage, labels);
  ProjectSpec plan = spec("small");
  plan.volumes = {{"data", name}};
  ComposeProject project(*chosen_, plan);
  project.up();
  const auto write = [&](const std::string& file, int kilobytes) {
    return project.container()
        .exec({{"dd", "if=/dev/zero", "of=/data/" + file, "bs=1024", "count=" + std::to_string(kilobytes)},
               {},
               "",
               {},
               "",
               core::Milliseconds(10'000)})
        .ok();
  };
  EXPECT_TRUE(write("kept", 100));
  EXPECT_FALSE(write("too-much", 2'000));
  project.container().stop(core::Milliseconds(0));
  project.container().start();
  EXPECT_TRUE(Files(project.container()).stat("/data/kept"));
  project.down();
  docker_.must({"rm", "--force", holder}, "removing", holder);
  docker_.must({"volume", "rm", name}, "removing", name);
}

TEST_P(ComposeTest, TheDestructorTakesDownInSpiteOfCancellation) {
  {
    ComposeProject project(*chosen_, spec("cancelled"));
    project.up();
    core::request_cancel();
  }
  EXPECT_TRUE(core::cancelled());
  core::reset_cancel();
  EXPECT_EQ(left(), 0U);
}

TEST_P(ComposeTest, AFailedUpSaysWhyAndLeavesNothing) {
  ProjectSpec first_plan = spec("first");
  ComposeProject first(*chosen_, first_plan);
  first.up();
  const Endpoint taken = first.container().published(5432);
  {
    ProjectSpec plan = spec("second");
    plan.override_texts = {"services: {server: {ports: ['127.0.0.1:" + std::to_string(taken.port) +
                           ":5432']}}"};
    ComposeProject second(*chosen_, plan);
    try {
      second.up();
      FAIL() << "no exception";
    } catch (const core::HarnessError& error) {
      EXPECT_THAT(error.what(), ::testing::AllOf(HasSubstr("tiny/second: bringing it up"),
                                                 HasSubstr("port is already allocated")));
    }
    EXPECT_THROW((void)second.container(), core::HarnessError);
  }
  for (const Resource& resource : labelled(docker_, run_.str())) EXPECT_EQ(resource.stack, "tiny/first");
}

TEST_P(ComposeTest, AVariableThatIsNotGivenIsNamed) {
  ProjectSpec plan = spec("unset");
  plan.environment.clear();
  ComposeProject project(*chosen_, plan);
  try {
    project.up();
    FAIL() << "no exception";
  } catch (const core::HarnessError& error) {
    EXPECT_THAT(error.what(), HasSubstr("TINY_IMAGE"));
  }
}

TEST_P(ComposeTest, AProjectOfThatNameIsNotTakenOver) {
  ComposeProject project(*chosen_, spec("once"));
  project.up();
  {
    ComposeProject again(*chosen_, spec("once"));
    EXPECT_THROW(again.up(), core::HarnessError);
  }
  EXPECT_TRUE(project.container().state().running);
}

TEST_P(ComposeTest, AKeptProjectStays) {
  {
    ComposeProject project(*chosen_, spec("kept"));
    project.up();
    project.keep();
  }
  EXPECT_EQ(left(), 3U);
}

INSTANTIATE_TEST_SUITE_P(Found, ComposeTest, ::testing::Values(""));
INSTANTIATE_TEST_SUITE_P(VersionOne, ComposeTest, ::testing::Values("docker-compose"));
// Where scripts/setup.sh --compose-v2 puts it.
INSTANTIATE_TEST_SUITE_P(VersionTwo, ComposeTest,
                         ::testing::Values("build/tools/cli-plugins/docker-compose"));

}  // namespace
}  // namespace rootseal::engine::compose_test
