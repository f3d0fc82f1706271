#include <gmock/gmock.h>

#include <functional>

#include "verdict/judge.hpp"

namespace rootseal::verdict::attacks_test {
namespace {

using record::Attack;
using record::Observed;
using record::Verdict;
using testing::HasSubstr;

constexpr const char* kReadonly = "postgres-15/readonly";
constexpr const char* kBaseline = "postgres-15/baseline";

Attack row(const std::string& stack, Observed observed, const std::string& stopped_by = "") {
  Attack row;
  row.id = "G01";
  row.identity = "root";
  row.service = stack.substr(0, stack.find('-'));
  row.stack = stack;
  row.role = stack.ends_with("baseline") ? "control" : "candidate";
  row.observed = observed;
  row.stopped_by = stopped_by;
  return row;
}

Attack expected(Attack attack) {
  attack.must_be_blocked_by = {"root: read-only"};
  return attack;
}

Attack trial(Observed observed) {
  Attack attack = row("postgres-15/readonly+live-G01", observed);
  attack.throwaway = true;
  return attack;
}

record::Stack stack(const std::string& id, std::optional<bool> holds) {
  record::Stack stack;
  stack.id = id;
  stack.claims = {{"root", "read-only", holds, "", ""}};
  return stack;
}

// The first row, judged among all of them; the read-only root holds on the read-only stack.
Attack judged(std::vector<Attack> rows, std::optional<bool> holds = true) {
  judge_attacks(rows, {stack(kReadonly, holds)});
  return rows.front();
}

const Attack kBlocked = row(kReadonly, Observed::blocked, "EROFS");
const Attack kLive = row(kBaseline, Observed::succeeded);
const Attack kDead = row(kBaseline, Observed::blocked, "EACCES");

// --- credit ---

struct CreditCase {
  const char* name;
  std::vector<Attack> rows;
  std::optional<bool> holds;
  bool given;
  const char* reason;
};

void PrintTo(const CreditCase& each, std::ostream* out) { *out << each.name; }

class CreditTest : public testing::TestWithParam<CreditCase> {};

TEST_P(CreditTest, IsGivenOrRefusedWithItsReason) {
  const Attack seen = judged(GetParam().rows, GetParam().holds);
  EXPECT_EQ(seen.credit.given, GetParam().given);
  EXPECT_THAT(seen.credit.reason, HasSubstr(GetParam().reason));
}

Attack changed(Attack attack, const std::function<void(Attack&)>& change) {
  change(attack);
  return attack;
}

INSTANTIATE_TEST_SUITE_P(
    Rules, CreditTest,
    testing::Values(
        CreditCase{"given", {kBlocked, kLive}, true, true, "succeeded on postgres-15/baseline"},
        CreditCase{"no_control", {kBlocked}, true, false, "not tried on baseline"},
        CreditCase{"blocked_on_control", {kBlocked, kDead}, true, false, "blocked on baseline too: EACCES"},
        CreditCase{"control_inconclusive",
                   {kBlocked, row(kBaseline, Observed::inconclusive)},
                   true,
                   false,
                   "the outcome on baseline is not known"},
        CreditCase{"control_skipped",
                   {kBlocked, row(kBaseline, Observed::skipped)},
                   true,
                   false,
                   "skipped on baseline"},
        CreditCase{"noexec",
                   {row(kReadonly, Observed::blocked, "noexec"), kLive},
                   true,
                   false,
                   "blocked by noexec, not by the read-only root"},
        CreditCase{"unknown_stopper",
                   {row(kReadonly, Observed::blocked), kLive},
                   true,
                   false,
                   "blocked by something unknown"},
        CreditCase{"claim_broken", {kBlocked, kLive}, false, false, "does not hold"},
        CreditCase{"claim_unknown", {kBlocked, kLive}, std::nullopt, false, "could not be established"},
        CreditCase{"claim_absent",
                   {row("postgres-15/other", Observed::blocked, "EROFS"), kLive},
                   true,
                   false,
                   "does not claim a read-only root"},
        CreditCase{
            "succeeded", {row(kReadonly, Observed::succeeded), kLive}, true, false, "it was not blocked"},
        CreditCase{"inconclusive", {row(kReadonly, Observed::inconclusive), kLive}, true, false, "not known"},
        CreditCase{"skipped", {row(kReadonly, Observed::skipped), kLive}, true, false, "not tried"},
        CreditCase{"is_control", {kDead, kBlocked}, true, false, "this is the control"},
        CreditCase{"trial", {trial(Observed::blocked), kLive}, true, false, "a liveness trial"},
        CreditCase{"other_identity",
                   {kBlocked, changed(kLive, [](Attack& a) { a.identity = "service"; })},
                   true,
                   false,
                   "not tried"},
        CreditCase{"other_attack",
                   {kBlocked, changed(kLive, [](Attack& a) { a.id = "G02"; })},
                   true,
                   false,
                   "not tried"},
        CreditCase{"other_service",
                   {kBlocked, row("rabbitmq-3.10/baseline", Observed::succeeded)},
                   true,
                   false,
                   "not tried"},
        CreditCase{"other_server",
                   {kBlocked, row("postgres-17/baseline", Observed::succeeded)},
                   true,
                   false,
                   "not tried"},
        CreditCase{"trial_is_no_control", {kBlocked, trial(Observed::succeeded)}, true, false, "not tried"},
        CreditCase{"candidate_is_no_control",
                   {kBlocked, row("postgres-15/other", Observed::succeeded)},
                   true,
                   false,
                   "not tried"},
        CreditCase{"best_of_two_controls", {kBlocked, kDead, kLive}, true, true, "succeeded on"}),
    [](const auto& each) { return each.param.name; });

// --- liveness ---

TEST(LivenessTest, IsWhereTheSameAttemptSucceededPreferablyOnTheControl) {
  EXPECT_FALSE(judged({kBlocked}).liveness.seen);
  EXPECT_FALSE(judged({kBlocked, kDead}).liveness.seen);
  EXPECT_EQ(judged({kBlocked, trial(Observed::succeeded)}).liveness.where, "postgres-15/readonly+live-G01");
  EXPECT_EQ(judged({kBlocked, trial(Observed::succeeded), kLive}).liveness.where, kBaseline);
  EXPECT_EQ(judged({kBlocked, row("postgres-15/other", Observed::succeeded)}).liveness.where,
            "postgres-15/other");
  EXPECT_EQ(judged({kBlocked, row("postgres-17/baseline", Observed::succeeded)}).liveness.where,
            "postgres-17/baseline")
      << "an attack that works on another version is not broken";
  EXPECT_FALSE(judged({kBlocked, trial(Observed::blocked)}).liveness.seen);
}

TEST(LivenessTest, IsOfTheSameAttackIdentityAndService) {
  EXPECT_FALSE(judged({kBlocked, changed(kLive, [](Attack& a) { a.id = "G02"; })}).liveness.seen);
  EXPECT_FALSE(judged({kBlocked, changed(kLive, [](Attack& a) { a.identity = "admin"; })}).liveness.seen);
  EXPECT_FALSE(judged({kBlocked, row("rabbitmq-3.10/baseline", Observed::succeeded)}).liveness.seen);
}

// --- verdict: every combination of expectation, observation and liveness ---

struct VerdictCase {
  bool must_be_blocked;
  Observed observed;
  bool live;
  Verdict verdict;
};

void PrintTo(const VerdictCase& each, std::ostream* out) {
  *out << (each.must_be_blocked ? "must_be_blocked_" : "no_expectation_") << to_text(each.observed)
       << (each.live ? "_live" : "_never_live");
}

class VerdictTest : public testing::TestWithParam<VerdictCase> {};

TEST_P(VerdictTest, FollowsTheTable) {
  Attack attack = row(kReadonly, GetParam().observed, "EROFS");
  if (GetParam().must_be_blocked) attack = expected(attack);
  EXPECT_EQ(judged({attack, GetParam().live ? kLive : kDead}).verdict, GetParam().verdict);
}

INSTANTIATE_TEST_SUITE_P(
    Table, VerdictTest,
    testing::Values(VerdictCase{true, Observed::blocked, true, Verdict::pass},
                    VerdictCase{true, Observed::blocked, false, Verdict::inconclusive},
                    VerdictCase{true, Observed::succeeded, true, Verdict::fail},
                    VerdictCase{true, Observed::succeeded, false, Verdict::fail},
                    VerdictCase{true, Observed::inconclusive, true, Verdict::inconclusive},
                    VerdictCase{true, Observed::inconclusive, false, Verdict::inconclusive},
                    VerdictCase{true, Observed::skipped, true, Verdict::skipped},
                    VerdictCase{true, Observed::skipped, false, Verdict::skipped},
                    VerdictCase{false, Observed::blocked, true, Verdict::pass},
                    VerdictCase{false, Observed::blocked, false, Verdict::pass},
                    VerdictCase{false, Observed::succeeded, true, Verdict::pass},
                    VerdictCase{false, Observed::succeeded, false, Verdict::pass},
                    VerdictCase{false, Observed::inconclusive, true, Verdict::inconclusive},
                    VerdictCase{false, Observed::inconclusive, false, Verdict::inconclusive},
                    VerdictCase{false, Observed::skipped, true, Verdict::skipped},
                    VerdictCase{false, Observed::skipped, false, Verdict::skipped}),
    testing::PrintToStringParamName());

TEST(VerdictTest, ATrialIsNeverJudgedByItself) {
  for (const Observed observed :
       {Observed::blocked, Observed::succeeded, Observed::inconclusive, Observed::skipped}) {
    EXPECT_EQ(judged({expected(trial(observed))}).verdict, Verdict::pass);
  }
}

TEST(VerdictTest, ASpecimensRowIsJudgedLikeAnyOther) {
  const Attack specimen =
      changed(expected(row(kReadonly, Observed::succeeded)), [](Attack& a) { a.role = "specimen"; });
  EXPECT_EQ(judged({specimen}).verdict, Verdict::fail);
}

// --- class ---

struct ClassCase {
  const char* name;
  std::vector<Attack> rows;
  std::optional<bool> holds;
  const char* classification;
};

void PrintTo(const ClassCase& each, std::ostream* out) { *out << each.name; }

class ClassTest : public testing::TestWithParam<ClassCase> {};

TEST_P(ClassTest, FollowsTheTable) {
  EXPECT_EQ(judged(GetParam().rows, GetParam().holds).classification, GetParam().classification);
}

Attack by_design(Attack attack) {
  attack.by_design = true;
  return attack;
}

INSTANTIATE_TEST_SUITE_P(
    Rules, ClassTest,
    testing::Values(
        ClassCase{"credit", {kBlocked, kLive}, true, "prevented-by-read-only-root"},
        ClassCase{"other_control",
                  {row(kReadonly, Observed::blocked, "noexec"), kLive},
                  true,
                  "prevented-by-other-control"},
        ClassCase{"both_sides", {kBlocked, kDead}, true, "prevented-on-both-sides"},
        ClassCase{"both_sides_noexec",
                  {row(kReadonly, Observed::blocked, "noexec"), kDead},
                  true,
                  "prevented-on-both-sides"},
        ClassCase{"on_the_control", {kDead, kBlocked}, true, "prevented-by-other-control"},
        ClassCase{"no_control", {kBlocked}, true, "unknown"},
        ClassCase{"control_unknown", {kBlocked, row(kBaseline, Observed::inconclusive)}, true, "unknown"},
        ClassCase{"control_skipped", {kBlocked, row(kBaseline, Observed::skipped)}, true, "unknown"},
        ClassCase{"trial_shows_the_other_control",
                  {row(kReadonly, Observed::blocked, "EPERM"), row(kBaseline, Observed::skipped),
                   trial(Observed::succeeded)},
                  true,
                  "prevented-by-other-control"},
        ClassCase{"trial_that_did_not_succeed",
                  {row(kReadonly, Observed::blocked, "EPERM"), row(kBaseline, Observed::skipped),
                   trial(Observed::blocked)},
                  true,
                  "unknown"},
        ClassCase{
            "trial_says_nothing_about_the_root", {kBlocked, trial(Observed::succeeded)}, true, "unknown"},
        ClassCase{"trial_of_another_server",
                  {row("postgres-17/readonly", Observed::blocked, "EPERM"), trial(Observed::succeeded)},
                  true,
                  "unknown"},
        ClassCase{"claim_broken", {kBlocked, kLive}, false, "unknown"},
        ClassCase{"claim_unknown", {kBlocked, kLive}, std::nullopt, "unknown"},
        ClassCase{"erofs_without_claim",
                  {row("postgres-15/other", Observed::blocked, "EROFS"), kLive},
                  true,
                  "prevented-by-other-control"},
        ClassCase{"noexec_with_broken_claim",
                  {row(kReadonly, Observed::blocked, "noexec"), kLive},
                  false,
                  "prevented-by-other-control"},
        ClassCase{"succeeded", {row(kReadonly, Observed::succeeded)}, true, "residual-risk"},
        ClassCase{"succeeded_on_control", {kLive}, true, "residual-risk"},
        ClassCase{"by_design", {by_design(row(kReadonly, Observed::succeeded))}, true, "allowed-by-design"},
        ClassCase{"by_design_but_must_be_blocked",
                  {expected(by_design(row(kReadonly, Observed::succeeded)))},
                  true,
                  "residual-risk"},
        ClassCase{"by_design_but_blocked", {by_design(kBlocked), kLive}, true, "prevented-by-read-only-root"},
        ClassCase{"inconclusive", {row(kReadonly, Observed::inconclusive), kLive}, true, "unknown"},
        ClassCase{"skipped", {row(kReadonly, Observed::skipped), kLive}, true, "unknown"},
        ClassCase{"trial", {trial(Observed::succeeded)}, true, "unknown"}),
    [](const auto& each) { return each.param.name; });

TEST(JudgeAttacksTest, WhatStoodThereBeforeIsForgotten) {
  Attack stale = expected(row(kReadonly, Observed::succeeded));
  stale.credit = {true, "old"};
  stale.liveness = {true, "old"};
  stale.classification = "prevented-by-read-only-root";
  stale.verdict = Verdict::pass;
  const Attack seen = judged({stale});
  EXPECT_FALSE(seen.credit.given);
  EXPECT_EQ(seen.liveness.where, kReadonly);
  EXPECT_EQ(seen.classification, "residual-risk");
  EXPECT_EQ(seen.verdict, Verdict::fail);
}

}  // namespace
}  // namespace rootseal::verdict::attacks_test
