// Attacks on real containers in which nothing but `sleep` runs: what succeeds, what is blocked by what, and
// above all what must not be taken for blocked.
#include "attack/attack.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/places.hpp"
#include "engine/files.hpp"
#include "profile/integration/test_container.hpp"

namespace rootseal::attack::attack_test {
namespace {

using record::Observed;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing_support::TestContainer;

// Whatever it is told, the container dies of it.
class Killer final : public service::Admin {
 public:
  service::AdminReply execute(const service::Target&, const engine::Container& container, const std::string&,
                              const core::Deadline& deadline) const override {
    container.kill("KILL");
    container.wait_stopped(deadline);
    return {false, "", "connection lost: Permission denied"};
  }
};

// A service without a server.
class Nothing final : public service::Service {
 public:
  Nothing() {
    description_.name = "nothing";
    description_.title = "Nothing";
    description_.user = {999, 999};
    description_.facts = {{"config_dir", "/etc"}};
  }
  const service::Description& description() const override { return description_; }
  std::string version(const std::map<std::string, std::string>&) const override { return "1"; }
  std::map<std::string, core::Secret> secret_files(const core::Secret&) const override { return {}; }
  std::string probe(const service::Target&, const core::Deadline&) const override { return ""; }
  std::map<std::string, std::string> settings(const service::Target&,
                                              const engine::Container&) const override {
    return {};
  }
  void quiesce(const service::Target&) const override {}
  std::string provoke_log_line(const service::Target&, const std::string&) const override { return ""; }
  const service::Admin* admin() const override { return &killer_; }

 private:
  service::Description description_;
  Killer killer_;
};

class AttackTest : public testing::Test {
 protected:
  void start(const std::vector<std::string>& options, const std::string& root) {
    test_ = std::make_unique<TestContainer>(options);
    container_ = std::make_unique<engine::Container>(test_->container());
    profile_.name = "test";
    profile_.claims = {{"root", {root}}};
    site_.stack = "nothing-1/test";
    site_.profile = &profile_;
    site_.service = &service_;
    site_.container = container_.get();
    site_.payloads = (core::programs_folder().parent_path() / "tools-mount").string() + "/payloads";
  }
  static Definition shipped(const std::string& id) {
    const auto all = load_all(core::project_folder().string() + "/scenarios/attacks");
    for (const auto& definition : all) {
      if (definition.id == id) return definition;
    }
    throw std::runtime_error("there is no attack " + id);
  }
  // Creates /etc/T01 by one step; undone.
  static Definition creating(std::vector<Step> action) {
    Definition definition;
    definition.id = "T01";
    definition.identities = {"root"};
    definition.action = std::move(action);
    definition.effects = {{Effect::Kind::file_exists, "/etc/T01", ""}};
    definition.undo = {{Step::Kind::scan, {"remove", "/etc/T01"}, "", std::nullopt}};
    definition.blocked_when = {{{{"root", "read-only"}}, {}, {"root"}}};
    return definition;
  }
  static Step scan(std::vector<std::string> words) {
    return {Step::Kind::scan, std::move(words), "", std::nullopt};
  }
  static Step exec(std::vector<std::string> words) {
    return {Step::Kind::exec, std::move(words), "", std::nullopt};
  }
  [[nodiscard]] bool is_there(const std::string& path) const {
    return engine::Files(*container_).stat(path).has_value();
  }

