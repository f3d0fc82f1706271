// The verdicts, one rule a test. Throughput has the margin 3 %: a slowdown of ln(1.03) = 0.0296 lies on it.
#include <gmock/gmock.h>

#include <optional>

#include "verdict/judge.hpp"
#include "verdict/sample_epochs.hpp"

namespace rootseal::verdict::decide_test {
namespace {

using namespace sample_parts;
using record::Comparison;
using record::Epoch;
using record::Verdict;
using testing::HasSubstr;

using MaybeVerdict = std::optional<Verdict>;

Comparison row_of(const std::vector<Epoch>& epochs, const Policy& policy = {},
                  const char* metric = "throughput", const std::vector<record::Stack>& all = stacks()) {
  return *find(compare(epochs, all, policy), kReadonly, metric);
}

MaybeVerdict verdict_of(const std::vector<Epoch>& epochs, const Policy& policy = {}) {
  const Comparison row = row_of(epochs, policy);
  EXPECT_EQ(row.judged, row.verdict.has_value());
  return row.verdict;
}

TEST(VerdictTest, EqualSidesPass) {
  const Comparison row = row_of(launches(kReadonly, 8, 0, 0.01) + launches(kTwin, 8, 0, 0.01));
  EXPECT_EQ(row.verdict, Verdict::pass);
  EXPECT_EQ(row.note, "within the margin of 3 %; 8 launches; netns; client 0, servers 1");
  EXPECT_FALSE(row.launches_needed.has_value()) << "they have the power";
}

// By hand: eight launches, s = 0.8 %, a slowdown of 6 %: t = (ln 1.06 - ln 1.03) / (0.008 / sqrt 8) = 10.15,
// and P(T > 10.15) with seven degrees of freedom is 9.8e-6, times the three rows of the family 2.9e-5
// (throughput, whose rows come last or first, gets the factor of its rank).
TEST(VerdictTest, ASlowdownBeyondTheMarginFails) {
  for (const char* metric : {"throughput", "p50"}) {
    const double slowdown = std::string(metric) == "p50" ? 1.10 : 1.06;
    const Comparison row = row_of(launches(kReadonly, 8, std::log(slowdown), 0.008), {}, metric);
    EXPECT_EQ(row.verdict, Verdict::fail) << metric;
    EXPECT_THAT(row.note,
                HasSubstr(slowdown == 1.06 ? "slower by 6.0 % (5.3 to 6.7 %), beyond the margin of 3 %"
                                           : "slower by 10.0 % (9.3 to 10.7 %)"));
  }
}

TEST(VerdictTest, TheDirectionIsThatOfTheMetric) {
  auto faster = launches(kReadonly, 8, std::log(1 / 1.15), 0.008);
  EXPECT_EQ(row_of(faster, {}, "throughput").verdict, Verdict::inconclusive);
  EXPECT_EQ(row_of(faster, {}, "p50").verdict, Verdict::inconclusive);
  EXPECT_EQ(row_of(faster, {}, "p99").verdict, Verdict::inconclusive);
}

TEST(VerdictTest, FasterBeyondTheMarginIsInconclusiveBecauseNothingExplainsIt) {
  EXPECT_THAT(row_of(launches(kReadonly, 8, std::log(1 / 1.06), 0.008)).note,
              HasSubstr("faster by more than the margin of 3 %, and nothing explains it"));
}

TEST(VerdictTest, BetweenTheTwoIsInconclusiveAndSaysWhatWouldSettleIt) {
  const Comparison near = row_of(launches(kReadonly, 8, std::log(1.03), 0.005));
  EXPECT_EQ(near.verdict, Verdict::inconclusive);
  EXPECT_THAT(near.note, HasSubstr("neither within the margin of 3 % nor beyond it"));
  EXPECT_THAT(near.note, HasSubstr("the truth may lie near the margin itself"));
  const Comparison wide = row_of(launches(kReadonly, 6, 0.02, 0.018));
  EXPECT_EQ(wide.verdict, Verdict::inconclusive);
  ASSERT_TRUE(wide.launches_needed && wide.smallest_detectable);
  EXPECT_GT(*wide.launches_needed, 6);
  EXPECT_GT(*wide.smallest_detectable, 0.06);
  EXPECT_THAT(wide.note,
              HasSubstr(std::to_string(*wide.launches_needed) + " launches would find one of 6 %"));
}

// By hand: TOST at s = 1 %, n = 8: the mean must stay t(0.95, 7) * 0.01 / sqrt 8 = 0.00670 below ln 1.03 =
// 0.02956: below 0.02286.
TEST(VerdictTest, PassEndsWhereTheTwoOneSidedTestsEnd) {
  EXPECT_EQ(verdict_of(launches(kReadonly, 8, 0.0228, 0.01)), Verdict::pass);
  EXPECT_EQ(verdict_of(launches(kReadonly, 8, 0.0230, 0.01)), Verdict::inconclusive);
  EXPECT_EQ(verdict_of(launches(kReadonly, 8, -0.0228, 0.01)), Verdict::pass);
  EXPECT_EQ(verdict_of(launches(kReadonly, 8, -0.0230, 0.01)), Verdict::inconclusive);
}

// One row alone: p = 0.05 at the mean 0.02956 + 0.00670 = 0.03626. With p50 and p99 far within their margins,
// throughput is the first of three for Holm: p < 0.05 / 3, t(0.98333, 7) = 2.6419, 0.02956 + 0.00934 =
// 0.03890.
TEST(VerdictTest, FailEndsWhereHolmsCorrectionPutsIt) {
  Policy alone;
  alone.p50_operations = alone.p99_operations = 1'000'000;  // no such rows
  EXPECT_EQ(verdict_of(launches(kReadonly, 8, 0.0364, 0.01), alone), Verdict::fail);
  EXPECT_EQ(verdict_of(launches(kReadonly, 8, 0.0361, 0.01), alone), Verdict::inconclusive);
  EXPECT_EQ(verdict_of(launches(kReadonly, 8, 0.0387, 0.01)), Verdict::inconclusive);
  EXPECT_EQ(verdict_of(launches(kReadonly, 8, 0.0391, 0.01)), Verdict::fail);
}

// The family is that of the server: other candidates count, other servers, twins and recorded rows do not.
TEST(VerdictTest, TheFamilyIsAllJudgedRowsOfAllCandidatesOfOneServer) {
  const auto one = launches(kReadonly, 8, 0.0395, 0.01);
  EXPECT_EQ(verdict_of(one), Verdict::fail);
  EXPECT_EQ(verdict_of(one + launches("postgres-17/readonly", 8, 0, 0.01)), Verdict::fail);
  EXPECT_EQ(verdict_of(one + launches(kTwin, 8, 0, 0.01)), Verdict::fail);
  auto recorded = launches(kReadonly, 8, 0, 0.01);
  for (Epoch& each : recorded) {
    each.workload = "dump_and_restore";
    each.judged = false;
  }
  EXPECT_EQ(verdict_of(one + recorded), Verdict::fail);
  EXPECT_EQ(verdict_of(one + launches(kHardened, 8, 0, 0.01)), Verdict::inconclusive) << "six rows";
}

// Eight launches of a deviation of 3 %: to tell twice the margin takes more than twelve, so that nothing
// could pass. Slower by 8 % is t = (0.07696 - 0.02956) / (0.03 / sqrt(8)) = 4.47 with seven degrees of
// freedom, p = 0.0014, times the three rows 0.004; slower by 5 % is t = 1.81, p = 0.056.
TEST(VerdictTest, WhatSpreadsTooMuchToPassCanStillBeShownSlower) {
  EXPECT_EQ(verdict_of(launches(kReadonly, 8, 0, 0.03)), std::nullopt);
  EXPECT_EQ(verdict_of(launches(kReadonly, 8, std::log(1.05), 0.03)), std::nullopt);
  EXPECT_EQ(verdict_of(launches(kReadonly, 8, std::log(1.08), 0.03)), Verdict::fail);
}

TEST(VerdictTest, ARecordedWorkloadHasAnIntervalAndNoVerdict) {
  auto epochs = launches(kReadonly, 8, 0.5, 0.01);
  for (Epoch& each : epochs) each.judged = false;
  for (const char* metric : {"throughput", "p50", "server_cpu"}) {
    const Comparison row = row_of(epochs, {}, metric);
    EXPECT_FALSE(row.judged || row.verdict) << metric;
    EXPECT_TRUE(row.interval.has_value()) << metric;
    EXPECT_FALSE(row.smallest_detectable || row.launches_needed) << metric;
  }
}

TEST(VerdictTest, CpuTimeIsRecordedOnly) {
  auto epochs = launches(kReadonly, 8, 0, 0.01);
  for (Epoch& each : epochs) each.contender["server_cpu"] = each.contender["client_cpu"] = 5;
  for (const char* metric : {"server_cpu", "client_cpu"}) {
    EXPECT_FALSE(row_of(epochs, {}, metric).judged) << metric;
    EXPECT_THAT(row_of(epochs, {}, metric).note, HasSubstr("not a judged figure"));
  }
}

TEST(VerdictTest, FewerLaunchesThanSixAreRecordedUnlessGrosslySlower) {
  EXPECT_EQ(verdict_of(launches(kReadonly, 4, 0, 0.001)), std::nullopt);
  EXPECT_THAT(row_of(launches(kReadonly, 4, 0, 0.001)).note,
              HasSubstr("6 launches are needed to judge; 4 launches"));
  EXPECT_EQ(verdict_of(launches(kReadonly, 4, std::log(1.08), 0.001)), std::nullopt);
  EXPECT_EQ(verdict_of(launches(kReadonly, 4, std::log(1.12), 0.001)), Verdict::fail);
  EXPECT_EQ(verdict_of(launches(kReadonly, 6, 0, 0.001)), Verdict::pass);
}

// By hand: four launches, s = 0.5 %: half-width t(0.975, 3) * 0.005 / 2 = 0.00796. Three margins are
// ln 1.09 = 0.08618, so the mean must exceed 0.09414.
TEST(VerdictTest, QuickJudgesOnlyAnIntervalWhollyBeyondThreeMargins) {
  const Policy quick = policy_for("quick");
  EXPECT_EQ(verdict_of(launches(kReadonly, 4, 0.0943, 0.005), quick), Verdict::fail);
  EXPECT_EQ(verdict_of(launches(kReadonly, 4, 0.0940, 0.005), quick), std::nullopt);
  EXPECT_EQ(verdict_of(launches(kReadonly, 8, 0, 0.001), quick), std::nullopt) << "however many launches";
  EXPECT_EQ(verdict_of(launches(kReadonly, 4, -0.2, 0.005), quick), std::nullopt) << "not faster";
  EXPECT_THAT(row_of(launches(kReadonly, 4, 0.0943, 0.005), quick).note,
              HasSubstr("beyond 3 times the margin of 3 %"));
}

TEST(VerdictTest, WhatWouldNeedMoreLaunchesThanTheCapIsRecordedAndSaysHowMany) {
  const auto wild = launches(kReadonly, 12, 0, 0.04);
  const Comparison row = row_of(wild);
  EXPECT_EQ(row.verdict, std::nullopt);
  ASSERT_TRUE(row.launches_needed.has_value());
  EXPECT_GT(*row.launches_needed, 12);
  EXPECT_THAT(row.note,
              HasSubstr("the launches spread by 4.0 %, so that " + std::to_string(*row.launches_needed) +
                        " launches would be needed, more than 12"));
  Policy larger;
  larger.cap = *row.launches_needed;
  EXPECT_EQ(verdict_of(wild, larger), Verdict::pass);
  larger.cap -= 1;
  EXPECT_EQ(verdict_of(wild, larger), std::nullopt);
  EXPECT_EQ(verdict_of(launches(kReadonly, 12, 0.3, 0.04)), Verdict::fail) << "but gross slowness is seen";
}

TEST(VerdictTest, TheSizesDifferInWhatTheyJudge) {
  EXPECT_TRUE(policy_for("quick").only_gross);
  EXPECT_FALSE(policy_for("default").only_gross);
  EXPECT_EQ(policy_for("default").cap, 12);
  EXPECT_EQ(policy_for("full").cap, 24);
}

// A third of the margin is 1 %. The twin's own correction is over its three rows.
TEST(TwinTest, OffByMoreThanAThirdOfTheMarginTakesTheVerdictAway) {
  const auto pass = launches(kReadonly, 8, 0, 0.005);
  EXPECT_EQ(verdict_of(pass + launches(kTwin, 8, std::log(1.009), 0.003)), Verdict::pass)
      << "less than a third";
  EXPECT_EQ(verdict_of(pass + launches(kTwin, 8, std::log(1.02), 0.06)), Verdict::pass) << "not significant";
  for (const double off : {1.012, 1 / 1.012}) {
    const Comparison row = row_of(pass + launches(kTwin, 8, std::log(off), 0.003));
    EXPECT_EQ(row.verdict, Verdict::inconclusive) << off;
    EXPECT_THAT(row.note, HasSubstr("the twin postgres-15/baseline-twin"));
  }
  EXPECT_EQ(verdict_of(launches(kReadonly, 8, 0.06, 0.005) + launches(kTwin, 8, 0.012, 0.003)),
            Verdict::inconclusive)
      << "a failure too";
}

// By hand: mean 1.2 %, n = 8: without correction significant at |t| > 2.365 (s < 1.44 %), over three equal
// rows at |t| > 3.128 (s < 1.085 %).
TEST(TwinTest, IsCorrectedOverItsFamily) {
  const auto pass = launches(kReadonly, 8, 0, 0.005);
  EXPECT_EQ(verdict_of(pass + launches(kTwin, 8, 0.012, 0.0106)), Verdict::inconclusive);
  EXPECT_EQ(verdict_of(pass + launches(kTwin, 8, 0.012, 0.0111)), Verdict::pass);
}

TEST(TwinTest, OfAnotherMetricDoesNotMatter) {
  auto twin = launches(kTwin, 8, std::log(1.02), 0.003);
  for (Epoch& each : twin) each.contender["parallel_operations"] = 4000;
  EXPECT_EQ(row_of(launches(kReadonly, 8, 0, 0.005) + twin).verdict, Verdict::pass);
  EXPECT_EQ(row_of(launches(kReadonly, 8, 0, 0.005) + twin, {}, "p50").verdict, Verdict::inconclusive);
}

TEST(TwinTest, IsJudgedItselfOnlyWhenThePolicySaysSo) {
  const auto epochs = launches(kTwin, 8, std::log(1.06), 0.005);
  EXPECT_FALSE(find(compare(epochs, stacks(), {}), kTwin, "throughput")->judged);
  Policy proof;
  proof.judge_twins = true;
  EXPECT_EQ(find(compare(epochs, stacks(), proof), kTwin, "throughput")->verdict, Verdict::fail);
}

TEST(PlacementTest, UnpinnedIsInconclusiveOrAGrossFailure) {
  const auto unpinned = [](double slowdown) {
    auto epochs = launches(kReadonly, 8, std::log(slowdown), 0.003);
    epochs[5].placement = "unpinned: one CPU";
    return verdict_of(epochs);
  };
  EXPECT_EQ(unpinned(1), Verdict::inconclusive);
  EXPECT_EQ(unpinned(1.06), Verdict::inconclusive);
  EXPECT_EQ(unpinned(1.12), Verdict::fail);
}

TEST(PlacementTest, ThePublishedPortIsANote) {
  auto epochs = launches(kReadonly, 8, 0, 0.003);
  for (Epoch& each : epochs) each.transport = "published";
  EXPECT_EQ(row_of(epochs).verdict, Verdict::pass);
  EXPECT_THAT(row_of(epochs).note, HasSubstr("published"));
}

TEST(DifferenceVerdictTest, AnUndeclaredDifferenceMakesEveryJudgedRowInconclusiveAndIsNamed) {
  auto all = stacks();
  all[2].settings["fsync"] = "off";
  for (const char* metric : {"throughput", "p50", "p99"}) {
    const Comparison row = row_of(launches(kReadonly, 8, 0, 0.005), {}, metric, all);
    EXPECT_EQ(row.verdict, Verdict::inconclusive);
    EXPECT_THAT(row.note,
                HasSubstr("undeclared difference: setting fsync is off on postgres-15/readonly, on on "
                          "postgres-15/baseline"));
  }
  EXPECT_EQ(row_of(launches(kReadonly, 8, 0.5, 0.005), {}, "throughput", all).verdict, Verdict::inconclusive);
  EXPECT_EQ(row_of(launches(kReadonly, 2, 0, 0.005), policy_for("quick"), "p50", all).verdict,
            Verdict::inconclusive);
  EXPECT_EQ(find(compare(launches(kHardened, 8, 0, 0.005), all, {}), kHardened, "p50")->verdict,
            Verdict::pass)
      << "of another stack";
}

TEST(DifferenceVerdictTest, ATwinThatIsNotOneIsADifferenceToo) {
  auto all = stacks();
  all[1].settings["fsync"] = "off";
  EXPECT_EQ(row_of(launches(kReadonly, 8, 0, 0.005), {}, "p50", all).verdict, Verdict::pass);
  EXPECT_EQ(row_of(launches(kReadonly, 8, 0, 0.005) + launches(kTwin, 8, 0, 0.005), {}, "p50", all).verdict,
            Verdict::inconclusive);
}

TEST(DifferenceVerdictTest, LongListsAreCutShort) {
  auto all = stacks();
  for (const char* name : {"a", "b", "c", "d", "e"}) all[2].settings[name] = "1";
  EXPECT_THAT(row_of(launches(kReadonly, 8, 0, 0.005), {}, "p50", all).note,
              HasSubstr("; and 2 more; 8 launches"));
}

TEST(RoleTest, OnlyCandidatesAreJudgedAndWhoIsUnknownCounts) {
  const auto epochs = launches(kReadonly, 8, std::log(1.06), 0.005);
  auto all = stacks();
  all[2].role = "specimen";
  EXPECT_FALSE(row_of(epochs, {}, "throughput", all).judged);
  all[2].role = "control";
  EXPECT_FALSE(row_of(epochs, {}, "throughput", all).judged);
  EXPECT_EQ(row_of(epochs, {}, "throughput", {}).verdict, Verdict::inconclusive);
}

TEST(JudgeTest, IsDoneByTheRunsSizeAndTwiceIsTheSameAsOnce) {
  record::Record record;
  record.run.size = "quick";
  record.stacks = stacks();
  record.epochs = launches(kReadonly, 8, std::log(1.06), 0.005) + launches(kTwin, 8, 0, 0.005);
  judge(record);
  EXPECT_FALSE(find(record.comparisons, kReadonly, "throughput")->judged);
  record.run.size = "default";
  judge(record);
  EXPECT_EQ(find(record.comparisons, kReadonly, "throughput")->verdict, Verdict::fail);
  const auto once = record.comparisons;
  judge(record);
  ASSERT_EQ(record.comparisons.size(), once.size());
  EXPECT_EQ(find(record.comparisons, kReadonly, "p50")->bootstrap->ci_low,
            find(once, kReadonly, "p50")->bootstrap->ci_low);
  judge(record, policy_for("quick"));
  EXPECT_FALSE(find(record.comparisons, kReadonly, "throughput")->judged);
}

}  // namespace
}  // namespace rootseal::verdict::decide_test
