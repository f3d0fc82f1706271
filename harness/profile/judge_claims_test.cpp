#include "profile/judge_claims.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rootseal::profile::judge_claims_test {
namespace {

using testing::HasSubstr;

engine::Mount mount(const std::string& target, const std::string& type, std::vector<std::string> options,
                    std::vector<std::string> super_options = {"rw"}) {
  engine::Mount made;
  made.target = target;
  made.type = type;
  made.source = type;
  made.options = std::move(options);
  made.super_options = std::move(super_options);
  return made;
}

ScanAnswer answer(const std::string& path, const std::string& errno_name) {
  ScanAnswer made;
  made.understood = true;
  made.ok = errno_name.empty();
  made.errno_name = errno_name;
  made.text = path + ": " + (errno_name.empty() ? "done" : errno_name);
  return made;
}

// A sealed container as it should be.
Seen sealed() {
  Seen seen;
  seen.mounts = {mount("/", "overlay", {"ro", "relatime"}), mount("/dev", "tmpfs", {"rw", "nosuid"}),
                 mount("/data", "ext4", {"rw", "relatime"}),
                 mount("/run/db", "tmpfs", {"rw", "nosuid", "nodev", "noexec"}, {"rw", "size=1024k"})};
  seen.status.uids = {999, 999, 999, 999};
  seen.status.gids = {999, 999, 999, 999};
  seen.engine_says_read_only = true;
  seen.tried = true;
  for (const char* directory : {"/", "/etc", "/usr/bin"})
    seen.root_attempts[directory] = answer(directory, "EROFS");
  for (const char* place : {"/data", "/var/run/db"}) seen.place_attempts[place] = answer(place, "");
  seen.resolved = {{"/data", "/data"}, {"/var/run/db", "/run/db"}};
  seen.host_memory = 1U << 30U;
  seen.pids = {"512", "/sys/fs/cgroup/pids/x/pids.max"};
  seen.memory = {std::nullopt, "no memory cgroup"};
  return seen;
}

Finding root(const Seen& seen, const std::string& value = "read-only") {
  return judge_claim({"root", {value}}, seen);
}
Finding places(const Seen& seen) { return judge_claim({"writable", {"/data", "/var/run/db"}}, seen); }

TEST(RootClaimTest, HoldsWhenTheMountIsReadOnlyAndEveryAttemptGetsErofs) {
  EXPECT_EQ(root(sealed()).holds, true);
}

TEST(RootClaimTest, AWritableMountBreaksItWhateverTheEngineSays) {
  Seen seen = sealed();
  seen.mounts[0].options[0] = "rw";
  EXPECT_EQ(root(seen).holds, false);
  EXPECT_THAT(root(seen).evidence, HasSubstr("the engine says read-only"));
}

TEST(RootClaimTest, ASucceedingAttemptBreaksItWhateverTheMountTableSays) {
  Seen seen = sealed();
  seen.root_attempts["/usr/bin"] = answer("/usr/bin", "");
  EXPECT_EQ(root(seen).holds, false);
}

TEST(RootClaimTest, ARefusalForAnotherReasonEstablishesNothing) {
  Seen seen = sealed();
  seen.root_attempts["/etc"] = answer("/etc", "EACCES");
  EXPECT_EQ(root(seen).holds, std::nullopt);
  seen.root_attempts["/etc"].understood = false;
  EXPECT_EQ(root(seen).holds, std::nullopt);
}

TEST(RootClaimTest, AControlNeedsAWritableMountAndASucceedingAttempt) {
  Seen seen = sealed();
  EXPECT_EQ(root(seen, "writable").holds, false);
  seen.mounts[0].options[0] = "rw";
  EXPECT_EQ(root(seen, "writable").holds, false);
  seen.root_attempts["/"] = answer("/", "");
  EXPECT_EQ(root(seen, "writable").holds, true);
}

TEST(WritableClaimTest, HoldsForExactlyTheDeclaredPlacesThroughLinks) {
  EXPECT_EQ(places(sealed()).holds, true);
}

TEST(WritableClaimTest, AnUndeclaredPlaceIsNamed) {
  Seen seen = sealed();
  seen.mounts.push_back(mount("/opt/cache", "ext4", {"rw"}));
  EXPECT_EQ(places(seen).holds, false);
  EXPECT_THAT(places(seen).evidence, HasSubstr("writable but not declared: /opt/cache"));
}

TEST(WritableClaimTest, ADeclaredPlaceThatIsNoWritableMountIsNamed) {
  Seen seen = sealed();
  seen.mounts.pop_back();
  EXPECT_EQ(places(seen).holds, false);
  EXPECT_THAT(places(seen).evidence, HasSubstr("declared but no writable mount: /run/db"));
}

TEST(WritableClaimTest, ADeclaredPlaceThatRefusesDoesNotHold) {
  Seen seen = sealed();
  seen.place_attempts["/data"] = answer("/data", "EACCES");
  EXPECT_EQ(places(seen).holds, false);
  seen.place_attempts["/data"].understood = false;
  EXPECT_EQ(places(seen).holds, std::nullopt);
}

TEST(WritableClaimTest, AReadOnlyMountOverAWritableOneCounts) {
  Seen seen = sealed();
  seen.mounts.push_back(mount("/data", "ext4", {"ro"}));
  EXPECT_EQ(places(seen).holds, false);
}

TEST(WritableClaimTest, TheEnginesOwnFilesCountOnlyOnAReadOnlyRoot) {
  Seen seen = sealed();
  seen.mounts.push_back(mount("/etc/hosts", "ext4", {"rw"}));
  EXPECT_EQ(places(seen).holds, false);
  seen.mounts[0].options[0] = "rw";
  EXPECT_EQ(places(seen).holds, true);
}

TEST(TmpfsClaimTest, NamesTheMountAndTheOptionThatItLacks) {
  const ClaimSpec all{"tmpfs", {"noexec", "nosuid", "nodev", "sized"}};
  Seen seen = sealed();
  EXPECT_EQ(judge_claim(all, seen).holds, true);
  seen.mounts[3].options.pop_back();
  EXPECT_EQ(judge_claim(all, seen).holds, false);
  EXPECT_THAT(judge_claim(all, seen).evidence, HasSubstr("is not noexec"));
}

TEST(TmpfsClaimTest, OneOfSeveralThatIsSomethingElseBreaksItAndIsNamed) {
  const ClaimSpec noexec{"tmpfs", {"noexec"}};
  Seen seen = sealed();
  seen.mounts.push_back(mount("/cache", "tmpfs", {"rw", "noexec"}));
  seen.declared_tmpfs = {"/var/run/db", "/cache"};
  EXPECT_EQ(judge_claim(noexec, seen).holds, true) << judge_claim(noexec, seen).evidence;
  seen.mounts.back() = mount("/cache", "ext4", {"rw"});
  EXPECT_EQ(judge_claim(noexec, seen).holds, false);
  EXPECT_THAT(judge_claim(noexec, seen).evidence,
              HasSubstr("/cache is declared as a tmpfs, but there is /cache ext4 rw"));
  seen.mounts.pop_back();
  EXPECT_THAT(judge_claim(noexec, seen).evidence,
              HasSubstr("/cache is declared as a tmpfs, but there is / overlay"));
}

TEST(TmpfsClaimTest, ATmpfsUnderAVolumeIsNotThere) {
  const ClaimSpec noexec{"tmpfs", {"noexec"}};
  Seen seen = sealed();
  int id = 0;
  for (auto& each : seen.mounts) {
    each.id = ++id;
    each.parent = each.target == "/" ? 0 : 1;
  }
  EXPECT_EQ(judge_claim(noexec, seen).holds, true) << judge_claim(noexec, seen).evidence;
  seen.mounts.push_back(mount("/run/db", "ext4", {"rw"}));
  seen.mounts.back().id = 9;
  seen.mounts.back().parent = 4;
  EXPECT_EQ(judge_claim(noexec, seen).holds, false) << judge_claim(noexec, seen).evidence;
  seen.declared_tmpfs = {"/var/run/db"};
  EXPECT_THAT(judge_claim(noexec, seen).evidence,
              HasSubstr("/var/run/db is declared as a tmpfs, but there is /run/db ext4 rw"));
}

TEST(TmpfsClaimTest, SizedMeansLessThanHalfOfMemory) {
  const ClaimSpec is_sized{"tmpfs", {"sized"}};
  Seen seen = sealed();
  seen.mounts[3].super_options = {"rw"};
  EXPECT_EQ(judge_claim(is_sized, seen).holds, false);
  seen.mounts[3].super_options = {"rw", "size=524288k"};
  EXPECT_EQ(judge_claim(is_sized, seen).holds, false);
  seen.mounts[3].super_options = {"rw", "size=524284k"};
  EXPECT_EQ(judge_claim(is_sized, seen).holds, true);
}

TEST(CapabilitiesClaimTest, TheBoundingSetCountsAndSoDoesUidZeroThroughExec) {
  const ClaimSpec none{"capabilities", {"none"}};
  Seen seen = sealed();
  EXPECT_EQ(judge_claim(none, seen).holds, true);
  seen.exec_status = answer("/proc/self/status", "");
  for (const char* name : {"CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb"}) {
    seen.exec_status->json[name] = "0000000000000000";
  }
  EXPECT_EQ(judge_claim(none, seen).holds, true);
  seen.exec_status->json["CapBnd"] = "00000000a80425fb";
  EXPECT_EQ(judge_claim(none, seen).holds, false);
  seen.exec_status->json.erase("CapBnd");
  EXPECT_EQ(judge_claim(none, seen).holds, false);
  seen.exec_status->understood = false;
  EXPECT_EQ(judge_claim(none, seen).holds, std::nullopt);
  seen.exec_status.reset();
  seen.status.cap_bounding = 1;
  EXPECT_EQ(judge_claim(none, seen).holds, false);
}

TEST(StatusClaimsTest, UidAndNoNewPrivilegesComeFromPidOne) {
  Seen seen = sealed();
  EXPECT_EQ(judge_claim({"uid", {"999"}}, seen).holds, true);
  seen.status.uids = {999, 0, 0, 0};
  EXPECT_EQ(judge_claim({"uid", {"999"}}, seen).holds, false);
  EXPECT_EQ(judge_claim({"no-new-privileges", {"true"}}, seen).holds, false);
  seen.status.no_new_privileges = true;
  EXPECT_EQ(judge_claim({"no-new-privileges", {"true"}}, seen).holds, true);
}

// setpriv in front of the entrypoint does it for the server alone.
TEST(StatusClaimsTest, NoNewPrivilegesHoldsForWhoeverComesInByExecToo) {
  const ClaimSpec claim{"no-new-privileges", {"true"}};
  Seen seen = sealed();
  seen.status.no_new_privileges = true;
  seen.exec_status = answer("/proc/self/status", "");
  seen.exec_status->json["NoNewPrivs"] = "1";
  EXPECT_EQ(judge_claim(claim, seen).holds, true);
  seen.exec_status->json["NoNewPrivs"] = "0";
  EXPECT_EQ(judge_claim(claim, seen).holds, false);
  seen.exec_status->understood = false;
  EXPECT_EQ(judge_claim(claim, seen).holds, std::nullopt);
}

// A volume in its place is persistent, executable and without a size.
TEST(TmpfsClaimTest, ATmpfsThatIsGoneIsNotANoexecOne) {
  Seen seen = sealed();
  seen.mounts.pop_back();
  seen.mounts.push_back(mount("/run/db", "ext4", {"rw"}));
  EXPECT_EQ(judge_claim({"tmpfs", {"noexec", "nosuid", "nodev", "sized"}}, seen).holds, false);
}

TEST(LimitClaimsTest, ANumberOfTheKernelDecidesAndItsAbsenceEstablishesNothing) {
  Seen seen = sealed();
  EXPECT_EQ(judge_claim({"pids", {"512"}}, seen).holds, true);
  EXPECT_EQ(judge_claim({"memory", {"1"}}, seen).holds, std::nullopt);
  seen.pids.value = "max";
  EXPECT_EQ(judge_claim({"pids", {"512"}}, seen).holds, false);
}

TEST(LimitFilesTest, BothVersionsOfCgroupsAreFound) {
  const std::vector<engine::Mount> table{mount("/sys/fs/cgroup/pids", "cgroup", {"rw"}, {"rw", "pids"}),
                                         mount("/sys/fs/cgroup/memory", "cgroup", {"rw"}, {"rw", "memory"}),
                                         mount("/sys/fs/cgroup2", "cgroup2", {"rw"})};
  EXPECT_THAT(limit_files("5:pids:/docker/a\n4:memory:/docker/a\n", table, "memory"),
              testing::ElementsAre("/sys/fs/cgroup/memory/docker/a/memory.limit_in_bytes"));
  EXPECT_THAT(limit_files("0::/system.slice/x:y\n", table, "pids"),
              testing::ElementsAre("/sys/fs/cgroup2/system.slice/x:y/pids.max"));
  EXPECT_THAT(limit_files("", table, "pids"), testing::IsEmpty());
}

// An engine inside a container sees its own part of the hierarchies only.
TEST(LimitFilesTest, AMountThatShowsAPartOfTheHierarchyIsReadBelowThatPart) {
  std::vector<engine::Mount> table{mount("/sys/fs/cgroup/pids", "cgroup", {"rw"}, {"rw", "pids"}),
                                   mount("/sys/fs/cgroup/unified", "cgroup2", {"rw"})};
  for (auto& part : table) part.root = "/docker/outer";
  EXPECT_THAT(limit_files("5:pids:/docker/outer/docker/a\n", table, "pids"),
              testing::ElementsAre("/sys/fs/cgroup/pids/docker/a/pids.max"));
  EXPECT_THAT(limit_files("0::/docker/outer/docker/a\n", table, "memory"),
              testing::ElementsAre("/sys/fs/cgroup/unified/docker/a/memory.max"));
  EXPECT_THAT(limit_files("5:pids:/docker/outer-two/a\n", table, "pids"), testing::IsEmpty())
      << "a cgroup of somebody else that the mount does not show";
  for (auto& part : table) part.root = "/";
  EXPECT_THAT(limit_files("5:pids:/docker/a\n", table, "pids"),
              testing::ElementsAre("/sys/fs/cgroup/pids/docker/a/pids.max"));
}

TEST(AnyClaimTest, WhatCannotBeSeenIsNeitherTrueNorFalse) {
  Seen seen = sealed();
  seen.unobservable = "the container does not run";
  for (const auto& [name, values] : known_claims()) {
    EXPECT_EQ(judge_claim({name, {"x"}}, seen).holds, std::nullopt) << name;
  }
}

TEST(ScanAnswerTest, GarbageIsNotUnderstood) {
  process::Outcome outcome;
  outcome.out = "exec failed: no such file\n";
  outcome.exit_code = 127;
  EXPECT_FALSE(parse_scan(outcome).understood);
  outcome.exit_code = 0;
  outcome.out = R"({"verb":"writable","ok":false,"path":"/","errno":30,"errno_name":"EROFS","detail":"d"})";
  EXPECT_FALSE(parse_scan(outcome).understood) << "its exit status says otherwise";
  outcome.exit_code = 1;
  EXPECT_TRUE(parse_scan(outcome).understood);
  EXPECT_EQ(parse_scan(outcome).errno_name, "EROFS");
}

}  // namespace
}  // namespace rootseal::profile::judge_claims_test
