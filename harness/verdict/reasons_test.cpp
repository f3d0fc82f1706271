#include <gmock/gmock.h>

#include <functional>

#include "verdict/judge.hpp"

namespace rootseal::verdict::reasons_test {
namespace {

using record::Record;
using record::RunVerdict;
using record::Verdict;
using testing::HasSubstr;

constexpr const char* kReadonly = "postgres-15/readonly";

record::Stack stack(const std::string& profile, const std::string& role) {
  record::Stack stack;
  stack.id = "postgres-15/" + profile;
  stack.service = "postgres";
  stack.profile = profile;
  stack.role = role;
  stack.started = true;
  stack.claims = {{"root", "read-only", true, "", ""}};
  return stack;
}

record::Check check(const std::string& stack, const std::string& suite, Verdict verdict,
                    const std::string& id = "Crud.Works") {
  return {id, stack, "postgres", "", suite, verdict, 0.1, "", {}};
}

record::Surface surface(const std::string& stack, bool measured, std::vector<std::string> undeclared) {
  record::Surface row;
  row.stack = stack;
  row.identity = "root";
  row.measured = measured;
  row.note = "no answer";
  row.undeclared = std::move(undeclared);
  return row;
}

record::Attack attack(const std::string& stack, record::Observed observed, const std::string& role) {
  record::Attack row;
  row.id = "G01";
  row.identity = "root";
  row.service = "postgres";
  row.stack = stack;
  row.role = role;
  row.observed = observed;
  row.stopped_by = observed == record::Observed::blocked ? "EROFS" : "";
  if (role == "candidate") row.must_be_blocked_by = {"root: read-only"};
  return row;
}

// A green run: every suite did something on both stacks.
Record green() {
  Record record;
  record.run.finished = "2026-11-23T19:48:04.623Z";
  record.run.suites = {"function", "recovery", "security", "performance"};
  record.stacks = {stack("baseline", "control"), stack("readonly", "candidate"),
                   stack("as-analysed", "specimen"), stack("baseline-twin", "control")};
  for (const char* id : {"postgres-15/baseline", kReadonly}) {
    record.checks.push_back(check(id, "function", Verdict::pass));
    record.checks.push_back(check(id, "recovery", Verdict::pass));
  }
  record.attacks = {attack("postgres-15/baseline", record::Observed::succeeded, "control"),
                    attack(kReadonly, record::Observed::blocked, "candidate")};
  record::Comparison comparison;
  comparison.service = "postgres";
  comparison.stack = kReadonly;
  comparison.metric = "throughput";
  comparison.workload = "select";
  record.comparisons = {comparison};
  return record;
}

Record judged(Record record) {
  judge(record);
  return record;
}

struct Case {
  const char* name;
  std::function<void(Record&)> change;
  int status;
  const char* reason;  // part of run.reasons[0]; empty: there is none
};

void PrintTo(const Case& each, std::ostream* out) { *out << each.name; }

class ExitStatusTest : public testing::TestWithParam<Case> {};

TEST_P(ExitStatusTest, FollowsTheTable) {
  Record record = green();
  GetParam().change(record);
  judge(record);
  EXPECT_EQ(record.run.exit_status, GetParam().status);
  if (GetParam().status == 0) {
    EXPECT_THAT(record.run.reasons, testing::IsEmpty());
  } else {
    ASSERT_FALSE(record.run.reasons.empty());
    EXPECT_THAT(record.run.reasons[0], HasSubstr(GetParam().reason));
  }
  const Record once = record;
  judge(record);
  EXPECT_EQ(record.run.exit_status, once.run.exit_status);
  EXPECT_EQ(record.run.reasons, once.run.reasons);
}

void add(Record& record, record::Check row) { record.checks.push_back(std::move(row)); }
void drop_suite(Record& record, const std::string& suite, const std::string& stack) {
  std::erase_if(record.checks, [&](const auto& row) { return row.suite == suite && row.stack == stack; });
}
record::Comparison judged_as(Verdict verdict, const std::string& stack = kReadonly) {
  record::Comparison row;
  row.stack = stack;
  row.workload = "select";
  row.metric = "p50";
  row.judged = true;
  row.verdict = verdict;
  return row;
}

INSTANTIATE_TEST_SUITE_P(
    Rules, ExitStatusTest,
    testing::Values(
        Case{"green", [](Record&) {}, 0, ""},
        // 3
        Case{"fault", [](Record& r) { r.run.faults = {"no engine"}; }, 3, "no engine"},
        Case{"control_does_not_start",
             [](Record& r) {
               r.stacks[0].started = false;
               r.stacks[0].start_error = "exit code 1";
             },
             3, "postgres-15/baseline (control) did not start: exit code 1"},
        Case{"twin_does_not_start", [](Record& r) { r.stacks[3].started = false; }, 3, "baseline-twin"},
        Case{"a_fault_outweighs_a_failure",
             [](Record& r) {
               add(r, check(kReadonly, "function", Verdict::fail));
               r.run.faults = {"disk full"};
             },
             3, "disk full"},
        // 1
        Case{"candidate_does_not_start", [](Record& r) { r.stacks[1].started = false; }, 1,
             "(candidate) did not start"},
        Case{"check_fails", [](Record& r) { add(r, check(kReadonly, "function", Verdict::fail)); }, 1,
             "check Crud.Works failed on postgres-15/readonly"},
        Case{"check_fails_on_control",
             [](Record& r) { add(r, check("postgres-15/baseline", "function", Verdict::fail)); }, 1,
             "baseline"},
        Case{"check_fails_beside_a_stack",
             [](Record& r) { add(r, check("postgres-15/readonly+restore", "function", Verdict::fail)); }, 1,
             "+restore"},
        Case{"check_fails_on_unknown_stack",
             [](Record& r) { add(r, check("x-1/y", "function", Verdict::fail)); }, 1, "x-1/y"},
        Case{"check_fails_without_stack", [](Record& r) { add(r, check("", "function", Verdict::fail)); }, 1,
             "failed"},
        Case{"claim_broken", [](Record& r) { r.stacks[1].claims[0].holds = false; }, 1,
             "claim root: read-only does not hold on postgres-15/readonly"},
        Case{"claim_broken_on_control", [](Record& r) { r.stacks[0].claims[0].holds = false; }, 1,
             "does not hold"},
        Case{"attack_succeeds", [](Record& r) { r.attacks[1].observed = record::Observed::succeeded; }, 1,
             "attack G01 as root succeeded on postgres-15/readonly although \"root: read-only\" must block "
             "it"},
        Case{"undeclared_place",
             [](Record& r) {
               r.surface = {surface(kReadonly, true, {"/srv", "/opt"})};
             },
             1, "root can write /srv, /opt on postgres-15/readonly, which the profile does not declare"},
        Case{"comparison_fails", [](Record& r) { r.comparisons.push_back(judged_as(Verdict::fail)); }, 1,
             "p50 of select is worse"},
        Case{"a_failure_outweighs_the_inconclusive",
             [](Record& r) {
               add(r, check(kReadonly, "function", Verdict::inconclusive));
               add(r, check(kReadonly, "recovery", Verdict::fail));
             },
             1, "failed"},
        // 2
        Case{"check_inconclusive",
             [](Record& r) { add(r, check(kReadonly, "function", Verdict::inconclusive)); }, 2,
             "check Crud.Works is inconclusive"},
        Case{"claim_not_established", [](Record& r) { r.stacks[1].claims[0].holds.reset(); }, 2,
             "could not be established"},
        Case{"attack_inconclusive", [](Record& r) { r.attacks[0].observed = record::Observed::inconclusive; },
             2, "attack G01 as root is inconclusive"},
        Case{"surface_not_measured", [](Record& r) { r.surface = {surface(kReadonly, false, {})}; }, 2,
             "what root can write on postgres-15/readonly could not be measured: no answer"},
        Case{"surface_as_declared", [](Record& r) { r.surface = {surface(kReadonly, true, {})}; }, 0, ""},
        Case{"surface_of_a_specimen",
             [](Record& r) {
               r.surface = {surface("postgres-15/as-analysed", true, {"/srv"}),
                            surface("postgres-15/as-analysed", false, {})};
             },
             0, ""},
        Case{"attack_never_live", [](Record& r) { r.attacks[0].observed = record::Observed::blocked; }, 2,
             "may mean \"broken\""},
        Case{"comparison_inconclusive",
             [](Record& r) { r.comparisons.push_back(judged_as(Verdict::inconclusive)); }, 2,
             "p50 of select is inconclusive"},
        Case{"suite_absent_on_candidate", [](Record& r) { drop_suite(r, "recovery", kReadonly); }, 2,
             "suite recovery did nothing on postgres-15/readonly"},
        Case{"suite_absent_on_control", [](Record& r) { drop_suite(r, "function", "postgres-15/baseline"); },
             2, "suite function did nothing on postgres-15/baseline"},
        Case{"suite_skipped_whole",
             [](Record& r) {
               drop_suite(r, "function", kReadonly);
               add(r, check(kReadonly, "function", Verdict::skipped));
               r.skipped = {{"suite function", kReadonly, "no scenario matches X*"}};
             },
             2, "did nothing on postgres-15/readonly: no scenario matches X*"},
        Case{"only_the_harness_own_checks",
             [](Record& r) {
               drop_suite(r, "function", kReadonly);
               add(r, check(kReadonly, "function", Verdict::pass, record::kStartCheck));
               add(r, check(kReadonly, "security", Verdict::pass, record::kClaimsCheck));
             },
             2, "suite function did nothing"},
        Case{"security_all_skipped",
             [](Record& r) {
               for (auto& row : r.attacks) row.observed = record::Observed::skipped;
             },
             2, "suite security did nothing"},
        Case{"security_skipped_on_the_control_only",
             [](Record& r) {
               r.attacks[0].observed = record::Observed::skipped;
               r.attacks[1].must_be_blocked_by.clear();
             },
             0, ""},
        Case{"security_absent_on_the_control", [](Record& r) { r.attacks.erase(r.attacks.begin()); }, 2,
             "G01 as root is inconclusive"},
        Case{"security_only_trials",
             [](Record& r) {
               r.attacks[1].throwaway = true;
               r.attacks[1].stack = "postgres-15/readonly+live-G01";
             },
             2, "suite security did nothing on postgres-15/readonly"},
        Case{"nothing_measured", [](Record& r) { r.comparisons.clear(); }, 2,
             "suite performance did nothing"},
        Case{"nothing_at_all",
             [](Record& r) {
               r = Record{};
               r.run.finished = "2026-11-23T19:48:04.623Z";
             },
             2, "nothing ran"},
        Case{"only_trials",
             [](Record& r) {
               r.run.suites.clear();
               r.checks.clear();
               r.comparisons.clear();
               r.attacks = {
                   attack("postgres-15/readonly+live-G01", record::Observed::succeeded, "candidate")};
               r.attacks[0].throwaway = true;
             },
             2, "nothing ran"},
        Case{"only_specimens",
             [](Record& r) {
               r.run.suites.clear();
               r.stacks = {stack("as-analysed", "specimen")};
               r.checks = {check("postgres-15/as-analysed", "function", Verdict::pass)};
               r.attacks.clear();
               r.comparisons.clear();
             },
             2, "nothing ran"},
        // 0
        Case{"specimen_fails_everything",
             [](Record& r) {
               r.stacks[2].started = false;
               r.stacks[2].claims[0].holds = false;
               add(r, check("postgres-15/as-analysed", "function", Verdict::fail));
               add(r, check("postgres-15/as-analysed+restore", "function", Verdict::inconclusive));
               r.attacks.push_back(
                   attack("postgres-15/as-analysed", record::Observed::succeeded, "specimen"));
               r.attacks.back().must_be_blocked_by = {"root: read-only"};
               r.comparisons.push_back(judged_as(Verdict::fail, "postgres-15/as-analysed"));
             },
             0, ""},
        Case{"one_check_skipped_with_a_reason",
             [](Record& r) { add(r, check(kReadonly, "function", Verdict::skipped, "Crud.Other")); }, 0, ""},
        Case{"comparison_recorded_only",
             [](Record& r) {
               r.comparisons.push_back(judged_as(Verdict::fail));
               r.comparisons.back().judged = false;
             },
             0, ""},
        Case{"suite_not_asked_for",
             [](Record& r) {
               r.run.suites = {"function"};
               drop_suite(r, "recovery", kReadonly);
             },
             0, ""},
        Case{"trial_that_failed_to_succeed",
             [](Record& r) {
               r.attacks.push_back(
                   attack("postgres-15/readonly+live-G01", record::Observed::inconclusive, "candidate"));
               r.attacks.back().throwaway = true;
             },
             0, ""}),
    [](const auto& each) { return each.param.name; });

TEST(JudgeTest, TheVerdictFollowsTheExitStatus) {
  EXPECT_EQ(judged(green()).run.verdict, RunVerdict::pass);
  Record record = green();
  add(record, check(kReadonly, "function", Verdict::inconclusive));
  EXPECT_EQ(judged(record).run.verdict, RunVerdict::inconclusive);
  add(record, check(kReadonly, "function", Verdict::fail));
  EXPECT_EQ(judged(record).run.verdict, RunVerdict::fail);
  record.run.faults = {"x"};
  EXPECT_EQ(judged(record).run.verdict, RunVerdict::error);
}

TEST(JudgeTest, ARunThatDidNotEndByItselfStaysInterrupted) {
  Record killed = green();
  killed.run.finished.clear();
  EXPECT_EQ(judged(killed).run.verdict, RunVerdict::interrupted);
  EXPECT_EQ(judged(killed).run.exit_status, -1);
  Record stopped = green();
  stopped.run.exit_status = record::kInterruptedStatus;
  EXPECT_EQ(judged(stopped).run.verdict, RunVerdict::interrupted);
  EXPECT_EQ(judged(stopped).run.exit_status, record::kInterruptedStatus);
}

TEST(JudgeTest, ComparisonsAreMadeAnewFromTheirEpochsAndOthersStay) {
  Record record = green();
  record::Epoch epoch;
  epoch.service = "postgres";
  epoch.workload = "select";
  epoch.stack = kReadonly;
  epoch.against = "postgres-15/baseline";
  epoch.launch = 1;
  epoch.baseline = epoch.contender = {{"operations", 5}, {"p50", 1e-4}};
  record.epochs = {epoch};
  record.comparisons[0].note = "stale";
  record.comparisons.push_back(record.comparisons[0]);
  record.comparisons[1].workload = "without epochs";
  judge(record);
  ASSERT_EQ(record.comparisons.size(), 2U);
  EXPECT_EQ(record.comparisons[0].metric, "p50");
  EXPECT_EQ(record.comparisons[1].note, "stale");
}

TEST(ReasonsTest, StandInTheOrderOfTheirWeight) {
  Record record = green();
  add(record, check(kReadonly, "function", Verdict::inconclusive));
  add(record, check(kReadonly, "function", Verdict::fail));
  record.run.faults = {"fault"};
  judge_attacks(record.attacks, record.stacks);
  std::vector<int> statuses;
  for (const Reason& reason : reasons(record)) statuses.push_back(reason.status);
  EXPECT_THAT(statuses, testing::ElementsAre(3, 1, 2));
}

TEST(ReasonsTest, AnAttackThatWasNeverJudgedIsNotGreen) { EXPECT_EQ(exit_status(green()), 2); }

}  // namespace
}  // namespace rootseal::verdict::reasons_test
