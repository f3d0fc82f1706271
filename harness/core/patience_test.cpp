#include "core/patience.hpp"

#include <gtest/gtest.h>

namespace rootseal::core::patience_test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

TEST(PatienceTest, IsAMinuteAtLeastHoweverQuickTheMachineIs) {
  EXPECT_EQ(patience_for(seconds(0)), seconds(60));
  EXPECT_EQ(patience_for(seconds(5)), seconds(60));
}

TEST(PatienceTest, GrowsWithTheLongestStart) {
  EXPECT_EQ(patience_for(seconds(40)), seconds(400));
  EXPECT_EQ(patience_for(hours(1000)), hours(1));
}

TEST(PatienceTest, IsNeverShortened) {
  const Milliseconds before = patience();
  set_patience(before + seconds(7));
  set_patience(seconds(1));
  EXPECT_EQ(patience(), before + seconds(7));
  EXPECT_EQ(patience(3), 3 * (before + seconds(7)));
}

}  // namespace
}  // namespace rootseal::core::patience_test
