#include "engine/proc.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.hpp"
#include "engine/resources.hpp"

namespace rootseal::engine::proc_test {
namespace {

using ::testing::ElementsAre;

const char* const kCgroupV1 =
    "9:name=systemd:/docker/c62f\n4:memory:/docker/c62f\n2:cpu,cpuacct:/docker/c62f\n0::/docker/c62f\n";
const char* const kHostV1 =
    "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";

TEST(ProcTest, ReadsTheStatusOfPidOne) {
  const ProcessStatus status = parse_status(
      "Name:\tpostgres\nUid:\t999\t998\t997\t996\nGid:\t1\t2\t3\t4\nCapInh:\t0000000000000000\n"
      "CapPrm:\t00000000a80425fb\nCapEff:\t00000000a80425f0\nCapBnd:\t0000000000000001\nCapAmb:"
      "\t0000000000000002\n"
      "NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n");
  EXPECT_THAT(status.uids, ElementsAre(999U, 998U, 997U, 996U));
  EXPECT_THAT(status.gids, ElementsAre(1U, 2U, 3U, 4U));
  EXPECT_EQ(status.cap_permitted, 0xa80425fbU);
  EXPECT_EQ(status.cap_effective, 0xa80425f0U);
  EXPECT_EQ(status.cap_bounding, 1U);
  EXPECT_EQ(status.cap_ambient, 2U);
  EXPECT_TRUE(status.no_new_privileges);
  EXPECT_EQ(status.seccomp, 2);
}

TEST(ProcTest, AStatusWithoutCapabilitiesIsNotTakenForNoCapabilities) {
  EXPECT_THROW(parse_status("Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n"), core::HarnessError);
  EXPECT_THROW(parse_status(""), core::HarnessError);
}

TEST(ProcTest, FindsTheCgroupOfAControllerAmongSeveral) {
  EXPECT_EQ(cgroup_path(kCgroupV1, "cpuacct"), "/docker/c62f");
  EXPECT_EQ(cgroup_path(kCgroupV1, "cpu"), "/docker/c62f");
  EXPECT_EQ(cgroup_path(kCgroupV1, ""), "/docker/c62f");
  EXPECT_EQ(cgroup_path(kCgroupV1, "pids"), std::nullopt);
}

TEST(ProcTest, PrefersTheControllersOwnHierarchyWhereBothAreMounted) {
  const auto folder = cgroup_folder(kCgroupV1, parse_mountinfo(kHostV1), "cpuacct");
  ASSERT_TRUE(folder);
  EXPECT_FALSE(folder->v2);
  EXPECT_EQ(folder->path, "/sys/fs/cgroup/cpu,cpuacct/docker/c62f");
}

TEST(ProcTest, FindsTheCgroupOfVersionTwo) {
  const auto folder =
      cgroup_folder("0::/system.slice/docker-c62f.scope\n",
                    parse_mountinfo("30 25 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"), "memory");
  ASSERT_TRUE(folder);
  EXPECT_TRUE(folder->v2);
  EXPECT_EQ(folder->path, "/sys/fs/cgroup/system.slice/docker-c62f.scope");
}

TEST(ProcTest, AMountThatShowsAnotherPartOfTheHierarchyIsNoPlaceOfTheCgroup) {
  const std::string line = "33 31 0:30 /docker/c62 /sys/fs/cgroup/cpuacct rw - cgroup cgroup rw,cpuacct\n";
  EXPECT_FALSE(cgroup_folder("2:cpuacct:/docker/c62f\n", parse_mountinfo(line), "cpuacct"))
      << "c62f is not below c62";
  const auto folder = cgroup_folder("2:cpuacct:/docker/c62/docker/9\n", parse_mountinfo(line), "cpuacct");
  ASSERT_TRUE(folder);
  EXPECT_EQ(folder->path, "/sys/fs/cgroup/cpuacct/docker/9");
}

TEST(ProcTest, ReadsTheCpuTimeOfVersionTwo) {
  EXPECT_DOUBLE_EQ(cpu_seconds_of_stat("usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\n"), 1.5);
  EXPECT_THROW(cpu_seconds_of_stat("user_usec 1\n"), core::HarnessError);
}

TEST(ProcTest, AddsUpWhatWasWrittenToAllDevicesInVersionOne) {
  EXPECT_EQ(bytes_written_of_blkio("8:0 Read 4096\n8:0 Write 8192\n8:0 Sync 8192\n8:0 Total 12288\n"
                                   "259:1 Read 0\n259:1 Write 1000\n259:1 Total 1000\nTotal 13288\n"),
            9192U);
  EXPECT_EQ(bytes_written_of_blkio("8:0 Read 4096\n8:0 Write 0\n8:0 Total 4096\nTotal 4096\n"), 0U);
  EXPECT_EQ(bytes_written_of_blkio("Total 0\n"), std::nullopt) << "as kernels say that count nothing";
  EXPECT_THROW(bytes_written_of_blkio("8:0 Write many\n"), core::HarnessError);
}

TEST(ProcTest, ReadsWhatAProcessCausedToBeWritten) {
  EXPECT_EQ(bytes_written_of_process("rchar: 1\nwchar: 2\nread_bytes: 3\nwrite_bytes: 4\n"
                                     "cancelled_write_bytes: 5\n"),
            4U);
  EXPECT_THROW(bytes_written_of_process("rchar: 1\n"), core::HarnessError);
}

TEST(ProcTest, CountsWhatTheKernelKilledForWantOfMemory) {
  EXPECT_EQ(killed_of_events("oom_kill_disable 0\nunder_oom 1\noom_kill 3\n"), 3U);
  EXPECT_EQ(killed_of_events("low 0\nhigh 0\nmax 7\noom 2\noom_kill 1\noom_group_kill 0\n"), 1U);
  EXPECT_EQ(killed_of_events("oom_kill_disable 0\nunder_oom 0\n"), std::nullopt) << "a kernel before 4.13";
  EXPECT_THROW(killed_of_events("oom_kill x\n"), core::HarnessError);
}

TEST(ProcTest, AddsUpWhatWasWrittenToAllDevicesInVersionTwo) {
  EXPECT_EQ(bytes_written_of_io_stat("8:0 rbytes=90 wbytes=4096 rios=1 wios=2 dbytes=0 dios=0\n"
                                     "253:0 rbytes=0 wbytes=100 rios=0 wios=1 dbytes=7 dios=1\n"),
            4196U);
  EXPECT_EQ(bytes_written_of_io_stat(""), std::nullopt) << "no I/O yet";
  EXPECT_THROW(bytes_written_of_io_stat("8:0 wbytes=-\n"), core::HarnessError);
}

TEST(ProcTest, ReadsTheStartOfAProcessWhoseNameHoldsParentheses) {
  const std::string fields = " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 77 20\n";
  EXPECT_EQ(start_ticks("12 (a) b) (c)" + fields), 77U);
  EXPECT_EQ(start_ticks(""), std::nullopt);
  EXPECT_EQ(start_ticks("12 (x) Z 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 77 20\n"), std::nullopt);
}

TEST(OwnerTest, ThisProcessIsAlive) {
  EXPECT_TRUE(owner_alive(owner_of_this_process())) << owner_of_this_process();
}

TEST(OwnerTest, ADeadProcessAnotherBootAReusedNumberAndNonsenseAreNotAlive) {
  const std::string own = owner_of_this_process();
  const std::string pid = own.substr(0, own.find(':'));
  EXPECT_FALSE(owner_alive(pid + ":1:" + own.substr(own.rfind(':') + 1)));
  EXPECT_FALSE(owner_alive(own.substr(0, own.rfind(':')) + ":another-boot"));
  for (const char* text : {"", ":", "../self", "x:1:2", "1"}) EXPECT_FALSE(owner_alive(text)) << text;
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
  EXPECT_EQ(start_ticks(read_text("/proc/" + std::to_string(child) + "/stat").value_or("")), std::nullopt);
  ::waitpid(child, nullptr, 0);
}

}  // namespace
}  // namespace rootseal::engine::proc_test
