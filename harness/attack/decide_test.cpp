#include "attack/decide.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rootseal::attack::decide_test {
namespace {

using record::Observed;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Case {
  const char* name;
  Outcome outcome;
  Observed observed;
  const char* stopped_by;
  const char* note;  // part of it
};

Outcome seen(bool refused, const char* by, std::size_t there, std::size_t all = 1) {
  Outcome outcome;
  outcome.refused = refused;
  outcome.stopped_by = by;
  outcome.effects_there = there;
  outcome.effects_all = all;
  return outcome;
}

Outcome dead(Outcome outcome) {
  outcome.running = false;
  outcome.last_log_line = "PANIC";
  return outcome;
}

Outcome left_behind(Outcome outcome) {
  outcome.gone = false;
  outcome.left = "/etc/x";
  return outcome;
}

class DecideTest : public testing::TestWithParam<Case> {};

TEST_P(DecideTest, FollowsTheRule) {
  const Decision decision = decide(GetParam().outcome);
  EXPECT_EQ(decision.observed, GetParam().observed);
  EXPECT_EQ(decision.stopped_by, GetParam().stopped_by);
  EXPECT_THAT(decision.note, HasSubstr(GetParam().note));
}

INSTANTIATE_TEST_SUITE_P(
    Table, DecideTest,
    testing::Values(
        Case{"EffectThere", seen(false, "", 1), Observed::succeeded, "", ""},
        Case{"EffectThereThoughAStepComplained", seen(true, "EPERM", 1), Observed::succeeded, "",
             "complained (EPERM)"},
        Case{"RefusedAndNoEffect", seen(true, "EROFS", 0), Observed::blocked, "EROFS", ""},
        Case{"RefusedByNoexec", seen(true, "noexec", 0, 2), Observed::blocked, "noexec", ""},
        Case{"BrokenIsNeverBlocked", seen(true, "other", 0), Observed::inconclusive, "other",
             "may be broken"},
        Case{"DoneWithoutEffect", seen(false, "", 0), Observed::inconclusive, "", "the effect is not there"},
        Case{"HalfAnEffect", seen(true, "EROFS", 1, 2), Observed::inconclusive, "EROFS", "only 1 of 2"},
        Case{"NoEffectToLookFor", seen(false, "", 0, 0), Observed::inconclusive, "", "not there"},
        Case{"DeadContainer", dead(seen(true, "EROFS", 0)), Observed::inconclusive, "",
             "last log line: PANIC"},
        Case{"NotUndone", left_behind(seen(false, "", 1)), Observed::inconclusive, "",
             "/etc/x is still there"},
        Case{"BlockedButNotUndone", left_behind(seen(true, "EROFS", 0)), Observed::inconclusive, "EROFS",
             "blocked by EROFS"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(StopperOfScanTest, OnlyExecutionIsStoppedByNoexec) {
  EXPECT_EQ(stopper_of_scan("run", "EACCES", true), "noexec");
  EXPECT_EQ(stopper_of_scan("map-exec", "EPERM", true), "noexec");
  EXPECT_EQ(stopper_of_scan("create", "EACCES", true), "EACCES");
  EXPECT_EQ(stopper_of_scan("run", "EACCES", false), "EACCES");
  EXPECT_EQ(stopper_of_scan("create", "EROFS", true), "EROFS");
  EXPECT_EQ(stopper_of_scan("create", "EDQUOT", false), "ENOSPC");
}

TEST(StopperOfScanTest, WhatNoProtectionCausesIsOther) {
  for (const char* name : {"", "ENOENT", "EEXIST", "ENOTDIR", "ENOEXEC", "EINVAL", "ETXTBSY"}) {
    EXPECT_EQ(stopper_of_scan("run", name, false), "other") << name;
  }
}

TEST(StopperOfTextTest, TheWordsOfProgramsAndServersAreKnown) {
  const auto of = [](const char* text, bool noexec = false, bool server = true) {
    return stopper_of_text(text, noexec, server);
  };
  EXPECT_EQ(of("could not create server file \"/tmp/x\": Read-only file system"), "EROFS");
  EXPECT_EQ(of("could not load library \"/tmp/x.so\": /tmp/x.so: failed to map segment from shared object"),
            "noexec");
  EXPECT_EQ(of("{error,erofs}"), "EROFS");
  EXPECT_EQ(of("{error,eacces}"), "EACCES");
  EXPECT_EQ(of("sh: 1: /tmp/x: Permission denied", true), "noexec");
  EXPECT_EQ(of("sh: 1: /tmp/x: Permission denied"), "EACCES");
  EXPECT_EQ(of("mount: /: Operation not permitted"), "EPERM");
  EXPECT_EQ(of("cp: error writing: No space left on device"), "ENOSPC");
  EXPECT_EQ(of("ln: failed: Invalid cross-device link"), "EXDEV");
  EXPECT_EQ(of("ERROR: permission denied for function lo_export (42501)"), "server");
}

TEST(StopperOfTextTest, OnlyAServerRefusesByItsOwnRules) {
  EXPECT_EQ(stopper_of_text("permission denied for table", false, false), "other");
  EXPECT_EQ(stopper_of_text("OCI runtime exec failed: exec: \"/tmp/x\": permission denied", true, false),
            "noexec");
}

TEST(StopperOfTextTest, AMistakeInTheAttackIsNotARefusal) {
  EXPECT_EQ(stopper_of_text("ERROR: syntax error at or near \"SELEC\" (42601)", false, true), "other");
  EXPECT_EQ(stopper_of_text("ERROR: incompatible library \"/tmp/x.so\": version mismatch", false, true),
            "other");
  EXPECT_EQ(stopper_of_text("exec: \"nonesuch\": executable file not found in $PATH", false, false), "other");
}

TEST(StopperOfTextTest, TheEnginesRefusalIsItsOwn) {
  EXPECT_EQ(stopper_of_text("Error response from daemon: container rootfs is marked read-only", false, false),
            "engine");
}

engine::Mount mount(const std::string& target, const std::string& option) {
  engine::Mount made;
  made.target = target;
  made.options = {option};
  return made;
}

TEST(StopperOfMountTest, AReadOnlyMountIsNotTheRoot) {
  const std::vector<engine::Mount> table{mount("/", "ro"), mount("/data", "rw"), mount("/data/conf", "ro")};
  EXPECT_EQ(stopper_of_mount("EROFS", "/etc/x", table), "EROFS");
  EXPECT_EQ(stopper_of_mount("EROFS", "/data/conf", table), "ro-mount");
  EXPECT_EQ(stopper_of_mount("EROFS", "/data/link-to-the-root/x", table), "EROFS");
  EXPECT_EQ(stopper_of_mount("EACCES", "/data/conf", table), "EACCES");
  EXPECT_EQ(stopper_of_mount("EROFS", "", {}), "EROFS");
}

TEST(PathInTextTest, IsTheFirstQuotedOne) {
  EXPECT_EQ(path_in("could not create server file \"/etc/db.conf\": Read-only file system"), "/etc/db.conf");
  EXPECT_EQ(path_in("could not open 'x' or \"/y\""), "/y");
  EXPECT_EQ(path_in("{error,erofs}"), "");
}

TEST(MustBeBlockedByTest, APlaceThatTheProfileDeclaresWritableIsNotExpectedToBlock) {
  Definition definition;
  definition.blocked_when = {{{{"root", "read-only"}}, {"/var/log/db"}, {"root"}}};
  profile::Profile profile;
  profile.claims = {{"root", {"read-only"}}};
  EXPECT_THAT(must_be_blocked_by(definition, profile, "root"), IsEmpty())
      << "it does not say what is writable";
  profile.claims.push_back({"writable", {"/data", "/var/log/db-2"}});
  EXPECT_THAT(must_be_blocked_by(definition, profile, "root"),
              ElementsAre("root: read-only", "writable: not /var/log/db"));
  for (const char* place : {"/var/log/db", "/var/log", "/"}) {
    profile.claims.back().values = {"/data", place};
    EXPECT_THAT(must_be_blocked_by(definition, profile, "root"), IsEmpty()) << place;
  }
}

TEST(DormantBecauseTest, OnlyWhereTheServerHasThatSettingWithThatValue) {
  Definition definition;
  EXPECT_EQ(dormant_because(definition, {{"archive", "off"}}), "");
  definition.dormant_where = {"archive", "off", "it is not run"};
  EXPECT_EQ(dormant_because(definition, {{"archive", "off"}}), "it is not run");
  EXPECT_EQ(dormant_because(definition, {{"archive", "on"}}), "");
  EXPECT_EQ(dormant_because(definition, {{"log", "off"}}), "") << "what is not known is not off";
}

TEST(MustBeBlockedByTest, DependsOnClaimsAndIdentityAlone) {
  Definition definition;
  definition.blocked_when = {{{{"root", "read-only"}, {"tmpfs", "noexec"}}, {}, {"root"}},
                             {{{"uid", "999"}}, {}, {"service"}}};
  profile::Profile profile;
  profile.claims = {{"root", {"read-only"}}};
  EXPECT_THAT(must_be_blocked_by(definition, profile, "root"), IsEmpty());
  profile.claims.push_back({"tmpfs", {"nosuid", "noexec"}});
  EXPECT_THAT(must_be_blocked_by(definition, profile, "root"),
              ElementsAre("root: read-only", "tmpfs: noexec"));
  EXPECT_THAT(must_be_blocked_by(definition, profile, "service"), IsEmpty());
  profile.claims.push_back({"uid", {"999"}});
  EXPECT_THAT(must_be_blocked_by(definition, profile, "service"), ElementsAre("uid: 999"));
}

}  // namespace
}  // namespace rootseal::attack::decide_test
