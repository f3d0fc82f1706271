#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "attack/attack.hpp"
#include "core/error.hpp"
#include "core/places.hpp"

namespace rootseal::attack::load_test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kGood =
    "id: T01\n"
    "title: a test\n"
    "threat: persistence\n"
    "severity: low\n"
    "references: [ATT&CK T1]\n"
    "identities: [root, service]\n"
    "needs: {tools: [cp], claims: {root: read-only}}\n"
    "action:\n"
    "  - scan: [create, \"${home}/x\", text]\n"
    "  - exec: [cp, a, b]\n"
    "    expect: done\n"
    "effect:\n"
    "  - file: /a\n"
    "    contains: b\n"
    "  - root: writable\n"
    "undo: []\n"
    "traces: [/c]\n"
    "blocked_when:\n"
    "  - claims: {root: read-only}\n"
    "    identities: [root]\n"
    "remedy: something\n"
    "liveness:\n"
    "  with: {cap_add: [SYS_ADMIN]}\n"
    "  protection: capabilities\n"
    "  on: {root: read-only}\n";

class AttackLoadTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "rootseal-attack-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    fs::create_directories(folder_ / "any");
    fs::create_directories(folder_ / "db");
    write("any/T01-test.yaml", kGood);
  }
  void TearDown() override { fs::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }
  [[nodiscard]] Definition good() const { return load(folder_ / "any/T01-test.yaml"); }
  // What load says of the good file with one text replaced.
  [[nodiscard]] std::string complaint(const std::string& from, const std::string& to) const {
    std::string text = kGood;
    text.replace(text.find(from), from.size(), to);
    write("any/T01-test.yaml", text);
    try {
      return "accepted: " + good().id;
    } catch (const core::UsageError& error) {
      return error.what();
    }
  }
  fs::path folder_;
};

TEST_F(AttackLoadTest, EveryKeyArrives) {
  const Definition attack = good();
  EXPECT_EQ(attack.id, "T01");
  EXPECT_THAT(attack.identities, ElementsAre("root", "service"));
  EXPECT_THAT(attack.needs_tools, ElementsAre("cp"));
  EXPECT_EQ(attack.needs_claims.at("root"), "read-only");
  ASSERT_EQ(attack.action.size(), 2U);
  EXPECT_EQ(attack.action[0].kind, Step::Kind::scan);
  EXPECT_EQ(attack.action[1].expect, "done");
  ASSERT_EQ(attack.effects.size(), 2U);
  EXPECT_EQ(attack.effects[0].value, "b");
  EXPECT_EQ(attack.effects[1].kind, Effect::Kind::root_writable);
  EXPECT_THAT(attack.traces, ElementsAre("/c"));
  EXPECT_EQ(attack.blocked_when.at(0).claims.at("root"), "read-only");
  EXPECT_THAT(attack.liveness->override_text, HasSubstr("services:\n  server: {cap_add: [SYS_ADMIN]}"));
  EXPECT_TRUE(attack.services.empty());
}

TEST_F(AttackLoadTest, WhatIsWrongIsNamedWithFileLineAndTheNearest) {
  EXPECT_THAT(complaint("traces:", "trace:"),
              AllOf(HasSubstr("T01-test.yaml:17"), HasSubstr("did you mean 'traces'?")));
  EXPECT_THAT(complaint("threat: persistence", "threat: persistance"),
              AllOf(HasSubstr("T01-test.yaml:3"), HasSubstr("did you mean 'persistence'?")));
  EXPECT_THAT(complaint("[root, service]", "[root, servise]"),
              AllOf(HasSubstr(":6"), HasSubstr("'service'")));
  EXPECT_THAT(complaint("[root, service]", "[client]"), HasSubstr("no step acts as 'client' yet"));
  EXPECT_THAT(complaint("severity: low", "severity: mild"), HasSubstr("unknown severity"));
  EXPECT_THAT(complaint("    identities: [root]", "    identities: [admin]"),
              HasSubstr("not among the identities"));
  EXPECT_THAT(complaint("claims: {root: read-only}\n    ident", "claims: {rot: read-only}\n    ident"),
              AllOf(HasSubstr(":19"), HasSubstr("did you mean 'root'?")));
  EXPECT_THAT(complaint("  - exec: [cp, a, b]", "  - exe: [cp, a, b]"),
              AllOf(HasSubstr(":10"), HasSubstr("'exec'")));
  EXPECT_THAT(complaint("[cp, a, b]", "cp a b"), AllOf(HasSubstr(":10"), HasSubstr("not a list")));
  EXPECT_THAT(complaint("    contains: b", "    same_as: b\n    contains: b"), HasSubstr("one of contains"));
  EXPECT_THAT(complaint("id: T01", "id: T02"), HasSubstr("does not stand in the name"));
  EXPECT_THAT(complaint("${home}", "${home"), AllOf(HasSubstr(":9"), HasSubstr("not closed")));
  EXPECT_THAT(complaint("- exec: [cp, a, b]", "- admin: SELECT 1"), HasSubstr("of the identity admin alone"));
}

TEST_F(AttackLoadTest, WhatMakesItDormantHasASettingAValueAndANote) {
  EXPECT_FALSE(good().dormant_where);
  EXPECT_THAT(
      complaint("remedy: something\n",
                "remedy: something\ndormant_where: {setting: archive, value: \"off\", note: not run}\n"),
      HasSubstr("accepted"));
  EXPECT_EQ(good().dormant_where->setting, "archive");
  EXPECT_EQ(good().dormant_where->value, "off");
  EXPECT_EQ(good().dormant_where->note, "not run");
  EXPECT_THAT(complaint("remedy: something\n", "remedy: something\ndormant_where: {setting: archive}\n"),
              HasSubstr("value"));
}

