#include <gmock/gmock.h>

#include "verdict/sample_epochs.hpp"

namespace rootseal::verdict::pilot_test {
namespace {

using namespace sample_parts;
using record::Epoch;
using testing::HasSubstr;

int needed(const std::vector<Epoch>& epochs, const Policy& policy = {}) {
  return launches_needed(epochs, policy).launches;
}

TEST(PilotTest, QuietWorkloadsNeedTheLeast) { EXPECT_EQ(needed(launches(kReadonly, 4, 0, 0.001)), 6); }

TEST(PilotTest, WildOnesGetTheCap) {
  EXPECT_EQ(needed(launches(kReadonly, 4, 0, 0.2)), 12);
  EXPECT_EQ(needed(launches(kReadonly, 4, 0, 0.2), policy_for("full")), 24);
}

TEST(PilotTest, InBetweenTheNumberIsWhatTheRowsThemselvesWillAskFor) {
  const auto epochs = launches(kReadonly, 4, 0, 0.018);
  const int asked = needed(epochs);
  EXPECT_GT(asked, 6);
  EXPECT_LT(asked, 12);
  EXPECT_EQ(find(compare(epochs, stacks(), {}), kReadonly, "throughput")->launches_needed, asked);
}

TEST(PilotTest, TheNoisiestOfAllContendersDecidesAndIsNamed) {
  auto twin = launches(kTwin, 4, 0, 0.018);
  for (Epoch& each : twin) each.workload = "update_one_row";
  const Need need = launches_needed(launches(kReadonly, 4, 0, 0.001) + twin, {});
  EXPECT_GT(need.launches, 6);
  EXPECT_THAT(need.text,
              HasSubstr("throughput of update_one_row on postgres-15/baseline-twin spreads by 1.80 % "
                        "between 4 launches"));
  EXPECT_THAT(need.text, HasSubstr("select_one_row p50 0.10 %"));
}

TEST(PilotTest, RecordedWorkloadsAndTailsAskForNothing) {
  auto recorded = launches(kReadonly, 4, 0, 0.2);
  for (Epoch& each : recorded) {
    each.workload = "dump_and_restore";
    each.judged = false;
  }
  auto tails = launches(kReadonly, 4, 0, 0.001);
  for (std::size_t i = 0; i < tails.size(); ++i) tails[i].contender["p99"] = i % 2 == 0 ? 1 : 1e-3;
  EXPECT_EQ(needed(recorded + tails), 6);
}

TEST(PilotTest, TheMiddleOfTheLatenciesAsksToo) {
  auto epochs = launches(kReadonly, 4, 0, 0.2);
  for (Epoch& each : epochs) each.contender["parallel_operations"] = 4000;
  EXPECT_EQ(needed(epochs), 12);
}

TEST(PilotTest, ThatSawNothingAsksForTheLeastAndSaysSo) {
  EXPECT_EQ(needed({}), 6);
  EXPECT_THAT(launches_needed({epoch(kReadonly, 1)}, {}).text,
              HasSubstr("saw no judged workload in two launches"));
}

}  // namespace
}  // namespace rootseal::verdict::pilot_test
