#include "testing/lanes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "core/deadline.hpp"
#include "core/error.hpp"
#include "testing/lanes_allocations_test.hpp"
#include "testing/workload_fakes.hpp"

namespace rootseal::workload::lanes_test {
namespace {

using namespace std::chrono_literals;

using fakes::FakeClock;

class FakeLane final : public Lane {
 public:
  FakeLane(FakeClock& clock, Nanoseconds takes) : clock_(clock), takes_(takes) {}
  void operation() override {
    if (done == throw_at) {
      throw WrongResult("row 7 is another");
    }
    if (done == refuse_at) {
      throw service::ServerError({"selecting", "x", "cannot write", ""});
    }
    if (done == break_at) {
      throw core::HarnessError({"selecting", "x", "no memory", ""});
    }
    clock_.pass(done < slow_until ? takes_ * static_cast<int>(1 + slow_until - done) : takes_);
    ++done;
    if (order != nullptr) {
      order->push_back(letter);
    }
  }
  void settle() override {
    ++settled;
    clock_.pass(settling);
    if (order != nullptr) {
      order->push_back('.');
    }
  }
  void verify() override {}
  // Slow at first, less so with every operation until that one.
  std::uint64_t done = 0, slow_until = 0, throw_at = UINT64_MAX, refuse_at = UINT64_MAX,
                break_at = UINT64_MAX;
  std::uint64_t settled = 0;
  Nanoseconds settling{0};
  std::string* order = nullptr;
  char letter = '?';

 private:
  FakeClock& clock_;
  Nanoseconds takes_;
};

struct LanesTest : ::testing::Test {
  FakeClock clock;
  FakeLane baseline{clock, 100us};
  FakeLane contender{clock, 200us};
  LanePair lanes{&baseline, &contender};
  PairRun run;
  Alternation turns{1};
};

std::string turns_of(std::uint64_t seed, int count) {
  Alternation turns(seed);
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += turns.next() == Side::baseline ? 'b' : 'c';
  }
  return text;
}

TEST(AlternationTest, EveryBlockIsAbbaAndBalanced) {
  const std::string text = turns_of(3, 4000);
  std::map<std::string, int> blocks;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    ++blocks[text.substr(at, 4)];
  }
  ASSERT_EQ(blocks.size(), 2U) << "only bccb and cbbc";
  EXPECT_NEAR(blocks["bccb"], 500, 80);
  EXPECT_NEAR(blocks["cbbc"], 500, 80);
}

TEST(AlternationTest, TheSeedDecides) {
  EXPECT_EQ(turns_of(11, 400), turns_of(11, 400));
  EXPECT_NE(turns_of(11, 400), turns_of(12, 400));
}

TEST_F(LanesTest, BothSidesDoTheSameNumberOfOperationsInWholeBlocks) {
  measure({lanes}, clock, turns, {10ms, 1'000'000, 1}, run);
  EXPECT_EQ(run.of(Side::baseline).operations, run.of(Side::contender).operations);
  EXPECT_EQ(run.of(Side::baseline).operations % 2, 0U);
  EXPECT_EQ(run.of(Side::baseline).operations, baseline.done);
  EXPECT_GE(run.busy(), 10ms);
  EXPECT_LT(run.busy(), 10ms + 600us) << "no more than a block too long";
}

TEST_F(LanesTest, TimesStandOnTheSideThatTookThem) {
  measure({lanes}, clock, turns, {100ms, 1'000'000, 1}, run);
  EXPECT_NEAR(run.of(Side::baseline).mean(), 100e-6, 1e-9);
  EXPECT_NEAR(run.of(Side::contender).mean(), 200e-6, 1e-9);
  EXPECT_NEAR(core::seconds(run.of(Side::baseline).latencies.percentile(0.5)), 100e-6, 1e-6);
  EXPECT_NEAR(core::seconds(run.of(Side::contender).latencies.percentile(0.99)), 200e-6, 2e-6);
}

TEST_F(LanesTest, ASliceIsDoneInARow) {
  std::string order;
  baseline.order = contender.order = &order;
  baseline.letter = 'b';
  contender.letter = 'c';
  measure({lanes}, clock, turns, {1us, 1'000'000, 3}, run);
  EXPECT_THAT(order, ::testing::AnyOf("bbb.cccccc.bbb.", "ccc.bbbbbb.ccc."));
}

TEST_F(LanesTest, SeatsHaveWholeBlocksInTurnAndSettleWhenTheyHandOver) {
  FakeLane second_baseline(clock, 100us), second_contender(clock, 200us);
  std::string order;
  for (FakeLane* lane : {&baseline, &contender, &second_baseline, &second_contender}) {
    lane->order = &order;
  }
  baseline.letter = 'b';
  contender.letter = 'c';
  second_baseline.letter = 'B';
  second_contender.letter = 'C';
  measure({lanes, {&second_baseline, &second_contender}}, clock, turns, {1s, 6, 1}, run);
  const auto first = ::testing::AnyOf("b.cc.b.", "c.bb.c.");
  const auto second = ::testing::AnyOf("B.CC.B.", "C.BB.C.");
  ASSERT_EQ(order.size(), 21U) << order;
  EXPECT_THAT(order.substr(0, 7), first);
  EXPECT_THAT(order.substr(7, 7), second);
  EXPECT_THAT(order.substr(14, 7), first);
}

