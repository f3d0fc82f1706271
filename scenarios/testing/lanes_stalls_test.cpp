#include "testing/lanes_stalls.hpp"

#include <gtest/gtest.h>

namespace rootseal::workload::lanes_stalls_test {
namespace {

using namespace std::chrono_literals;

constexpr auto A = Side::baseline;
constexpr auto B = Side::contender;

struct StallFilterTest : ::testing::Test {
  StallFilter filter;
  // A block A B B A of ten operations a turn; the time of the third turn may differ.
  void block(Nanoseconds a, Nanoseconds b, Nanoseconds third) {
    filter.turn(A, 10, a);
    filter.turn(B, 10, b);
    filter.turn(B, 10, third);
    filter.turn(A, 10, a);
    filter.end_block();
  }
  void block(Nanoseconds a, Nanoseconds b) { block(a, b, b); }
};

TEST_F(StallFilterTest, LeavesOutTheWholeBlockOfAStalledTurn) {
  block(1ms, 1ms);
  block(1ms, 1ms, 20ms);
  block(1ms, 1ms);
  for (const Side side : kSides) {
    EXPECT_EQ(filter.of(side).operations, 40U);
    EXPECT_EQ(filter.of(side).active, 4ms);
  }
}

TEST_F(StallFilterTest, CountsWhatWasLeftOutOnTheSideOnWhichItFell) {
  block(1ms, 1ms);
  block(1ms, 1ms, 20ms);
  EXPECT_EQ(filter.of(B).stalled_turns, 1U);
  EXPECT_EQ(filter.of(B).stalled, 20ms);
  EXPECT_EQ(filter.of(A).stalled_turns, 0U);
  EXPECT_EQ(filter.of(A).stalled, 0ms);
}

TEST_F(StallFilterTest, FindsAStallInTheVeryFirstBlock) {
  block(1ms, 1ms, 20ms);
  EXPECT_EQ(filter.of(A).operations, 0U);
  EXPECT_EQ(filter.of(B).stalled_turns, 1U);
}

TEST_F(StallFilterTest, ASideThatIsSlowThroughoutDoesNotStall) {
  for (int i = 0; i < 10; ++i) block(1ms, 40ms);
  EXPECT_EQ(filter.of(A).operations, 200U);
  EXPECT_EQ(filter.of(B).operations, 200U);
  EXPECT_EQ(filter.of(B).active, 20 * 40ms);
  EXPECT_EQ(filter.of(B).stalled_turns, 0U);
}

TEST_F(StallFilterTest, KeepsWhatIsThreeTimesAsLongAndNoMore) {
  block(1ms, 1ms);
  block(1ms, 1ms);
  block(1ms, 1ms, 2900us);
  EXPECT_EQ(filter.of(B).operations, 60U);
  block(1ms, 1ms, 3100us);
  EXPECT_EQ(filter.of(B).operations, 60U);
}

TEST_F(StallFilterTest, HoldsTheTimeOfAnOperationAgainstTheMedianNotThatOfATurn) {
  block(1ms, 1ms);
  filter.turn(A, 10, 1ms);
  filter.turn(B, 100, 10ms);
  filter.turn(B, 100, 10ms);
  filter.turn(A, 10, 1ms);
  filter.end_block();
  EXPECT_EQ(filter.of(B).stalled_turns, 0U);
  EXPECT_EQ(filter.of(B).operations, 220U);
}

TEST_F(StallFilterTest, ATurnWithoutAnOperationIsNoDivisionByZero) {
  filter.turn(A, 0, 1ms);
  filter.turn(B, 10, 1ms);
  filter.end_block();
  EXPECT_EQ(filter.of(B).operations, 10U);
}

}  // namespace
}  // namespace rootseal::workload::lanes_stalls_test
