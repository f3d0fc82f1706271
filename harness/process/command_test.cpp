#include "process/command.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "core/error.hpp"
#include "process/fake_runner.hpp"

namespace rootseal::process::command_test {
namespace {

Command named(std::vector<std::string> argv) {
  Command command;
  command.argv = std::move(argv);
  return command;
}

TEST(RunnerTest, MustNamesStepSubjectEndingAndTheLastLine) {
  FakeRunner runner;
  runner.on("docker ps", "", 1, "first\nCannot connect\n\n");
  try {
    runner.must(named({"docker", "ps", "-a"}), "listing", "the engine");
    FAIL() << "no exception";
  } catch (const core::HarnessError& error) {
    EXPECT_STREQ(error.what(), "the engine: listing: docker: exit code 1 (last line: Cannot connect)");
  }
}

TEST(RunnerTest, MustReturnsTheOutcomeOfASuccess) {
  FakeRunner runner;
  runner.on("docker ps", "row\n");
  EXPECT_EQ(runner.must(named({"docker", "ps"}), "listing", "").out, "row\n");
  EXPECT_EQ(runner.calls(), std::vector<std::string>{"docker ps"});
}

TEST(FakeRunnerTest, RefusesACommandThatNobodyExpected) {
  FakeRunner runner;
  runner.on("docker ps", "");
  EXPECT_THROW(runner.run(named({"docker", "rm"})), std::logic_error);
}

TEST(OutcomeTest, SaysHowItEnded) {
  Outcome outcome;
  EXPECT_TRUE(outcome.ok());
  outcome.timed_out = true;
  outcome.signal = 9;
  outcome.took = std::chrono::milliseconds(30'000);
  EXPECT_EQ(outcome.ending(), "no end within 30.000 s");
}

}  // namespace
}  // namespace rootseal::process::command_test
