#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/cancel.hpp"
#include "core/deadline.hpp"
#include "core/error.hpp"
#include "process/command.hpp"
#include "process/testing.hpp"

namespace rootseal::process::system_runner_test {
namespace {

using std::chrono::milliseconds;

Outcome shell(const std::string& script, milliseconds limit = milliseconds(10'000), std::string input = "") {
  Command command;
  command.argv = {"sh", "-c", script};
  command.limit = limit;
  command.input = std::move(input);
  return SystemRunner().run(command);
}

TEST(SystemRunnerTest, KeepsStreamsApartAndReportsTheExitCode) {
  const Outcome outcome = shell("echo out; echo err >&2; exit 7");
  EXPECT_EQ(outcome.out, "out\n");
  EXPECT_EQ(outcome.err, "err\n");
  EXPECT_EQ(outcome.exit_code, 7);
  EXPECT_EQ(outcome.signal, 0);
  EXPECT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.ending(), "exit code 7");
}

TEST(SystemRunnerTest, MergesStreamsInTheOrderOfWriting) {
  Command command;
  command.argv = {"sh", "-c", "for i in 1 2 3 4 5; do echo o$i; echo e$i >&2; done"};
  command.merge_streams = true;
  const Outcome outcome = SystemRunner().run(command);
  EXPECT_EQ(outcome.out, "o1\ne1\no2\ne2\no3\ne3\no4\ne4\no5\ne5\n");
  EXPECT_EQ(outcome.err, "");
}

TEST(SystemRunnerTest, ReportsTheSignalThatEndedAProgram) {
  const Outcome outcome = shell("kill -TERM $$");
  EXPECT_EQ(outcome.signal, SIGTERM);
  EXPECT_EQ(outcome.ending(), "killed by signal 15");
}

TEST(SystemRunnerTest, AddsToTheEnvironment) {
  Command command;
  command.argv = {"sh", "-c", "echo $ROOTSEAL_A; test -n \"$PATH\""};
  command.environment = {{"ROOTSEAL_A", "a value"}};
  const Outcome outcome = SystemRunner().run(command);
  EXPECT_TRUE(outcome.ok());
  EXPECT_EQ(outcome.out, "a value\n");
}

TEST(SystemRunnerTest, FeedsAndDrainsMuchAtTheSameTimeWithoutDeadlock) {
  const std::string input(8U << 20U, 'x');
  const Outcome outcome = shell("tee /dev/stderr", milliseconds(20'000), input);
  EXPECT_TRUE(outcome.ok()) << outcome.ending();
  EXPECT_TRUE(outcome.out == input);
  EXPECT_TRUE(outcome.err == input);
}

TEST(SystemRunnerTest, SurvivesAProgramThatDoesNotReadItsInput) {
  const Outcome outcome = shell("exec true", milliseconds(5'000), std::string(4U << 20U, 'x'));
  EXPECT_TRUE(outcome.ok()) << outcome.ending();
}

TEST(SystemRunnerTest, KeepsAtMostMaxOutputAndSaysSo) {
  Command command;
  command.argv = {"sh", "-c", "head -c 3000000 /dev/zero"};
  command.max_output = 1000;
  const Outcome outcome = SystemRunner().run(command);
  EXPECT_TRUE(outcome.ok()) << outcome.ending();
  EXPECT_EQ(outcome.out.size(), 1000U);
  EXPECT_TRUE(outcome.truncated);
}

TEST(SystemRunnerTest, KillsGrandchildrenAtTheLimit) {
  const Outcome outcome = shell("sleep 3600 & echo $!; wait", milliseconds(150));
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_FALSE(outcome.ok());
  EXPECT_TRUE(soon_dead(std::stoi(outcome.out)));
}

TEST(SystemRunnerTest, ALimitHoldsForAProgramThatNeverStopsTalking) {
  Command command;
  command.argv = {"sh", "-c", "exec cat /dev/zero"};
  command.limit = milliseconds(150);
  command.max_output = 10;
  EXPECT_TRUE(SystemRunner().run(command).timed_out);  // or never returns
}

TEST(SystemRunnerTest, DoesNotWaitForAGrandchildThatHoldsTheOutputOpen) {
  const Outcome outcome = shell("echo said; sleep 3600 & echo $!; exit 3", milliseconds(20'000));
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_FALSE(outcome.timed_out);
  ASSERT_EQ(outcome.out.substr(0, 5), "said\n");
  EXPECT_EQ(::kill(std::stoi(outcome.out.substr(5)), SIGKILL), 0) << "it had ended: somebody waited for it";
}

TEST(SystemRunnerTest, NamesAProgramThatIsNotThereAndPath) {
  Command command;
  command.argv = {"rootseal-no-such-program"};
  try {
    SystemRunner().run(command);
    FAIL() << "no exception";
  } catch (const core::HarnessError& error) {
    EXPECT_NE(std::string(error.what()).find("rootseal-no-such-program"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find(std::getenv("PATH")), std::string::npos) << error.what();
  }
}

TEST(SystemRunnerTest, AProgramThatCannotBeExecutedIsAFaultAndLeavesNoZombie) {
  Command command;
  command.argv = {"/etc/passwd"};
  EXPECT_THROW(SystemRunner().run(command), core::HarnessError);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);  // no children at all
}

TEST(SystemRunnerTest, GivesAProgramItsThreeStreamsAndNothingElse) {
  const Outcome outcome = shell("ls /proc/self/fd");
  EXPECT_EQ(outcome.out, "0\n1\n2\n3\n");  // 3 is the folder that ls reads
}

TEST(SystemRunnerTest, CancellationKillsTheProgramAndThrows) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("rootseal-runner-" + std::to_string(::getpid()));
  std::thread canceller([&] {
    core::wait_until([&] { return std::filesystem::exists(file) ? core::Wait::done : core::Wait::again; },
                     core::Deadline::after(milliseconds(5'000)), milliseconds(5));
    core::request_cancel();
  });
  EXPECT_THROW(shell("echo $$ > " + file.string() + ".new; mv " + file.string() + ".new " + file.string() +
                     "; sleep 3600 & wait"),
               core::Interrupted);
  canceller.join();
  core::reset_cancel();
  pid_t pid = 0;
  std::ifstream(file) >> pid;
  std::filesystem::remove(file);
  ASSERT_GT(pid, 1);
  EXPECT_TRUE(soon_dead(pid));
}

TEST(SystemRunnerTest, ManyThreadsGetTheirOwnOutputsAndLeakNoDescriptors) {
  const auto open_files = [] {
    const std::filesystem::directory_iterator files("/proc/self/fd");
    return std::distance(begin(files), end(files));
  };
  shell("true");
  const auto before = open_files();
  std::vector<std::thread> threads;
  std::vector<std::string> said(64);
  for (std::size_t i = 0; i < said.size(); ++i) {
    threads.emplace_back([&said, i] {
      const std::string number = std::to_string(i);
      const Outcome outcome = shell("cat; echo " + number + "; ls /proc/self/fd | wc -l; exit 5",
                                    milliseconds(30'000), std::string(100'000, 'i') + "\n");
      said[i] = outcome.exit_code == 5 ? outcome.out.substr(100'001) : "bad: " + outcome.ending();
    });
  }
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < said.size(); ++i) EXPECT_EQ(said[i], std::to_string(i) + "\n4\n");
  EXPECT_EQ(open_files(), before);
}

// A slow neighbour must not keep a quick program's end from being seen.
TEST(SystemRunnerTest, AQuickProgramDoesNotWaitForOneStartedAtTheSameTime) {
  std::vector<std::thread> slow;
  std::atomic<int> ended{0};
  for (int i = 0; i < 4; ++i) {
    slow.emplace_back([&ended] {
      shell("sleep 3");
      ++ended;
    });
  }
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(shell("true").ok());
  EXPECT_EQ(ended, 0) << "the quick ones ended after the slow ones";
  for (auto& thread : slow) thread.join();
}

TEST(SystemRunnerTest, AProgramDiesWithTheProcessThatStartedIt) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const pid_t starter = ::fork();
  if (starter == 0) {
    const std::string tell =
        "echo $$ > /proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(ends[1]);
    try {
      shell(tell + "; exec sleep 60", milliseconds(60'000));
    } catch (...) {
    }
    ::_exit(1);
  }
  char text[32] = {};
  ASSERT_GT(::read(ends[0], text, sizeof text - 1), 0);
  const pid_t pid = std::stoi(text);
  ::kill(starter, SIGKILL);
  ::waitpid(starter, nullptr, 0);
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_TRUE(soon_dead(pid));
}

}  // namespace
}  // namespace rootseal::process::system_runner_test
