// Verdicts on what real runs measured, in a quiet minute and in noisy ones. Whether a machine measures well
// is not asked here; what the rules make of its figures is. Reckoned by hand from the table, for log
// slowdowns: mean m, standard deviation s, six launches, so that the 95 % interval is m +- 2.571 s / sqrt(6),
// and two one-sided tests at 5 % ask for m +- 2.015 s / sqrt(6). Three rows are a family: twelve launches,
// the cap, tell twice the margin where s is below 2.3 % (throughput), 3.8 % (p50), 7.0 % (p99).
#include <gmock/gmock.h>

#include <optional>

#include "verdict/recorded_epochs.hpp"

namespace rootseal::verdict::recorded_test {
namespace {

using record::Comparison;
using record::Verdict;
using recorded::RecordedEpoch;
using testing::HasSubstr;

class RecordedTest : public testing::Test {
 protected:
  void judge(std::span<const RecordedEpoch> recorded, const char* size = "default") {
    rows_ = compare(recorded::epochs_of(recorded), sample_parts::stacks(), policy_for(size));
  }
  [[nodiscard]] const Comparison& row(const char* metric) const {
    return *sample_parts::find(rows_, recorded::kReadonly, metric);
  }
  [[nodiscard]] std::optional<Verdict> verdict(const char* metric) const { return row(metric).verdict; }

 private:
  std::vector<Comparison> rows_;
};

// throughput m 0.0004, s 0.0153: -0.0122 to 0.0129 lies within ln 1.03 = 0.0296. p50 m -0.0022, s 0.0061:
// -0.0072 to 0.0028 within ln 1.05 = 0.0488. p99 m -0.0194, s 0.0652: -0.0730 to 0.0343 within ln 1.10 =
// 0.0953.
TEST_F(RecordedTest, EqualSidesOnAnIdleMachinePass) {
  judge(recorded::kIdleEqual);
  for (const char* metric : {"throughput", "p50", "p99"}) EXPECT_EQ(verdict(metric), Verdict::pass) << metric;
  EXPECT_EQ(verdict("stalls_included"), std::nullopt);
}

// throughput s 0.1323 and p99 s 0.4043 could not have passed, and 95 % of both include 0. p50 s 0.0103 is as
// narrow as on an idle machine: -0.0044 to 0.0125.
TEST_F(RecordedTest, EqualSidesOnABusyMachineNeverFail) {
  judge(recorded::kBusyEqual);
  for (const char* metric : {"throughput", "p99"}) {
    EXPECT_EQ(verdict(metric), std::nullopt) << metric;
    EXPECT_THAT(row(metric).note, HasSubstr("launches would be needed, more than 12")) << metric;
  }
  EXPECT_EQ(verdict("p50"), Verdict::pass);
  EXPECT_EQ(verdict("stalls_included"), std::nullopt);
}

// The 95 % intervals begin at: throughput 0.4189, that is 1.52 times as slow, against 1.09, three margins;
// p50 0.3789, 1.46 against 1.15; stalls_included 0.3730, 1.45 against 1.09. p99 m 0.3017, s 0.3648 begins
// below 0, and a t of (0.3017 - 0.0953) / 0.149 = 1.39 shows nothing.
TEST_F(RecordedTest, HalfOfTheWorkDoneTwiceFailsOnABusyMachineToo) {
  judge(recorded::kBusyHalfTwice);
  for (const char* metric : {"throughput", "p50", "stalls_included"}) {
    EXPECT_EQ(verdict(metric), Verdict::fail) << metric;
  }
  EXPECT_EQ(verdict("p99"), std::nullopt);
}

// A quick run fails the same, because it is gross, and passes nothing.
TEST_F(RecordedTest, AQuickRunFailsWhatIsGrossAndPassesNothing) {
  judge(recorded::kBusyHalfTwice, "quick");
  EXPECT_EQ(verdict("throughput"), Verdict::fail);
  judge(recorded::kIdleEqual, "quick");
  EXPECT_EQ(verdict("throughput"), std::nullopt);
}

}  // namespace
}  // namespace rootseal::verdict::recorded_test
