#include "report/cost.hpp"

#include <gmock/gmock.h>

#include "record/sample.hpp"
#include "report/answers.hpp"
#include "report/decision.hpp"

namespace rootseal::report::cost_test {
namespace {

using record::Comparison;
using record::Record;
using record::Verdict;
using testing::HasSubstr;

Comparison throughput(const char* workload, record::Interval interval) {
  Comparison row;
  row.service = "db";
  row.workload = workload;
  row.metric = "throughput";
  row.unit = "1/s";
  row.better = "higher";
  row.stack = "db-1/sealed";
  row.interval = interval;
  row.margin = 0.03;
  row.judged = true;
  row.verdict = Verdict::pass;
  return row;
}

Record record_of(std::vector<Comparison> rows) {
  Record record;
  record.comparisons = std::move(rows);
  return record;
}

TEST(CostTest, TheWorstReachesFarthestToTheSlowSideWhateverItsMiddle) {
  const Record record =
      record_of({throughput("steady", {0.995, 0.982, 1.008}), throughput("noisy", {0.998, 0.964, 1.033}),
                 throughput("fast", {1.1, 1.0, 1.2})});
  EXPECT_EQ(worst_figure(cost_of(record, "db-1/sealed")), "0.998 (0.964 to 1.033) of noisy");
}

TEST(CostTest, WorkloadsThatAreOnlyRecordedAreNeitherTheWorstNorCounted) {
  Record record =
      record_of({throughput("read", {0.995, 0.982, 1.008}), throughput("start", {0.9, 0.7, 1.2})});
  record.comparisons[1].judged = false;
  record.comparisons[1].verdict.reset();
  const Cost cost = cost_of(record, "db-1/sealed");
  EXPECT_EQ(counted(cost), "1 within the margin");
  EXPECT_EQ(worst_figure(cost), "0.995 (0.982 to 1.008) of read");
  record.epochs.resize(1);  // a workload for judging, of which these launches did not suffice
  record.epochs[0].service = "db";
  record.epochs[0].workload = "start";
  record.epochs[0].judged = true;
  EXPECT_EQ(counted(cost_of(record, "db-1/sealed")), "1 within the margin, 1 recorded and not judged");
}

TEST(CostTest, OneLaunchHasNoIntervalAndStillAFigure) {
  Record record = record_of({throughput("read", {})});
  record.comparisons[0].interval.reset();
  record.comparisons[0].baseline_value = 100;
  record.comparisons[0].value = 98;
  EXPECT_EQ(worst_figure(cost_of(record, "db-1/sealed")), "0.980 (no interval) of read");
}

// What the tables of the console and of the summary say of a stack.
std::string of_the_tables(const Record& record, const std::string& stack) {
  for (const auto& server : answers(record)) {
    for (const auto& row : server.profiles) {
      if (server.server + "/" + row.profile == stack) return row.cost;
    }
  }
  return "";
}

TEST(CostTest, TheTablesAndTheAnswersSayTheSame) {
  const Record record = record::sample_record();
  std::size_t seen = 0;
  for (const auto& decision : decisions(record)) {
    const Cost cost = cost_of(record, decision.stack);
    if (!cost.measured()) continue;
    ++seen;
    for (const std::string& text : {of_the_tables(record, decision.stack), decision.answers[3].text}) {
      EXPECT_THAT(text, HasSubstr(counted(cost)));
      EXPECT_THAT(text, HasSubstr(worst_figure(cost)));
    }
  }
  EXPECT_GE(seen, 3U);
}

}  // namespace
}  // namespace rootseal::report::cost_test
