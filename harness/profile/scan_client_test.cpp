#include "profile/scan_client.hpp"

#include <gtest/gtest.h>

namespace rootseal::profile {
namespace {

constexpr const char* kDone =
    R"({"verb":"writable","ok":true,"path":"/a","errno":0,"errno_name":"","detail":""})"
    "\n";
constexpr const char* kRefused =
    R"({"verb":"writable","ok":false,"path":"/b","errno":30,"errno_name":"EROFS","detail":"x"})"
    "\n";

process::Outcome said(const std::string& text, int exit_code) {
  process::Outcome outcome;
  outcome.out = text;
  outcome.exit_code = exit_code;
  return outcome;
}

TEST(ScansTest, AnswersAreInTheOrderOfTheQuestions) {
  const auto answers = parse_scans(said(std::string(kDone) + kRefused, 1), 2);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_TRUE(answers[0].understood && answers[0].ok);
  EXPECT_TRUE(answers[1].understood && !answers[1].ok);
  EXPECT_EQ(answers[1].errno_name, "EROFS");
}

TEST(ScansTest, NoneIsBelievedWhenOneIsMissing) {
  const auto answers = parse_scans(said(kDone, 0), 2);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_FALSE(answers[0].understood || answers[1].understood);
}

TEST(ScansTest, NoneIsBelievedWhenTheExitStatusContradicts) {
  for (const auto& answer : parse_scans(said(std::string(kDone) + kRefused, 0), 2)) {
    EXPECT_FALSE(answer.understood);
  }
  for (const auto& answer : parse_scans(said(std::string(kDone) + kDone, 126), 2)) {
    EXPECT_FALSE(answer.understood);
  }
}

}  // namespace
}  // namespace rootseal::profile
