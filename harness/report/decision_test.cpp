#include "report/decision.hpp"

#include <gmock/gmock.h>

#include "report/small_stack.hpp"

namespace rootseal::report::decision_test {
namespace {

using record::Comparison;
using record::Record;
using record::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

record::Check check(const std::string& suite, const std::string& profile, Verdict verdict) {
  record::Check check;
  check.id = "Some." + suite;
  check.service = "db";
  check.suite = suite;
  check.stack = "db-1/" + profile;
  check.verdict = verdict;
  return check;
}

record::Attack attack(const std::string& profile, record::Observed observed, Verdict verdict) {
  record::Attack attack;
  attack.id = "A1";
  attack.stack = "db-1/" + profile;
  attack.identity = "root";
  attack.observed = observed;
  attack.verdict = verdict;
  return attack;
}

Comparison comparison(bool judged, Verdict verdict) {
  Comparison row;
  row.service = "db";
  row.workload = "read";
  row.metric = "throughput";
  row.unit = "1/s";
  row.stack = "db-1/sealed";
  row.interval = record::Interval{0.99, 0.97, 1.01};
  row.judged = judged;
  if (judged) row.verdict = verdict;
  return row;
}

// A run in which everything was tried and everything is well.
Record good() {
  Record record;
  record.run.verdict = record::RunVerdict::pass;
  record.stacks = {stack("base", "control"), stack("sealed", "candidate")};
  for (const char* profile : {"base", "sealed"}) {
    record.checks.push_back(check("function", profile, Verdict::pass));
    record.checks.push_back(check("recovery", profile, Verdict::pass));
  }
  record.attacks = {attack("base", record::Observed::succeeded, Verdict::pass),
                    attack("sealed", record::Observed::blocked, Verdict::pass)};
  record.comparisons = {comparison(true, Verdict::pass)};
  return record;
}

Decision of(const Record& record) {
  const auto all = decisions(record);
  EXPECT_EQ(all.size(), 1U);
  return all.empty() ? Decision{} : all.front();
}

TEST(DecisionTest, IsToShipWhenEverythingWasTriedAndHolds) {
  const auto decision = of(good());
  EXPECT_EQ(decision.standing, Standing::shown);
  EXPECT_EQ(decision.words, "The evidence supports shipping it");
  EXPECT_THAT(decision.why, IsEmpty());
  for (const auto& answer : decision.answers) EXPECT_EQ(answer.standing, Standing::shown) << answer.question;
}

TEST(DecisionTest, OneFailureOfAnyKindIsEnough) {
  const std::vector<std::pair<const char*, std::function<void(Record&)>>> ways{
      {"does not do its work", [](Record& r) { r.checks[2].verdict = Verdict::fail; }},
      {"does not do its work", [](Record& r) { r.stacks[1].started = false; }},
      {"does not recover", [](Record& r) { r.checks[3].verdict = Verdict::fail; }},
      {"does not recover",
       [](Record& r) {
         r.checks[3].verdict = Verdict::fail;
         r.checks[3].stack += "+restore";
       }},
      {"an attack gets through", [](Record& r) { r.attacks[1].verdict = Verdict::fail; }},
      {"not what it claims",
       [](Record& r) {
         r.stacks[1].claims = {{"root", "read-only", false, "", ""}};
       }},
      {"not what it claims",
       [](Record& r) {
         r.surface.resize(1);
         r.surface[0].stack = "db-1/sealed";
         r.surface[0].undeclared = {"/srv"};
       }},
      {"costs more", [](Record& r) { r.comparisons[0].verdict = Verdict::fail; }},
      {"costs more", [](Record& r) { r.checks.push_back(check("performance", "sealed", Verdict::fail)); }}};
  for (const auto& [words, spoil] : ways) {
    Record record = good();
    spoil(record);
    const auto decision = of(record);
    EXPECT_EQ(decision.standing, Standing::refuted) << words;
    EXPECT_THAT(decision.words, testing::AllOf(HasSubstr("Do not ship it"), HasSubstr(words)));
  }
}

TEST(DecisionTest, OneOpenAnswerLeavesTheWholeOpen) {
  const std::vector<std::function<void(Record&)>> ways{
      [](Record& r) { r.checks[2].verdict = Verdict::inconclusive; },
      [](Record& r) { r.checks[3].verdict = Verdict::inconclusive; },
      [](Record& r) { r.attacks[1].verdict = Verdict::inconclusive; },
      [](Record& r) {
        r.stacks[1].claims = {{"root", "read-only", std::nullopt, "", ""}};
      },
      [](Record& r) { r.comparisons[0].verdict = Verdict::inconclusive; },
      [](Record& r) { r.run.verdict = record::RunVerdict::interrupted; },
      [](Record& r) { r.run.verdict = record::RunVerdict::error; },
      [](Record& r) { r.checks[0].verdict = Verdict::fail; },  // on the control
      [](Record& r) { r.attacks[0].observed = record::Observed::inconclusive; },
      [](Record& r) { r.stacks[0].role = "specimen"; }};  // no control
  for (std::size_t i = 0; i < ways.size(); ++i) {
    Record record = good();
    ways[i](record);
    const auto decision = of(record);
    EXPECT_EQ(decision.standing, Standing::open) << "way " << i;
    EXPECT_THAT(decision.words, HasSubstr("Not settled")) << "way " << i;
    EXPECT_THAT(decision.why, testing::Not(IsEmpty())) << "way " << i;
  }
}

TEST(DecisionTest, WhatIsOpenOnTheControlIsNamedWhereItMattersWithTheNextStep) {
  Record record = good();
  record.checks[1].verdict = Verdict::inconclusive;  // recovery, on the control
  record.checks[1].message = "nothing was seen";
  const auto decision = of(record);
  EXPECT_EQ(decision.words, "Not settled (recovery): do not decide on this run alone");
  EXPECT_EQ(decision.answers[0].standing, Standing::shown);
  EXPECT_EQ(decision.answers[1].standing, Standing::open);
  EXPECT_EQ(decision.answers[1].note, "on the control: Some.recovery is inconclusive");
  EXPECT_THAT(decision.answers[1].text,
              HasSubstr("Not settled on the control: Some.recovery is inconclusive"));
  EXPECT_THAT(decision.why,
              ElementsAre("on the control, db-1/base, Some.recovery is inconclusive: nothing was seen. Next: "
                          "repeat it, scripts/run.sh --service db --suite recovery --scenario 'Some.*'"));
  record.attacks[0].observed = record::Observed::inconclusive;
  EXPECT_EQ(of(record).answers[2].standing, Standing::open);
  EXPECT_THAT(of(record).answers[2].note, HasSubstr("on the control: attack A1 as root is inconclusive"));
  EXPECT_THAT(of(record).words, HasSubstr("Not settled (recovery, attacks)"));
  record.checks[3].verdict = Verdict::fail;  // worse than open, and stays so
  EXPECT_EQ(of(record).answers[1].standing, Standing::refuted);
}

TEST(DecisionTest, WhatIsOpenHereSaysHowToRepeatIt) {
  Record record = good();
  record.checks[3].verdict = Verdict::inconclusive;
  EXPECT_THAT(of(record).why, ElementsAre(HasSubstr("Next: repeat it, scripts/run.sh --service db")));
  record.checks[3].verdict = Verdict::fail;
  EXPECT_THAT(of(record).why, ElementsAre(testing::Not(HasSubstr("repeat it"))));
}

TEST(DecisionTest, AttacksThatStillSucceedAreCountedBesideThoseOfTheControl) {
  Record record = good();
  EXPECT_THAT(of(record).answers[2].text, HasSubstr("0 of 1 attempts still succeed (on the control 1 of 1)"));
  EXPECT_EQ(of(record).answers[2].word, "nothing that must be blocked") << "nobody looked what is writable";
  record.surface.resize(1);
  record.surface[0].stack = "db-1/sealed";
  record.surface[0].measured = true;
  EXPECT_EQ(of(record).answers[2].word, "only where the profile declares it");
}

TEST(DecisionTest, WhatWasNotTriedIsNamed) {
  Record record = good();
  record.checks.erase(record.checks.begin() + 3);
  record.comparisons.clear();
  EXPECT_EQ(of(record).words, "Supported in what was tried; not established: recovery, cost");
  record.checks.push_back(check("recovery", "sealed", Verdict::skipped));
  EXPECT_THAT(of(record).words, HasSubstr("not established: recovery, cost"));
}

TEST(DecisionTest, TheHarnesssOwnChecksAreNotWork) {
  Record record = good();
  record.checks[2].id = record::kStartCheck;
  EXPECT_THAT(of(record).words, HasSubstr("not established: function"));
}

TEST(DecisionTest, ACostThatWasOnlyRecordedIsNotEstablished) {
  Record record = good();
  record.comparisons = {comparison(false, Verdict::pass)};
  record.epochs.resize(1);
  record.epochs[0].service = "db";
  record.epochs[0].workload = "read";
  record.epochs[0].judged = true;
  EXPECT_EQ(of(record).words, "Supported in what was tried; not established: cost");
  EXPECT_EQ(of(record).answers[3].standing, Standing::untried);
  EXPECT_THAT(of(record).answers[3].text, HasSubstr("1 recorded and not judged"));
}

TEST(DecisionTest, ACostOfWhichAPartWasJudgedIsShownInPart) {
  Record record = good();
  record.comparisons.push_back(comparison(false, Verdict::pass));
  record.epochs.resize(1);
  record.epochs[0].service = "db";
  record.epochs[0].workload = "read";
  record.epochs[0].judged = true;
  EXPECT_EQ(of(record).answers[3].standing, Standing::in_part);
  record.comparisons[1].metric = "stalls_included";  // a guard that had nothing to say
  EXPECT_EQ(of(record).answers[3].standing, Standing::shown);
}

// Of a workload that is only recorded.
Comparison recorded(const char* metric, const char* better, record::Interval interval) {
  Comparison row = comparison(false, Verdict::pass);
  row.workload = "connect";
  row.metric = metric;
  row.better = better;
  row.margin = 0.05;
  row.interval = interval;
  return row;
}

TEST(DecisionTest, ARecordedSlowdownIsNamedAndNotCalledNone) {
  Record record = good();
  record.comparisons.push_back(recorded("throughput", "higher", {0.61, 0.55, 0.67}));
  record.comparisons.push_back(recorded("p50", "lower", {1.64, 1.52, 1.77}));
  const auto decision = of(record);
  EXPECT_EQ(decision.words,
            "The evidence supports shipping it; no slowdown was shown in what is judged, equal cost only in "
            "part; slower, but recorded and not judged: connect");
  const auto& cost = decision.answers[3];
  EXPECT_EQ(cost.standing, Standing::in_part);
  EXPECT_THAT(cost.text, HasSubstr("Recorded, not judged: connect takes 1.64 times as long (p50, 1.52 to "
                                   "1.77) and has 0.61 of the throughput (0.55 to 0.67)"));
  EXPECT_EQ(cost.note, "slower, recorded and not judged: connect");
  EXPECT_THAT(decision.why, ElementsAre(HasSubstr("not judged: connect takes 1.64 times as long")));
}

TEST(DecisionTest, ARecordedFigureThatMayBeWithinItsMarginIsNotCalledSlower) {
  const std::vector<Comparison> rows{recorded("p50", "lower", {1.30, 1.04, 1.60}),
                                     recorded("p50", "lower", {0.60, 0.50, 0.70}),
                                     recorded("throughput", "higher", {0.90, 0.80, 0.96}),
                                     recorded("throughput", "higher", {1.5, 1.4, 1.6}),
                                     recorded("p99", "lower", {1.64, 1.52, 1.77}),
                                     recorded("client_cpu", "lower", {1.64, 1.52, 1.77})};
  for (const Comparison& row : rows) {
    Record record = good();
    record.comparisons.push_back(row);
    EXPECT_EQ(of(record).words, "The evidence supports shipping it") << row.metric;
  }
}

TEST(DecisionTest, WorkThatNobodyCanDoAnyMoreIsARefusal) {
  Record record = good();
  record.checks.push_back(check("workflow", "sealed", Verdict::fail));
  EXPECT_EQ(of(record).words, "Do not ship it as it is: people cannot work with it");
  record.checks.back().verdict = Verdict::inconclusive;
  EXPECT_EQ(of(record).standing, Standing::open);
}

TEST(DecisionTest, RisksThatRemainAreCounted) {
  Record record = good();
  record.attacks.push_back(attack("sealed", record::Observed::succeeded, Verdict::pass));
  record.attacks.back().id = "A2";
  record.attacks.back().classification = "residual-risk";
  EXPECT_EQ(of(record).words, "The evidence supports shipping it; 1 risk is known to remain");
}

TEST(DecisionTest, GraveFindingsOfTheStackAreRisksThatRemain) {
  Record record = good();
  record.findings = {{"lost", "medium", "db-1/sealed", "loses what is large", {}},
                     {"pilot", "info", "db-1/sealed", "eight launches", {}},
                     {"lost", "medium", "db-1/base", "loses what is large", {}}};
  EXPECT_EQ(of(record).words, "The evidence supports shipping it; 1 risk is known to remain");
  EXPECT_THAT(of(record).why, ElementsAre(HasSubstr("found on db-1/sealed: loses what is large")));
}

TEST(DecisionTest, TrialsSpecimensAndTwinsHaveNone) {
  Record record = good();
  record.stacks.push_back(stack("base-twin", "control"));
  record.stacks.back().id = "db-1/baseline-twin";
  record.stacks.push_back(stack("old", "specimen"));
  record.attacks.push_back(attack("sealed", record::Observed::succeeded, Verdict::fail));
  record.attacks.back().throwaway = true;
  EXPECT_EQ(of(record).standing, Standing::shown);
}

}  // namespace
}  // namespace rootseal::report::decision_test