  Nothing service_;
  profile::Profile profile_;
  std::unique_ptr<TestContainer> test_;
  std::unique_ptr<engine::Container> container_;
  Site site_;
};

void expect(const record::Attack& row, Observed observed, const std::string& stopped_by) {
  EXPECT_EQ(record::to_text(row.observed), record::to_text(observed))
      << testing::PrintToString(row.evidence) << row.note;
  EXPECT_EQ(row.stopped_by, stopped_by) << testing::PrintToString(row.evidence);
}

TEST_F(AttackTest, OnAWritableRootTheGenericOnesSucceedAndLeaveNothing) {
  start({}, "writable");
  for (const char* id : {"G01", "G02", "G07"}) {
    const auto row = run(shipped(id), "root", site_);
    expect(row, Observed::succeeded, "");
    EXPECT_THAT(row.must_be_blocked_by, IsEmpty());
    EXPECT_THAT(row.evidence, Contains(HasSubstr("nothing of it is left"))) << id;
  }
  EXPECT_FALSE(is_there("/usr/local/bin/rootseal-G01"));
  EXPECT_FALSE(is_there("/usr/bin/yes.rootseal-orig"));
  EXPECT_FALSE(is_there("/usr/share/rootseal-g07/marker"));
  expect(run(shipped("G01"), "service", site_), Observed::blocked, "EACCES");
  expect(run(shipped("G02"), "service", site_), Observed::blocked, "EACCES");
}

TEST_F(AttackTest, OnAReadOnlyRootTheyAreBlockedByErofs) {
  start({"--read-only"}, "read-only");
  for (const char* id : {"G01", "G02", "G07"}) {
    const auto row = run(shipped(id), "root", site_);
    expect(row, Observed::blocked, "EROFS");
    EXPECT_THAT(row.must_be_blocked_by, testing::ElementsAre("root: read-only"));
  }
  expect(run(shipped("G01"), "service", site_), Observed::blocked, "EROFS");
}

TEST_F(AttackTest, RemountingNeedsACapability) {
  start({"--read-only"}, "read-only");
  expect(run(shipped("G16"), "root", site_), Observed::blocked, "EPERM");
}

TEST_F(AttackTest, WithTheCapabilityTheRemountSucceedsAndIsUndone) {
  start({"--read-only", "--cap-add=SYS_ADMIN", "--security-opt=apparmor=unconfined"}, "read-only");
  site_.throwaway = true;
  const auto row = run(shipped("G16"), "root", site_);
  expect(row, Observed::succeeded, "");
  EXPECT_THAT(row.must_be_blocked_by, IsEmpty()) << "a trial is not judged";
  expect(run(shipped("G01"), "root", site_), Observed::blocked, "EROFS");
}

TEST_F(AttackTest, WhereTheRootIsWritableTheRemountIsSkippedWithTheReason) {
  start({}, "writable");
  const auto row = run(shipped("G16"), "root", site_);
  expect(row, Observed::skipped, "prerequisite");
  EXPECT_THAT(row.note, HasSubstr("does not claim 'root: read-only'"));
}

TEST_F(AttackTest, AProgramThatIsNotThereIsNotABlock) {
  start({"--read-only"}, "read-only");
  expect(run(creating({exec({"no-such-program", "/etc/T01"})}), "root", site_), Observed::inconclusive,
         "other");
  expect(run(creating({exec({"/no/such/program"})}), "root", site_), Observed::inconclusive, "other");
  expect(run(creating({scan({"run", "/no/such/program"})}), "root", site_), Observed::inconclusive, "other");
  expect(run(creating({scan({"creat", "/etc/T01", "x"})}), "root", site_), Observed::inconclusive, "other");
  expect(run(creating({scan({"copy", "/no/such/file", "/etc/T01", "0644"})}), "root", site_),
         Observed::inconclusive, "other");
  expect(run(creating({exec({"false"})}), "root", site_), Observed::inconclusive, "other");
}

TEST_F(AttackTest, AMissingToolIsSkippedWithTheReason) {
  start({"--read-only"}, "read-only");
  auto definition = creating({exec({"true"})});
  definition.needs_tools = {"no-such-program"};
  const auto row = run(definition, "root", site_);
  expect(row, Observed::skipped, "prerequisite");
  EXPECT_THAT(row.note, HasSubstr("no program 'no-such-program'"));
}

TEST_F(AttackTest, AnActionWithoutItsEffectIsInconclusive) {
  start({}, "writable");
  expect(run(creating({exec({"true"})}), "root", site_), Observed::inconclusive, "");
}

TEST_F(AttackTest, AnEffectIsBelievedMoreThanAComplaint) {
  start({}, "writable");
  const auto row = run(creating({scan({"create", "/etc/T01", "x"}), exec({"false"})}), "root", site_);
  expect(row, Observed::succeeded, "");
  EXPECT_THAT(row.note, HasSubstr("complained"));
}

TEST_F(AttackTest, ThatWhatASuccessLeftLiesDormantIsSaidAndOfNothingElse) {
  start({}, "writable");
  auto definition = creating({scan({"create", "/etc/T01", "x"})});
  definition.dormant_where = {"archive", "off", "it is not run"};
  EXPECT_EQ(run(definition, "root", site_).note, "");
  site_.settings = {{"archive", "off"}};
  EXPECT_EQ(run(definition, "root", site_).note, "it is not run");
  definition.action = {exec({"true"})};
  EXPECT_THAT(run(definition, "root", site_).note, testing::Not(HasSubstr("not run"))) << "nothing is left";
}

TEST_F(AttackTest, LeftoversAreUndoneFirst) {
  start({}, "writable");
  ASSERT_TRUE(container_->exec({{"touch", "/etc/T01"}, {0, 0}, "", {}, "", core::Milliseconds(30'000)}).ok());
  expect(run(creating({scan({"create", "/etc/T01", "x"})}), "root", site_), Observed::succeeded, "");
  EXPECT_FALSE(is_there("/etc/T01"));
}

TEST_F(AttackTest, WhatCannotBeUndoneIsInconclusiveBeforeAndAfter) {
  start({}, "writable");
  auto definition = creating({scan({"create", "/etc/T01", "x"})});
  definition.undo.clear();
  auto row = run(definition, "root", site_);
  expect(row, Observed::inconclusive, "");
  EXPECT_THAT(row.note, HasSubstr("could not be undone: /etc/T01 is still there"));
  row = run(definition, "root", site_);
  expect(row, Observed::inconclusive, "");
  EXPECT_THAT(row.note, HasSubstr("was there before the attack"));
}

TEST_F(AttackTest, AContainerThatDiesIsInconclusive) {
  start({}, "writable");
  const auto row = run(creating({{Step::Kind::admin, {}, "die", std::nullopt}}), "admin", site_);
  expect(row, Observed::inconclusive, "");
  EXPECT_THAT(row.note, HasSubstr("the container died"));
}

TEST_F(AttackTest, ExecutionOnANoexecMountIsCalledNoexec) {
  start({"--read-only", "--tmpfs=/srv"}, "read-only");
  auto definition = creating({scan({"copy", "/bin/true", "/srv/t", "0755"}), scan({"run", "/srv/t"})});
  expect(run(definition, "root", site_), Observed::blocked, "noexec");
  definition.action[1] = exec({"/srv/t"});
  definition.undo.push_back(scan({"remove", "/srv/t"}));
  ASSERT_TRUE(container_->exec({{"rm", "/srv/t"}, {0, 0}, "", {}, "", core::Milliseconds(30'000)}).ok());
  expect(run(definition, "root", site_), Observed::blocked, "noexec");
}

TEST_F(AttackTest, TheSurfaceShrinksWithTheRoot) {
  start({}, "writable");
  const auto before = measure_surface(site_, "root");
  ASSERT_TRUE(before.measured) << before.note;
  EXPECT_THAT(before.examples, Contains("/"));
  EXPECT_GT(before.replaceable_executables, 100U);
  start({"--read-only", "--tmpfs=/srv"}, "read-only");
  const auto after = measure_surface(site_, "root");
  ASSERT_TRUE(after.measured) << after.note;
  EXPECT_EQ(after.replaceable_executables, 0U);
  EXPECT_THAT(after.examples, testing::IsSupersetOf({"/srv", "/dev"}));
  EXPECT_LT(after.writable_dirs, before.writable_dirs);
  EXPECT_LT(measure_surface(site_, "service").writable_dirs, after.writable_dirs);
}

TEST_F(AttackTest, AWritablePlaceThatTheProfileDoesNotDeclareIsNamed) {
  start({"--read-only", "--tmpfs=/srv/declared", "--tmpfs=/srv/other", "--volume=/opt/forgotten",
         "--tmpfs=/dev/own"},
        "read-only");
  std::vector<std::string> declared{"/srv/declared"};
  for (const auto& mount : container_->mounts()) {  // the image's own volumes
    if (mount.target.rfind("/var/lib/", 0) == 0) declared.push_back(mount.target);
  }
  profile_.claims.push_back({"writable", declared});
  const auto surface = measure_surface(site_, "root");
  ASSERT_TRUE(surface.measured) << surface.note;
  EXPECT_THAT(surface.undeclared, testing::UnorderedElementsAre("/srv/other", "/opt/forgotten", "/dev/own"));
}

TEST_F(AttackTest, OnAWritableRootTheFurtherGenericOnesSucceedAndLeaveNothing) {
  start({}, "writable");
  for (const char* id : {"G03", "G04", "G05", "G08", "G10", "G11", "G19", "G32", "G33"}) {
    expect(run(shipped(id), "root", site_), Observed::succeeded, "");
  }
  expect(run(shipped("G37"), "engine", site_), Observed::succeeded, "");
}

TEST_F(AttackTest, OnAReadOnlyRootWhatNeedsTheRootIsBlockedAndTheRestIsNot) {
  start({"--read-only"}, "read-only");
  for (const char* id : {"G03", "G04", "G05", "G08", "G19", "G32"}) {
    expect(run(shipped(id), "root", site_), Observed::blocked, "EROFS");
  }
  for (const char* id : {"G10", "G11", "G33"})
    expect(run(shipped(id), "root", site_), Observed::succeeded, "");
  expect(run(shipped("G37"), "engine", site_), Observed::blocked, "engine");
}

TEST_F(AttackTest, ANoexecTmpfsStopsAProgramWhereItLies) {
  start({"--read-only", "--tmpfs=/tmp"}, "read-only");
  expect(run(shipped("G08"), "root", site_), Observed::blocked, "noexec");
}

TEST_F(AttackTest, AFileThatIsMountedReadOnlyIsNotTheRootsMerit) {
  start({"--read-only", "--volume=/etc/hostname:/srv/sealed:ro"}, "read-only");
  auto definition = creating({scan({"append", "/srv/sealed", "x"})});
  expect(run(definition, "root", site_), Observed::blocked, "ro-mount");
}

TEST_F(AttackTest, AShellsRestartIsRefusedInAStackThatOthersUse) {
  start({}, "writable");
  const auto row = run(creating({{Step::Kind::restart, {}, "", std::nullopt}}), "root", site_);
  expect(row, Observed::inconclusive, "other");
}

}  // namespace
}  // namespace rootseal::attack::attack_test