TEST_F(LanesTest, SettlingIsNotTimedAndCannotMakeAStretchEndless) {
  baseline.settling = contender.settling = 900us;
  measure({lanes}, clock, turns, {100ms, 1'000'000, 1}, run);
  EXPECT_NEAR(run.of(Side::contender).mean(), 200e-6, 1e-9);
  EXPECT_EQ(run.of(Side::contender).latencies.max(), 200us);
  EXPECT_LT(run.busy(), 80ms) << "most of the time went into settling: ended on the wall's limit";
  EXPECT_EQ(run.of(Side::baseline).operations, run.of(Side::contender).operations);
}

TEST_F(LanesTest, TheClientsTimeStandsOnTheSideItWorkedFor) {
  measure({lanes}, clock, turns, {100ms, 1'000'000, 1}, run);
  for (const Side side : kSides) {
    EXPECT_EQ(run.of(side).cpu, run.of(side).busy / 10);
  }
}

TEST_F(LanesTest, OneOperationASideIsPossible) {
  std::string order;
  baseline.order = contender.order = &order;
  baseline.letter = 'b';
  contender.letter = 'c';
  measure({lanes}, clock, turns, {0s, 1, 1, 2}, run);
  EXPECT_THAT(order, ::testing::AnyOf("b.c.", "c.b."));
}

TEST_F(LanesTest, EndsAtTheLargestNumberOfOperations) {
  measure({lanes}, clock, turns, {std::chrono::hours(1), 100, 1}, run);
  EXPECT_EQ(run.of(Side::baseline).operations, 100U);
  EXPECT_EQ(run.of(Side::contender).operations, 100U);
}

TEST_F(LanesTest, TheMeasuredLoopAllocatesNothing) {
  const std::vector<LanePair> seats{lanes};
  const std::size_t before = allocations_so_far();
  measure(seats, clock, turns, {1s, 1'000'000, 1}, run);
  EXPECT_EQ(allocations_so_far() - before, 0U)
      << "in " << run.of(Side::baseline).operations << " operations a side";
}

SideFault fault_of(LanesTest& test) {
  try {
    measure({test.lanes}, test.clock, test.turns, {1s, 1'000'000, 1}, test.run);
  } catch (const SideFault& fault) {
    return fault;
  }
  return {Side::baseline, false, "nothing was thrown"};
}

TEST_F(LanesTest, AWrongResultNamesItsSide) {
  contender.throw_at = 5;
  const auto fault = fault_of(*this);
  EXPECT_EQ(fault.side(), Side::contender);
  EXPECT_TRUE(fault.wrong());
  EXPECT_STREQ(fault.what(), "row 7 is another");
}

TEST_F(LanesTest, AServerThatRefusesIsAFailure) {
  baseline.refuse_at = 5;
  const auto fault = fault_of(*this);
  EXPECT_EQ(fault.side(), Side::baseline);
  EXPECT_TRUE(fault.wrong());
}

TEST_F(LanesTest, AFaultOfTheEnvironmentIsNotAWrongResult) {
  baseline.break_at = 5;
  const auto fault = fault_of(*this);
  EXPECT_EQ(fault.side(), Side::baseline);
  EXPECT_FALSE(fault.wrong());
}

TEST_F(LanesTest, WarmingUpEndsWhenBothSidesAreSteady) {
  EXPECT_EQ(warm_up(lanes, clock, turns, {10ms, 20, 0.05}, 1), 2U) << "two windows that agree";
  contender.slow_until = contender.done + 60;
  EXPECT_GT(warm_up(lanes, clock, turns, {50ms, 20, 0.05}, 1), 4U) << "one side gets faster for a while";
}

TEST_F(LanesTest, WarmingUpEndsAtItsMostOperations) {
  WarmUp plan{300us, 100, -1};  // a window is one operation a side, and none is steady
  plan.max_operations = 10;
  warm_up(lanes, clock, turns, plan, 1);
  EXPECT_EQ(baseline.done, 10U);
}

TEST_F(LanesTest, WarmingUpWithSlowOperationsIsOneASide) {
  FakeLane slow(clock, 1s), slower(clock, 2s);
  warm_up({&slow, &slower}, clock, turns, {50ms, 3, 0.05}, 1);
  EXPECT_EQ(slow.done, 1U);
  EXPECT_EQ(slower.done, 1U);
}

TEST_F(LanesTest, WarmingUpEndsAtItsLimit) {
  contender.slow_until = 60;
  EXPECT_EQ(warm_up(lanes, clock, turns, {50ms, 3, 0.05}, 1), 3U);
}

}  // namespace
}  // namespace rootseal::workload::lanes_test
