// A check that fails on the control alone says nothing against the candidates.
#include <gmock/gmock.h>

#include <functional>

#include "verdict/judge.hpp"
#include "verdict/sample_green.hpp"

namespace rootseal::verdict::control_alone_test {
namespace {

using namespace sample_parts;
using record::Record;
using record::RunVerdict;
using record::Verdict;
using testing::HasSubstr;

struct Case {
  const char* name;
  std::function<void(Record&)> change;
  int status;
  const char* reason;  // part of run.reasons[0]
};

void PrintTo(const Case& each, std::ostream* out) { *out << each.name; }

class ControlAloneTest : public testing::TestWithParam<Case> {};

TEST_P(ControlAloneTest, FollowsTheTable) {
  Record record = green();
  GetParam().change(record);
  const auto rows = record.checks;
  judge(record);
  EXPECT_EQ(record.run.exit_status, GetParam().status);
  EXPECT_EQ(record.run.verdict, GetParam().status == 1 ? RunVerdict::fail : RunVerdict::inconclusive);
  ASSERT_FALSE(record.run.reasons.empty());
  EXPECT_THAT(record.run.reasons[0], HasSubstr(GetParam().reason));
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(record.checks[i].verdict, rows[i].verdict) << i;
}

INSTANTIATE_TEST_SUITE_P(
    Rules, ControlAloneTest,
    testing::Values(
        Case{"check_fails_on_control_and_candidate",
             [](Record& r) {
               add(r, check(kBaseline, "function", Verdict::fail));
               add(r, check(kReadonly, "function", Verdict::fail));
             },
             1, "check Crud.Works failed on postgres-15/baseline"},
        Case{"check_fails_on_control_and_beside_a_candidate",
             [](Record& r) {
               add(r, check(kBaseline, "function", Verdict::fail));
               add(r, check("postgres-15/readonly+restore", "function", Verdict::fail));
             },
             1, "check Crud.Works failed on postgres-15/baseline"},
        Case{"check_fails_on_control_without_candidates",
             [](Record& r) {
               r.stacks = {stack_of("baseline", "control"), stack_of("as-analysed", "specimen")};
               std::erase_if(r.checks, [](const auto& row) { return row.stack == kReadonly; });
               add(r, check(kBaseline, "function", Verdict::fail));
             },
             1, "check Crud.Works failed on postgres-15/baseline"},
        Case{"check_fails_on_control_with_candidates_of_another_server_only",
             [](Record& r) {
               for (auto& row : r.stacks) {
                 if (row.role == "candidate") row.id = "rabbitmq-4.0/readonly";
               }
               std::erase_if(r.checks, [](const auto& row) { return row.stack == kReadonly; });
               add(r, check(kBaseline, "function", Verdict::fail));
             },
             1, "check Crud.Works failed on postgres-15/baseline"},
        Case{"control_failed_to_start_once",
             [](Record& r) { add(r, check(kBaseline, "performance", Verdict::fail, record::kStartCheck)); },
             1, "check Stack.Starts failed on postgres-15/baseline"},
        Case{"claims_failed_once_on_control",
             [](Record& r) { add(r, check(kBaseline, "security", Verdict::fail, record::kClaimsCheck)); }, 1,
             "check Claims.Hold failed on postgres-15/baseline"},
        Case{"check_fails_on_control_alone",
             [](Record& r) {
               add(r, check(kBaseline, "function", Verdict::fail));
               r.checks.back().message = "entry 7 is lost";
             },
             2,
             "check Crud.Works failed on the control, postgres-15/baseline, and on no candidate: it says "
             "nothing against the candidates. Look at its evidence and run it again. If it fails again, the "
             "fault is in the server, the image or rootseal. Its message: entry 7 is lost"},
        Case{"workload_fails_on_control_alone",
             [](Record& r) { add(r, check(kBaseline, "performance", Verdict::fail, "select")); }, 2,
             "nothing against the candidates"},
        Case{"check_fails_beside_the_control_alone",
             [](Record& r) { add(r, check("postgres-15/baseline+restore", "recovery", Verdict::fail)); }, 2,
             "failed on the control, postgres-15/baseline+restore, and on no candidate"},
        Case{"check_fails_on_the_twin_alone",
             [](Record& r) { add(r, check("postgres-15/baseline-twin", "performance", Verdict::fail)); }, 2,
             "nothing against the candidates"},
        Case{"check_fails_on_control_and_is_skipped_or_inconclusive_on_candidates",
             [](Record& r) {
               add(r, check(kBaseline, "workflow", Verdict::fail, "Files.AreCopied"));
               add(r, check(kReadonly, "workflow", Verdict::skipped, "Files.AreCopied"));
               add(r, check(kReadonly, "workflow", Verdict::inconclusive, "Files.AreCopied"));
             },
             2, "nothing against the candidates"},
        Case{"check_fails_on_control_and_specimen",
             [](Record& r) {
               add(r, check(kBaseline, "function", Verdict::fail));
               add(r, check("postgres-15/as-analysed", "function", Verdict::fail));
             },
             2, "nothing against the candidates"}),
    [](const auto& each) { return each.param.name; });

// The two servers of a run do not speak for each other, nor do two checks.
TEST(ControlTest, AnotherFailureDoesNotMakeAControlsFailureOneOfTheCandidates) {
  Record record = green();
  record.stacks.push_back(stack_of("readonly", "candidate"));
  record.stacks.back().id = "postgres-16/readonly";
  add(record, check(kBaseline, "function", Verdict::fail));
  add(record, check("postgres-16/readonly", "function", Verdict::fail));
  add(record, check(kReadonly, "function", Verdict::fail, "Crud.Other"));
  judge_attacks(record.attacks, record.stacks);
  std::vector<int> statuses;
  for (const Reason& reason : reasons(record)) {
    if (reason.text.starts_with("check")) statuses.push_back(reason.status);
  }
  EXPECT_THAT(statuses, testing::ElementsAre(1, 1, 2));
}

}  // namespace
}  // namespace rootseal::verdict::control_alone_test
