#include "run/progress.hpp"

#include <gmock/gmock.h>

namespace rootseal::run::progress_test {
namespace {

using namespace std::chrono_literals;

ProgressState state() {
  return {"checks",
          41,
          120,
          {{"db-1/sealed", "Crud.Reads"}, {"db-1/base", "attack G01 as root"}, {"mq-1/base", "starting"}}};
}

TEST(ProgressLineTest, SaysHowLongHowMuchAndWhat) {
  EXPECT_EQ(
      progress_line(state(), 192s, 200),
      "3:12  checks 41/120 | db-1/sealed Crud.Reads | db-1/base attack G01 as root | mq-1/base starting");
}

TEST(ProgressLineTest, NeverExceedsTheWidth) {
  for (std::size_t width = 0; width < 120; ++width)
    EXPECT_LE(progress_line(state(), 192s, width).size(), width);
}

TEST(ProgressLineTest, CountsTheLanesThatDoNotFit) {
  EXPECT_EQ(progress_line(state(), 5s, 50), "0:05  checks 41/120 | db-1/sealed Crud.Reads | +2");
}

TEST(ProgressLineTest, CutsTheFirstLaneRatherThanLeaveItOut) {
  EXPECT_EQ(progress_line(state(), 5s, 46), "0:05  checks 41/120 | db-1/sealed Crud... | +2");
  EXPECT_EQ(progress_line(state(), 5s, 40), "0:05  checks 41/120 | +3");
}

TEST(ProgressLineTest, ShowsHoursAndNoTotalThatIsNotKnown) {
  EXPECT_EQ(progress_line({"measuring", 3, 0, {}}, 3725s, 80), "1:02:05  measuring");
}

TEST(ProgressLineTest, MoreThanWasExpectedIsNotMoreThanAll) {
  EXPECT_EQ(progress_line({"checks", 7, 5, {}}, 0s, 80), "0:00  checks 7/7");
}

TEST(ProgressLineTest, ATerminalGetsNoControlCharacter) {
  const auto line = progress_line({"checks", 0, 1, {{"a\x1b[31m", "b\nc\xc3\xa9"}}}, 0s, 80);
  for (const char c : line) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << line;
}

TEST(ProgressTest, ShowsNothingWhereThereIsNoTerminal) {
  testing::internal::CaptureStderr();
  {
    Progress progress;
    progress.show();
    progress.phase("checks", 2);
    Progress::Lane(progress, "lane").now("something");
    progress.done();
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace rootseal::run::progress_test
