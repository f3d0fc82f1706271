#include "service/ready.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"

namespace rootseal::service::ready_test {
namespace {
using core::Deadline;
using core::Milliseconds;
using testing::HasSubstr;

Candidate alive(std::function<std::string()> probe) {
  Candidate candidate;
  candidate.subject = "alpha-1/readonly";
  candidate.state = [] {
    engine::State state;
    state.running = true;
    return state;
  };
  candidate.logs = [] { return std::string("booting\nstill booting\n"); };
  candidate.probe = std::move(probe);
  return candidate;
}

std::string failure(const Candidate& candidate, Milliseconds limit) {
  try {
    wait_ready(candidate, Deadline::after(limit), Milliseconds(1));
  } catch (const ServerError& error) {
    return error.what();
  }
  return "no ServerError";
}

TEST(WaitReady, ReturnsOnceAProbeSucceeds) {
  int tries = 0;
  wait_ready(alive([&] { return ++tries < 3 ? "refused" : ""; }), Deadline::after(Milliseconds(5'000)),
             Milliseconds(1));
  EXPECT_EQ(tries, 3);
}

TEST(WaitReady, FailsAtOnceWithTheLastLogLinesWhenTheContainerDied) {
  auto candidate = alive([] { return "refused"; });
  int asked = 0;
  candidate.state = [&] {
    ++asked;
    engine::State state;
    state.exit_code = 1;
    return state;
  };
  candidate.logs = [] { return std::string("starting\nFATAL: could not create lock file\n\n"); };
  EXPECT_EQ(failure(candidate, Milliseconds(60'000)),
            "alpha-1/readonly: waiting for a query to succeed: container exited with code 1 (last log lines: "
            "starting "
            "| FATAL: could not create lock file)");
  EXPECT_EQ(asked, 1) << "it was given more time";
}

TEST(WaitReady, ExitCodeZeroIsDeathToo) {
  auto candidate = alive([] { return "refused"; });
  candidate.state = [] { return engine::State{}; };
  EXPECT_THAT(failure(candidate, Milliseconds(60'000)), HasSubstr("container exited with code 0"));
}

TEST(WaitReady, NamesTheLastReasonAtTheDeadline) {
  EXPECT_THAT(
      failure(alive([] { return "connection refused"; }), Milliseconds(20)),
      AllOf(HasSubstr("no success within"), HasSubstr("connection refused"), HasSubstr("still booting")));
}

TEST(WaitReady, AProbeThatThrowsIsTriedAgain) {
  int tries = 0;
  const auto probe = [&]() -> std::string {
    if (++tries < 3) throw core::HarnessError({"asking for the port", "", "not published yet", ""});
    return "";
  };
  wait_ready(alive(probe), Deadline::after(Milliseconds(5'000)), Milliseconds(1));
  EXPECT_EQ(tries, 3);
}

TEST(WaitReady, ALogThatCannotBeHadDoesNotHideTheDeath) {
  auto candidate = alive([] { return "refused"; });
  candidate.state = [] { return engine::State{}; };
  candidate.logs = []() -> std::string { throw core::HarnessError({"reading the log", "", "gone", ""}); };
  EXPECT_THAT(failure(candidate, Milliseconds(1'000)),
              AllOf(HasSubstr("exited with code 0"), HasSubstr("gone")));
}

TEST(LastLines, KeepsTheLastLinesThatAreNotBlankAndEscapesControlCharacters) {
  EXPECT_EQ(last_lines("a\nb\n\n c\x1b[0m\n\n", 2), "b |  c\\x1b[0m");
  EXPECT_EQ(last_lines("", 2), "");
}

}  // namespace
}  // namespace rootseal::service::ready_test
