#include "run/stack.hpp"

#include <gtest/gtest.h>

namespace rootseal::run {
namespace {

TEST(StartFailureTest, NamesThePathOfTheFirstRefusedWrite) {
  const auto failure = read_start_failure(
      "2026-11-23 LOG:  starting\n"
      "FATAL:  could not create lock file \"/run/example/.s.lock\": Read-only file system\n"
      "LOG:  database system is shut down\n");
  EXPECT_EQ(failure.path, "/run/example/.s.lock");
  EXPECT_NE(failure.message.find("could not create lock file"), std::string::npos);
}

TEST(StartFailureTest, PrefersTheLastRefusalThatNamesAPath) {
  const auto failure = read_start_failure(
      "chmod: '/harmless': Read-only file system\nopen '/a/b': Permission denied\nbye: Operation not "
      "permitted\n");
  EXPECT_EQ(failure.path, "/a/b");
}

TEST(StartFailureTest, FallsBackToTheLastLine) {
  const auto failure = read_start_failure("one\ntwo\n\n");
  EXPECT_EQ(failure.message, "two");
  EXPECT_TRUE(failure.path.empty());
}

TEST(StartFailureTest, EscapesWhatAContainerPrinted) {
  EXPECT_EQ(read_start_failure("bad \x1b[31m Read-only file system").message,
            "bad \\x1b[31m Read-only file system");
}

}  // namespace
}  // namespace rootseal::run
