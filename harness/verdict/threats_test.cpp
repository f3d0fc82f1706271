#include <gmock/gmock.h>

#include "verdict/judge.hpp"

namespace rootseal::verdict::threats_test {
namespace {

using record::Attack;
using record::Observed;
using record::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kReadonly = "postgres-15/readonly";

Attack row(const std::string& id, const std::string& classification, Verdict verdict = Verdict::pass) {
  Attack row;
  row.id = id;
  row.identity = "root";
  row.service = "postgres";
  row.stack = kReadonly;
  row.profile = "readonly";
  row.threat = "persistence";
  row.classification = classification;
  row.verdict = verdict;
  row.observed = classification.starts_with("prevented") ? Observed::blocked : Observed::succeeded;
  if (verdict == Verdict::skipped) row.observed = Observed::skipped;
  if (verdict == Verdict::inconclusive) row.observed = Observed::inconclusive;
  row.credit.given = classification == "prevented-by-read-only-root";
  return row;
}

Attack as(Attack attack, const std::string& identity) {
  attack.identity = identity;
  return attack;
}

record::Threat judged(const std::vector<Attack>& rows) {
  const auto threats = judge_threats(rows, {});
  EXPECT_THAT(threats, SizeIs(1));
  return threats.empty() ? record::Threat{} : threats.front();
}

TEST(ThreatsTest, CountsAndNamesWhatCameOfEachAttempt) {
  const auto threat = judged({row("G03", "prevented-by-read-only-root"),
                              row("G04", "prevented-on-both-sides"), row("G16", "prevented-by-other-control"),
                              row("G10", "residual-risk"), as(row("G10", "residual-risk"), "service"),
                              row("R02", "allowed-by-design"), row("G05", "unknown", Verdict::skipped)});
  EXPECT_EQ(threat.service, "postgres");
  EXPECT_EQ(threat.stack, kReadonly);
  EXPECT_EQ(threat.profile, "readonly");
  EXPECT_EQ(threat.threat, "persistence");
  EXPECT_EQ(threat.prevented, 3U);
  EXPECT_EQ(threat.residual, 2U);
  EXPECT_EQ(threat.by_design, 1U);
  EXPECT_EQ(threat.verdict, Verdict::pass);
  EXPECT_EQ(threat.text,
            "3 of 6 attempts prevented, 1 of them by the read-only root; residual risk: G10 (root, service); "
            "allowed by design: R02 (root); skipped: G05 (root)");
}

TEST(ThreatsTest, TheWorstAttemptDecides) {
  const auto good = row("G03", "prevented-by-read-only-root");
  EXPECT_EQ(judged({good, row("G04", "residual-risk", Verdict::fail)}).verdict, Verdict::fail);
  const auto open = judged({good, row("G04", "unknown", Verdict::inconclusive)});
  EXPECT_EQ(open.verdict, Verdict::inconclusive);
  EXPECT_THAT(open.text, HasSubstr("1 of 2 attempts prevented"));
  EXPECT_THAT(open.text, HasSubstr("not known: G04 (root)"));
}

TEST(ThreatsTest, WhatWasNeverSeenToSucceedIsNotCalledPrevented) {
  auto never_live = row("G04", "unknown", Verdict::inconclusive);
  never_live.observed = Observed::blocked;
  const auto threat = judged({never_live});
  EXPECT_EQ(threat.prevented, 0U);
  EXPECT_THAT(threat.text, HasSubstr("not known: G04"));
}

TEST(ThreatsTest, OnlySkippedAttemptsAreSkippedAndSaySo) {
  const auto threat = judged({row("G04", "unknown", Verdict::skipped)});
  EXPECT_EQ(threat.verdict, Verdict::skipped);
  EXPECT_EQ(threat.text, "not tried; skipped: G04 (root)");
}

TEST(ThreatsTest, TrialsDoNotCountAndStacksBesideCountWithTheirs) {
  auto trial = row("G03", "unknown");
  trial.throwaway = true;
  EXPECT_THAT(judge_threats({trial}, {}), IsEmpty());
  auto beside = row("G04", "residual-risk");
  beside.stack = "postgres-15/readonly+fill";
  const auto threat = judged({row("G03", "prevented-by-read-only-root"), beside});
  EXPECT_EQ(threat.stack, kReadonly);
  EXPECT_EQ(threat.residual, 1U);
}

TEST(ThreatsTest, StacksStandInTheirOrderAndThreatsInThatOfTheAnalysis) {
  auto malware = row("G01", "residual-risk");
  malware.threat = "malware-installation";
  auto control = row("G03", "residual-risk");
  control.stack = "postgres-15/baseline";
  record::Stack first, second;
  first.id = "postgres-15/baseline";
  second.id = kReadonly;
  std::vector<std::string> order;
  for (const auto& threat : judge_threats({row("G03", "residual-risk"), malware, control}, {first, second}))
    order.push_back(threat.stack + " " + threat.threat);
  EXPECT_THAT(order,
              ElementsAre("postgres-15/baseline persistence", "postgres-15/readonly malware-installation",
                          "postgres-15/readonly persistence"));
}

}  // namespace
}  // namespace rootseal::verdict::threats_test
