#include "core/deadline.hpp"

#include <gtest/gtest.h>

#include "core/cancel.hpp"
#include "core/error.hpp"

namespace rootseal::core::deadline_test {
namespace {

using namespace std::chrono_literals;

TEST(DeadlineTest, NeverHasANegativeRemainder) {
  EXPECT_EQ(Deadline::after(-5s).remaining(), 0ms);
  EXPECT_TRUE(Deadline::after(0ms).expired());
  EXPECT_FALSE(Deadline::after(1h).expired());
}

TEST(DeadlineTest, ForEverDoesNotOverflow) {
  EXPECT_GT(Deadline::after(Milliseconds::max()).remaining(), 1000h);
  EXPECT_GT(Deadline::after(Milliseconds::max()).at_most(Milliseconds::max()).remaining(), 1000h);
}

TEST(DeadlineTest, AStepInsideALargerStepEndsWithTheEarlier) {
  EXPECT_LE(Deadline::after(1h).at_most(1s).remaining(), 1s);
  EXPECT_LE(Deadline::after(1s).at_most(1h).remaining(), 1s);
}

TEST(WaitUntilTest, EndsAtTheFirstDone) {
  int calls = 0;
  EXPECT_TRUE(
      wait_until([&] { return ++calls == 3 ? Wait::done : Wait::again; }, Deadline::after(1min), 1ms));
  EXPECT_EQ(calls, 3);
}

TEST(WaitUntilTest, TriesOnceEvenWhenTheDeadlineHasPassed) {
  int calls = 0;
  EXPECT_FALSE(wait_until([&] { return ++calls, Wait::again; }, Deadline::after(0ms)));
  EXPECT_EQ(calls, 1);
}

TEST(WaitUntilTest, DoesNotSleepBeyondTheDeadline) {
  const auto start = Deadline::Clock::now();
  EXPECT_FALSE(wait_until([] { return Wait::again; }, Deadline::after(20ms), 1h));
  EXPECT_LT(Deadline::Clock::now() - start, 10s);
}

TEST(WaitUntilTest, LetsTheProbesExceptionThrough) {
  EXPECT_THROW(wait_until(
                   []() -> Wait {
                     throw HarnessError({"", "", "dead", ""});
                   },
                   Deadline::after(1min)),
               HarnessError);
}

TEST(WaitUntilTest, StopsWhenTheUserAskedTo) {
  request_cancel();
  EXPECT_THROW(wait_until([] { return Wait::again; }, Deadline::after(1min)), Interrupted);
  reset_cancel();
}

TEST(SecondsTest, AreADoubleAndATextWithThreeDigits) {
  EXPECT_DOUBLE_EQ(seconds(1500ms), 1.5);
  EXPECT_EQ(in_seconds(1234567us), "1.235 s");
  EXPECT_EQ(in_seconds(0ms), "0.000 s");
}

}  // namespace
}  // namespace rootseal::core::deadline_test
