#include <gmock/gmock.h>

#include "core/error.hpp"
#include "engine/counters.hpp"
#include "engine/files.hpp"
#include "engine/integration/fixture.hpp"
#include "engine/resources.hpp"

namespace rootseal::engine::container_test {
namespace {

using core::Deadline;
using core::Milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ContainerTest : public EngineFixture {
 protected:
  ContainerTest() { project_.up(); }
  Container container() { return project_.container(); }
  process::Outcome shell(const std::string& script, User user = {}) {
    return container().exec({{"sh", "-c", script}, user, "", {}, "", Milliseconds(20'000)});
  }
  void wait_for_words() {
    const auto said = [&] { return container().last_log_line() == "a word"; };
    ASSERT_TRUE(core::wait_until([&] { return said() ? core::Wait::done : core::Wait::again; },
                                 Deadline::after(Milliseconds(20'000))));
  }
  ComposeProject project_{docker_, spec("container")};
};

TEST_F(ContainerTest, RunsCommandsAsTheUserThatIsGiven) {
  EXPECT_EQ(shell("id -u; id -g", {1234, 77}).out, "1234\n77\n");
  EXPECT_EQ(shell("id -u; id -g").out, "0\n0\n");
  const process::Outcome outcome = shell("echo out; echo err >&2; exit 9");
  EXPECT_EQ(outcome.exit_code, 9);
  EXPECT_EQ(outcome.out, "out\n");
  EXPECT_EQ(outcome.err, "err\n");
}

TEST_F(ContainerTest, HandsOverInputEnvironmentAndFolder) {
  const auto outcome = container().exec({{"sh", "-c", "cat; echo $SECRET $HOME; pwd"},
                                         {},
                                         std::string(300'000, 'x') + "\n",
                                         {{"SECRET", "s3"}, {"HOME", "/nowhere"}},
                                         "/data",
                                         Milliseconds(20'000)});
  EXPECT_EQ(outcome.out.substr(300'001), "s3 /nowhere\n/data\n");
}

TEST_F(ContainerTest, AProgramThatIsNotThereIsAValue) {
  const auto outcome = container().exec({{"no-such-program"}, {}, "", {}, "", Milliseconds(20'000)});
  EXPECT_THAT(outcome.exit_code, ::testing::AnyOf(126, 127));
}

TEST_F(ContainerTest, AnExecEndsAtItsLimit) {
  const auto outcome = container().exec({{"sleep", "60"}, {}, "", {}, "", Milliseconds(500)});
  EXPECT_TRUE(outcome.timed_out);
}

TEST_F(ContainerTest, ReadsTheLogInOrder) {
  wait_for_words();
  EXPECT_EQ(container().logs(), "out 1\nerr 2\na word\n");
  EXPECT_EQ(container().logs(1), "a word\n");
  EXPECT_EQ(container().last_log_line(), "a word");
}

TEST_F(ContainerTest, CountsWhatIsWrittenToDisksVolumesAndTmpfs) {
  constexpr std::uint64_t kMegabyte = 1U << 20U;
  const Counters counters(container());
  const auto disk = counters.disk_written();
  const auto volumes = volume_used(container());
  const auto tmpfs = container().tmpfs_used();
  const auto outcome = shell(
      "dd if=/dev/zero of=/data/file bs=1048576 count=3 conv=fsync && dd if=/dev/zero of=/run/file "
      "bs=1024 count=500");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NEAR(static_cast<double>(volume_used(container()).at("/data") - volumes.at("/data")),
              3.0 * kMegabyte, 65536);
  EXPECT_NEAR(static_cast<double>(container().tmpfs_used().at("/run") - tmpfs.at("/run")), 500.0 * 1024,
              8192);
  EXPECT_EQ(volume_used(container()).count("/run"), 0U);
  // How much is counted of an exec depends on the kernel: it is no child of the container's processes.
  ASSERT_TRUE(disk) << "neither the cgroup nor its processes are counted by this kernel";
}

TEST_F(ContainerTest, ReadsMountsAndStatusFromTheKernel) {
  std::vector<std::string> asked;
  for (const Mount& mount : container().mounts()) {
    if (!engine_provided(mount)) asked.push_back(mount.target);
  }
  EXPECT_THAT(asked, ::testing::UnorderedElementsAre("/", "/data", "/anonymous", "/run"));
  EXPECT_FALSE(mount_of(container().mounts(), "/etc/x")->writable());
  const ProcessStatus status = container().process_status();
  EXPECT_THAT(status.uids, ElementsAre(0U, 0U, 0U, 0U));
  EXPECT_NE(status.cap_effective, 0U);
  EXPECT_EQ(status.seccomp, 2);
}

TEST_F(ContainerTest, CountsCpuTimeAndMemoryOfItsCgroup) {
  const double before = container().cpu_seconds();
  shell("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done");
  EXPECT_GT(container().cpu_seconds(), before + 0.05);
  EXPECT_GT(container().memory_high_water(), 100'000U);
}

TEST_F(ContainerTest, AKilledContainerIsNoticedAndNamedWithItsLastWords) {
  wait_for_words();
  container().require_running("asking", "tiny/container");
  container().kill("KILL");
  container().wait_stopped(Deadline::after(Milliseconds(10'000)));
  EXPECT_EQ(container().state().exit_code, 137);
  EXPECT_EQ(container().state().pid, 0);
  try {
    container().require_running("asking", "tiny/container");
    FAIL() << "no exception";
  } catch (const core::HarnessError& error) {
    EXPECT_STREQ(error.what(),
                 "tiny/container: asking: container exited with code 137 (last log line: a word)");
  }
  EXPECT_THROW(shell("true"), core::HarnessError);
  EXPECT_THROW((void)container().process_status(), core::HarnessError);
  EXPECT_THROW((void)container().published(5432), core::HarnessError);
  EXPECT_THROW(Files{container()}, core::HarnessError);
}

TEST_F(ContainerTest, StopsStartsAndRestarts) {
  shell("echo persistent > /data/x; echo gone > /run/y");
  container().stop(Milliseconds(5'000));
  EXPECT_EQ(container().state().exit_code, 0);
  container().start();
  EXPECT_EQ(shell("cat /data/x; ls /run").out, "persistent\n");
  const std::string started = container().state().started_at;
  container().restart(Milliseconds(5'000));
  EXPECT_NE(container().state().started_at, started);
  EXPECT_GT(container().published(5432).port, 0);
}

TEST_F(ContainerTest, WaitingForAContainerThatDoesNotStopEndsAtTheDeadline) {
  EXPECT_THROW(container().wait_stopped(Deadline::after(Milliseconds(300))), core::HarnessError);
}

TEST_F(ContainerTest, FilesAreThoseOfTheContainerThroughEveryLink) {
  shell(
      "ln -s /etc /data/absolute; ln -s ../../../../../etc /data/relative; ln -s /proc/1/root /data/magic; "
      "ln -s loop /data/loop");
  const Files files(container());
  for (const char* path :
       {"/etc/where", "/data/absolute/where", "/data/relative/where", "/../../etc/where"}) {
    EXPECT_EQ(files.read(path), "container\n") << path;
  }
  EXPECT_EQ(files.stat("/data/absolute")->kind, FileFacts::Kind::link);
  EXPECT_THROW((void)files.read("/data/magic/etc/where"), core::HarnessError);
  EXPECT_THROW((void)files.read("/data/loop"), core::HarnessError);
  EXPECT_EQ(files.read("/etc/hostname"), "tiny\n");
}

TEST_F(ContainerTest, FilesSeesVolumesAndTmpfsWithOwnersAndModes) {
  shell(
      "echo a > /run/a; echo a > /data/a; echo b > /data/b; chown 1234:77 /data/a; chmod 640 /data/a; mkfifo "
      "/data/p");
  const Files files(container());
  const auto facts = files.stat("/data/a");
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->uid, 1234U);
  EXPECT_EQ(facts->gid, 77U);
  EXPECT_EQ(facts->mode, 0640U);
  EXPECT_EQ(facts->size, 2U);
  EXPECT_EQ(files.same_content("/data/a", "/run/a"), true);
  EXPECT_EQ(files.same_content("/data/a", "/data/b"), false);
  EXPECT_EQ(files.same_content("/data/a", "/data/none"), std::nullopt);
  EXPECT_EQ(files.read("/bin/busybox", 4),
            "\x7f"
            "ELF");
  EXPECT_THAT(files.list("/data"), ElementsAre("a", "b", "p"));
  EXPECT_TRUE(files.list("/none").empty());
  EXPECT_EQ(files.stat("/none/x"), std::nullopt);
  EXPECT_THROW((void)files.read("/data/p"), core::HarnessError);
  const auto before = files.room("/run");
  ASSERT_TRUE(before);
  shell("head -c 65536 /dev/zero > /run/z");
  EXPECT_EQ(*before - files.room("/run").value(), 65536U);
  EXPECT_EQ(files.room("/none"), std::nullopt);
}

TEST_F(ContainerTest, CopiesAVolumeWithOwnersAndModes) {
  shell(
      "mkdir /data/d; echo a > /data/d/a; chown -R 1234:77 /data; chmod 700 /data /data/d; ln -s d /data/l");
  const std::string copy = "rootseal-test-" + run_.suffix() + "-copy";
  docker_.clone_volume(project_.volume("data"), copy, kTinyImage, {{kRunLabel, run_.str()}});
  ProjectSpec plan = spec("copy");
  plan.volumes = {{"data", copy}};
  ComposeProject other(docker_, plan);
  other.up();
  const Files files(other.container());
  EXPECT_EQ(files.read("/data/l/a"), "a\n");
  for (const char* path : {"/data", "/data/d"}) {
    EXPECT_EQ(files.stat(path)->uid, 1234U) << path;
    EXPECT_EQ(files.stat(path)->mode, 0700U) << path;
  }
}

TEST_F(ContainerTest, KnowsTheImageAndTheMachine) {
  const auto image = docker_.image(kTinyImage);
  ASSERT_TRUE(image);
  EXPECT_EQ(image->environment.at("TINY_VERSION"), "1");
  EXPECT_EQ(docker_.image("rootseal-test/none:0"), std::nullopt);
  EXPECT_FALSE(docker_.pull("127.0.0.1:1/rootseal-test/none:0", Milliseconds(20'000)));
  const record::Environment& environment = docker_.environment();
  EXPECT_THAT(environment.cgroup, ::testing::AnyOf("v1", "v2"));
  EXPECT_THAT(environment.runtime, HasSubstr(" "));
  EXPECT_FALSE(environment.docker.empty() || environment.storage_driver.empty() ||
               environment.compose.empty());
}

}  // namespace
}  // namespace rootseal::engine::container_test
