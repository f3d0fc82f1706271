#include "record/verdict.hpp"

#include <gtest/gtest.h>

#include "record/attack.hpp"

namespace rootseal::record::verdict_test {
namespace {

TEST(VerdictTest, TheWorstOfTwoIsTheHeavier) {
  EXPECT_EQ(worst(Verdict::skipped, Verdict::pass), Verdict::pass);
  EXPECT_EQ(worst(Verdict::inconclusive, Verdict::pass), Verdict::inconclusive);
  EXPECT_EQ(worst(Verdict::inconclusive, Verdict::fail), Verdict::fail);
  EXPECT_EQ(worst(Verdict::fail, Verdict::skipped), Verdict::fail);
}

TEST(VerdictTest, EveryValueHasItsWord) {
  EXPECT_EQ(to_text(Verdict::skipped), "skipped");
  EXPECT_EQ(to_text(Verdict::pass), "pass");
  EXPECT_EQ(to_text(Verdict::inconclusive), "inconclusive");
  EXPECT_EQ(to_text(Verdict::fail), "fail");
  EXPECT_EQ(to_text(RunVerdict::interrupted), "interrupted");
  EXPECT_EQ(to_text(RunVerdict::error), "error");
  EXPECT_EQ(to_text(Observed::succeeded), "succeeded");
}

}  // namespace
}  // namespace rootseal::record::verdict_test
