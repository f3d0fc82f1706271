#include "report/risks.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "record/finding_ids.hpp"
#include "record/sample.hpp"
#include "report/decision.hpp"
#include "report/report.hpp"

namespace rootseal::report::risks_test {
namespace {

using record::Record;
using record::sample_record;
using testing::ElementsAre;

record::Attack residual(const char* id, const char* stack, const char* severity) {
  record::Attack attack;
  attack.id = id;
  attack.title = "does harm";
  attack.stack = stack;
  attack.identity = "root";
  attack.severity = severity;
  attack.observed = record::Observed::succeeded;
  attack.verdict = record::Verdict::pass;
  attack.classification = "residual-risk";
  attack.remedy = "no root";
  return attack;
}

Record two_candidates() {
  Record record;
  for (const auto& [id, role] : {std::pair{"db-1/base", "control"}, std::pair{"db-1/sealed", "candidate"},
                                 std::pair{"db-1/tight", "candidate"}}) {
    record::Stack stack;
    stack.id = id;
    stack.profile = stack.id.substr(5);
    stack.role = role;
    stack.started = true;
    record.stacks.push_back(stack);
  }
  record.attacks = {residual("A1", "db-1/base", "low"), residual("A1", "db-1/sealed", "low"),
                    residual("A2", "db-1/sealed", "high"), residual("A1", "db-1/tight", "low")};
  return record;
}

TEST(RisksTest, OneRowForEachOnAllItsCandidatesTheGravestFirst) {
  const auto all = risks(two_candidates());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "A2");
  EXPECT_EQ(all[1].name, "A1");
  EXPECT_EQ(all[1].remedy, "no root");
  EXPECT_THAT(all[1].profiles, ElementsAre("sealed", "tight"));
}

TEST(RisksTest, WhatMustBeBlockedIsAFailureAndATrialIsNothing) {
  Record record = two_candidates();
  record.attacks[2].verdict = record::Verdict::fail;
  record.attacks[3].throwaway = true;
  record.attacks[1].classification = "allowed-by-design";
  EXPECT_TRUE(risks(record).empty());
}

TEST(RisksTest, GraveFindingsOfCandidatesAreAmongThem) {
  Record record = two_candidates();
  record.attacks.clear();
  record.findings = {{"a", "medium", "db-1/sealed+full", "loses what is large", {}},
                     {"b", "info", "db-1/sealed", "eight launches", {}},
                     {"c", "high", "db-1/base", "loses what is large", {}}};
  const auto all = risks(record);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].title, "loses what is large");
  EXPECT_THAT(all[0].profiles, ElementsAre("sealed"));
}

TEST(RisksTest, WhatLimitsOneIsSaidOfTheProfilesThatItHoldsFor) {
  Record record = two_candidates();
  EXPECT_TRUE(in_words(risks(record)[1].notes).empty());
  record.attacks[1].note = "stored, not run";
  EXPECT_THAT(in_words(risks(record)[1].notes), ElementsAre("on sealed: stored, not run"));
  record.attacks[3].note = "stored, not run";
  EXPECT_THAT(in_words(risks(record)[1].notes), ElementsAre("on sealed, tight: stored, not run"));
  for (const auto& text : {html(record), markdown(record)})
    EXPECT_THAT(text, testing::HasSubstr("on sealed, tight: stored, not run"));
}

TEST(RisksTest, ALossOnAFullVolumeHasARemedyThatSaysOnlyWhatAPassingCheckShowed) {
  Record record = two_candidates();
  record.attacks.clear();
  record.findings = {{record::kLostWhenFull, "medium", "db-1/sealed", "loses what is large", {}}};
  EXPECT_THAT(risks(record)[0].remedy, testing::AllOf(testing::HasSubstr("an alert on free space"),
                                                      testing::Not(testing::HasSubstr("smaller entries"))));
  record::Check check;
  check.id = "FullVolume.IsSaid";
  check.stack = "db-1/sealed";
  check.verdict = record::Verdict::pass;
  record.checks = {check};
  EXPECT_THAT(risks(record)[0].remedy, testing::HasSubstr("smaller entries: of these none was lost"));
  record.checks[0].verdict = record::Verdict::fail;
  EXPECT_THAT(risks(record)[0].remedy, testing::Not(testing::HasSubstr("smaller entries")));
  EXPECT_THAT(markdown(record),
              testing::HasSubstr("found: loses what is large. What would stop it: an alert"));
}

TEST(RisksTest, AreAsManyAsTheAnswersCount) {
  Record twice = two_candidates();  // found on a stack and on one beside it
  twice.findings = {{"a", "high", "db-1/sealed", "loses what is large", {}},
                    {"a", "high", "db-1/sealed+full", "loses what is large", {}}};
  for (const Record& record : {sample_record(), two_candidates(), twice}) {
    const auto all = risks(record);
    for (const auto& decision : decisions(record)) {
      const auto listed = std::count_if(all.begin(), all.end(), [&](const Risk& risk) {
        return decision.stack.starts_with(risk.server + "/") &&
               std::find(risk.profiles.begin(), risk.profiles.end(), decision.profile) != risk.profiles.end();
      });
      EXPECT_EQ(static_cast<std::size_t>(listed), decision.residual) << decision.stack;
    }
  }
}

}  // namespace
}  // namespace rootseal::report::risks_test