TEST_F(AttackLoadTest, ARestartNeedsAStackOfItsOwn) {
  EXPECT_THAT(complaint("- exec: [cp, a, b]", "- restart: true"),
              AllOf(HasSubstr("restarts the server that others use"), HasSubstr("stack: own")));
  EXPECT_THAT(complaint("remedy: something\n", "remedy: something\nstack: shared\n"),
              AllOf(HasSubstr("unknown stack"), HasSubstr("own")));
  std::string own = kGood;
  own.replace(own.find("- exec: [cp, a, b]\n    expect: done"), 35, "- restart: true") += "stack: own\n";
  write("any/T01-test.yaml", own);
  EXPECT_TRUE(good().own_stack);
  EXPECT_EQ(good().action[1].kind, Step::Kind::restart);
}

TEST_F(AttackLoadTest, ACopyIsTheEnginesAloneAndHasAPathAndAText) {
  EXPECT_THAT(complaint("- exec: [cp, a, b]", "- copy: [/x, text]"),
              HasSubstr("of the identity engine alone"));
  EXPECT_THAT(complaint("- exec: [cp, a, b]", "- copy: [/x]"), HasSubstr("a path and a text"));
}

TEST_F(AttackLoadTest, AnExpectationCanNameWhatMustNotBeWritable) {
  EXPECT_THAT(complaint("  - claims: {root: read-only}\n    ident",
                        "  - claims: {root: read-only}\n    not_writable: [/tmp]\n    ident"),
              HasSubstr("accepted"));
  EXPECT_THAT(good().blocked_when.at(0).not_writable, ElementsAre("/tmp"));
}

TEST_F(AttackLoadTest, AnEffectCanBeAFullFilesystem) {
  EXPECT_THAT(complaint("  - root: writable\n", "  - full: /dev/shm\n"), HasSubstr("accepted"));
  EXPECT_EQ(good().effects.at(1).kind, Effect::Kind::full);
  EXPECT_EQ(good().effects.at(1).path, "/dev/shm");
}

TEST_F(AttackLoadTest, AThreatThatDoesNotConcernTheServiceIsRefusedInItsFolder) {
  std::string queue = kGood;
  queue.replace(queue.find("persistence"), 11, "message-queue-poisoning");
  write("any/T01-test.yaml", queue);
  service::Description service;
  service.name = "db";
  service.kind = "database";
  service.facts = {{"home", "/home"}};
  EXPECT_NO_THROW(validate(good(), service));
  fs::rename(folder_ / "any/T01-test.yaml", folder_ / "db/T01-test.yaml");
  EXPECT_THROW(validate(load(folder_ / "db/T01-test.yaml"), service), core::UsageError);
  service.kind = "message-queue";
  EXPECT_NO_THROW(validate(load(folder_ / "db/T01-test.yaml"), service));
}

TEST_F(AttackLoadTest, ExpectationsAndUndoingHaveNoDefault) {
  EXPECT_THAT(complaint("blocked_when:\n  - claims: {root: read-only}\n    identities: [root]\n", ""),
              HasSubstr("'blocked_when' is missing"));
  EXPECT_THAT(complaint("undo: []\n", ""), HasSubstr("'undo' is missing"));
  EXPECT_THAT(complaint("blocked_when:\n  - claims: {root: read-only}\n    identities: [root]\n",
                        "blocked_when: []\n"),
              HasSubstr("accepted"));
}

TEST_F(AttackLoadTest, AnUnknownFactOfTheServiceIsNamedWithItsLine) {
  service::Description service;
  service.facts = {{"home", "/home"}};
  EXPECT_NO_THROW(validate(good(), service));
  service.facts = {{"hame", "/home"}};
  try {
    validate(good(), service);
    FAIL();
  } catch (const core::UsageError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("T01-test.yaml:9"), HasSubstr("did you mean 'hame'?")));
  }
}

TEST_F(AttackLoadTest, AnIdCanBeTakenOnce) {
  write("db/T01-again.yaml", kGood);
  EXPECT_THROW(load_all(folder_), core::UsageError);
}

TEST_F(AttackLoadTest, AFolderLimitsItsAttacksToItsService) {
  std::string second = kGood;
  write("db/T02.yaml", second.replace(second.find("T01"), 3, "T02"));
  const auto all = load_all(folder_);
  const auto ids = [](const std::vector<Definition>& of) {
    std::vector<std::string> list;
    for (const auto& definition : of) list.push_back(definition.id);
    return list;
  };
  EXPECT_THAT(ids(select(all, "db", "*")), ElementsAre("T01", "T02"));
  EXPECT_THAT(ids(select(all, "other", "*")), ElementsAre("T01"));
  EXPECT_THAT(ids(select(all, "db", "?02")), ElementsAre("T02"));
  EXPECT_TRUE(select(all, "db", "Z*").empty());
}

TEST(ShippedAttacksTest, AllOfThemLoad) {
  const auto all = load_all(core::project_folder() / "scenarios/attacks");
  EXPECT_GE(all.size(), 24U);
}

}  // namespace
}  // namespace rootseal::attack::load_test
