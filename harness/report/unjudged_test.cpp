#include "report/unjudged.hpp"

#include <gmock/gmock.h>

#include "report/answers.hpp"
#include "report/decision.hpp"
#include "report/report.hpp"
#include "report/small_stack.hpp"

namespace rootseal::report::unjudged_test {
namespace {

using record::Comparison;
using record::Record;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// For judging, and recorded in eight launches where `needed` would have been.
Comparison recorded(const std::string& profile, const std::string& workload, const char* metric, int needed) {
  Comparison row;
  row.service = "db";
  row.workload = workload;
  row.metric = metric;
  row.unit = "1/s";
  row.stack = "db-1/" + profile;
  row.launches.resize(8);
  row.launches_needed = needed;
  return row;
}

Record record_of(std::vector<Comparison> rows) {
  Record record;
  record.run.verdict = record::RunVerdict::pass;
  record.run.exit_status = 0;
  record.run.size = "default";
  record.stacks = {stack("base", "control"), stack("sealed", "candidate"), stack("tight", "candidate"),
                   stack("odd", "specimen")};
  for (const auto& row : rows) {
    record::Epoch epoch;
    epoch.service = row.service;
    epoch.workload = row.workload;
    record.epochs.push_back(epoch);
  }
  record.comparisons = std::move(rows);
  return record;
}

Record two_candidates() {
  return record_of({recorded("sealed", "read", "throughput", 14), recorded("sealed", "read", "p99", 40),
                    recorded("tight", "write", "p50", 24), recorded("tight", "read", "p99", 33),
                    recorded("odd", "read", "p50", 14)});
}

TEST(UnjudgedTest, APassSaysInItsFirstLineHowManyFiguresWereNotJudged) {
  Record record = two_candidates();
  const std::string words = "4 figures of cost were recorded, not known well enough to be judged";
  EXPECT_EQ(headline(record), "PASS (exit status 0); " + words);
  EXPECT_THAT(console(record, false), HasSubstr("\nPASS (exit status 0); " + words + "\n  to have what"));
  EXPECT_THAT(markdown(record), testing::StartsWith("# rootseal: PASS (exit status 0); " + words + "\n"));
  EXPECT_THAT(html(record),
              HasSubstr("PASS (exit status 0)</span><span class=\"words open\">; " + words + "</span>."));
  EXPECT_THAT(verdict_in_words(record), testing::StartsWith("Everything else"));
  record.run.verdict = record::RunVerdict::fail;
  EXPECT_EQ(headline(record), "FAIL (exit status 0)") << "there is something graver to say";
  EXPECT_THAT(console(record, false), Not(HasSubstr("to have what")));
}

TEST(UnjudgedTest, WhatWasJudgedOrIsNotForJudgingIsNotCounted) {
  Record record = record_of({recorded("sealed", "read", "throughput", 14)});
  EXPECT_EQ(unjudged(record), 1U);
  record.epochs[0].judged = false;
  EXPECT_EQ(unjudged(record), 0U);
  record.epochs[0].judged = true;
  record.comparisons[0].judged = true;
  record.comparisons[0].verdict = record::Verdict::pass;
  EXPECT_EQ(unjudged(record), 0U);
  EXPECT_EQ(headline(record), "PASS (exit status 0)");
  EXPECT_EQ(verdict_in_words(record), "Everything that was asked for was established.");
  EXPECT_THAT(to_judge_them(record), IsEmpty());
}

TEST(UnjudgedTest, TheNextStepIsOneCommandForWhatIsInReachAndNamesTheRest) {
  EXPECT_THAT(to_judge_them(two_candidates()),
              ElementsAre(AllOf(
                  HasSubstr("of db judged: scripts/run.sh --full --service db --suite performance --workload "
                            "read,write --launches 24; try a quieter machine"),
                  EndsWith("more launches than the 24 of --full are needed for p99 of read (40)"))));
  Record record = two_candidates();
  record.run.size = "full";
  EXPECT_THAT(to_judge_them(record), ElementsAre(AllOf(Not(HasSubstr("run.sh")), HasSubstr("quieter"))))
      << "that was done already";
}

TEST(UnjudgedTest, WhyOfACandidateNamesItsOwn) {
  const auto all = decisions(two_candidates());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_THAT(
      all[0].why,
      testing::Contains(AllOf(
          HasSubstr("2 figures of cost were recorded, not known well enough to be judged: throughput of "
                    "read, p99 of read. Next: scripts/run.sh --full"),
          HasSubstr("--workload read --launches 14;"))));
  EXPECT_THAT(all[1].why, testing::Contains(HasSubstr("--workload write --launches 24;")));
}

TEST(UnjudgedTest, AfterAQuickRunOrTooFewLaunchesALargerRunIsTheStep) {
  const auto step =
      ElementsAre(EndsWith(": a run of the default size, scripts/run.sh --service db --suite performance"));
  Record record = two_candidates();
  record.run.size = "quick";
  EXPECT_THAT(to_judge_them(record), step);
  record.run.size = "default";
  record.comparisons[0].launches.resize(5);
  EXPECT_THAT(to_judge_them(record), step);
}

}  // namespace
}  // namespace rootseal::report::unjudged_test
