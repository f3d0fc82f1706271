#include <gmock/gmock.h>

#include "core/error.hpp"
#include "run/run.hpp"

namespace rootseal::run::keep_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

engine::Resource kept(const std::string& stack, const std::string& run) {
  engine::Resource resource{};
  resource.stack = stack;
  resource.run = run;
  resource.kept = true;
  return resource;
}

const std::vector<engine::Resource> kTwoRuns{kept("db-1/readonly", "run-a"), kept("db-1/readonly", "run-a"),
                                             kept("db-1/readonly", "run-b"), kept("db-1/baseline", "run-b")};

std::string complaint(const std::string& stack, const std::string& run) {
  try {
    chosen_to_take_down(kTwoRuns, stack, run);
  } catch (const core::UsageError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(DownTest, AStackOfSeveralRunsIsRefusedAndTheRunsAreNamed) {
  EXPECT_THAT(complaint("db-1/readonly", ""),
              AllOf(HasSubstr("2 stacks of that name"), HasSubstr("run-a, run-b"), HasSubstr("--run run-a")));
}

TEST(DownTest, ARunSaysWhichIsMeant) {
  EXPECT_THAT(chosen_to_take_down(kTwoRuns, "db-1/readonly", "run-a"), SizeIs(2));
  EXPECT_THAT(chosen_to_take_down(kTwoRuns, "", "run-b"), SizeIs(2));
}

TEST(DownTest, AStackOfOneRunNeedsNoRun) {
  EXPECT_THAT(chosen_to_take_down(kTwoRuns, "db-1/baseline", ""), SizeIs(1));
}

TEST(DownTest, WithoutANameEveryKeptStackIsMeant) {
  EXPECT_THAT(chosen_to_take_down(kTwoRuns, "", ""), SizeIs(4));
  EXPECT_THAT(chosen_to_take_down({}, "", ""), IsEmpty());
}

TEST(DownTest, WhatIsNotUpIsRefused) {
  EXPECT_THAT(complaint("db-1/readonli", ""), AllOf(HasSubstr("no such stack"), HasSubstr("db-1/readonly")));
  EXPECT_THAT(complaint("db-1/baseline", "run-a"), HasSubstr("no such stack"));
  EXPECT_THAT(complaint("", "run-c"), HasSubstr("no such stack"));
}

}  // namespace
}  // namespace rootseal::run::keep_test
