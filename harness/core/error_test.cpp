#include "core/error.hpp"

#include <gmock/gmock.h>

namespace rootseal::core::error_test {
namespace {

TEST(HarnessErrorTest, NamesSubjectStepValueAndNextMoveInThatOrder) {
  const HarnessError error(
      {"waiting for a query", "postgres-15/readonly", "exited with code 1", "see the log"});
  EXPECT_STREQ(error.what(), "postgres-15/readonly: waiting for a query: exited with code 1; see the log");
  EXPECT_EQ(error.parts().subject, "postgres-15/readonly");
}

TEST(HarnessErrorTest, LeavesOutPartsThatAreEmpty) {
  EXPECT_STREQ(HarnessError({"", "", "full", ""}).what(), "full");
  EXPECT_STREQ(HarnessError({"writing", "", "full", ""}).what(), "writing: full");
  EXPECT_STREQ(HarnessError({"", "disk", "full", "free some"}).what(), "disk: full; free some");
}

TEST(HarnessErrorTest, WrongUsageAndInterruptionAreOfTheSameFamily) {
  EXPECT_THROW(throw UsageError({"", "", "x", ""}), HarnessError);
  EXPECT_THROW(throw Interrupted("waiting"), HarnessError);
  EXPECT_STREQ(Interrupted("waiting").what(), "waiting: stopped on request");
}

}  // namespace
}  // namespace rootseal::core::error_test
