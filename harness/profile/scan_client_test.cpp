#include "profile/scan_client.hpp"

#include <gtest/gtest.h>

namespace rootseal::profile::scan_client_test {
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

TEST(ScansUntilRefusedTest, TheRefusedOneIsTheLast) {
  const auto ended = parse_scans_until_refused(said(std::string(kDone) + kRefused, 1), 5);
  ASSERT_EQ(ended.size(), 2U);
  EXPECT_TRUE(ended[0].ok);
  EXPECT_EQ(ended[1].errno_name, "EROFS");
  EXPECT_EQ(parse_scans_until_refused(said(std::string(kDone) + kDone, 0), 2).size(), 2U);
}

TEST(ScansUntilRefusedTest, NothingIsBelievedThatDoesNotEndSo) {
  const auto unbelieved = [](const std::string& text, int exit_code, std::size_t count) {
    const auto answers = parse_scans_until_refused(said(text, exit_code), count);
    return answers.size() == 1 && !answers.front().understood;
  };
  EXPECT_TRUE(unbelieved(kDone, 0, 2)) << "one is missing";
  EXPECT_TRUE(unbelieved(std::string(kRefused) + kDone, 1, 2)) << "one follows a refusal";
  EXPECT_TRUE(unbelieved(kRefused, 0, 1)) << "the exit status contradicts";
  EXPECT_TRUE(unbelieved("", 137, 2)) << "it was killed";
}

}  // namespace
}  // namespace rootseal::profile::scan_client_test
