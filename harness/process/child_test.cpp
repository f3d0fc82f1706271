#include "process/child.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "core/error.hpp"
#include "process/testing.hpp"

namespace rootseal::process::child_test {
namespace {

using core::Deadline;
using std::chrono::milliseconds;

class ChildTest : public ::testing::Test {
 protected:
  ~ChildTest() override { std::filesystem::remove(log_); }
  Child::Options shell(const std::string& script) {
    Child::Options options;
    options.argv = {"sh", "-c", script};
    options.log_file = log_;
    return options;
  }
  std::string log_text() {
    std::ifstream in(log_);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static Deadline soon() { return Deadline::after(milliseconds(5'000)); }

  std::filesystem::path log_ =
      std::filesystem::temp_directory_path() / ("rootseal-child-" + std::to_string(::getpid()) + ".log");
};

TEST_F(ChildTest, ReadsLinesAnswersAndSeesTheEnd) {
  Child child(shell("echo hello >&3; read x; echo got $x >&3; echo logged; echo also >&2; exit 4"));
  std::string line;
  ASSERT_EQ(child.next_line(line, soon()), Child::Event::line);
  EXPECT_EQ(line, "hello");
  child.send_line("an answer");
  ASSERT_EQ(child.next_line(line, soon()), Child::Event::line);
  EXPECT_EQ(line, "got an answer");
  EXPECT_EQ(child.next_line(line, soon()), Child::Event::closed);
  const auto ended = child.wait(soon());
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->exit_code, 4);
  EXPECT_EQ(log_text(), "logged\nalso\n");
}

TEST_F(ChildTest, ATimeoutLosesNothing) {
  Child child(shell("printf par >&3; read x; echo tial >&3"));
  std::string line;
  EXPECT_EQ(child.next_line(line, Deadline::after(milliseconds(100))), Child::Event::timeout);
  child.send_line("go");
  ASSERT_EQ(child.next_line(line, soon()), Child::Event::line);
  EXPECT_EQ(line, "partial");
}

TEST_F(ChildTest, WaitSaysThatItStillRunsAtTheDeadlineAndKillEndsIt) {
  Child child(shell("exec sleep 60"));
  EXPECT_FALSE(child.wait(Deadline::after(milliseconds(50))));
  child.kill();
  const auto ended = child.wait(soon());
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->signal, SIGKILL);
}

TEST_F(ChildTest, AGrandchildThatHoldsTheResultsOpenDoesNotHangTheReader) {
  Child child(shell("sleep 60 & echo last >&3; exit 0"));
  std::string line;
  ASSERT_EQ(child.next_line(line, soon()), Child::Event::line);
  EXPECT_EQ(line, "last");
  EXPECT_EQ(child.next_line(line, soon()), Child::Event::closed);
  child.kill();
}

TEST_F(ChildTest, SendingToAChildThatEndedIsNoError) {
  Child child(shell("exit 0"));
  std::string line;
  EXPECT_EQ(child.next_line(line, soon()), Child::Event::closed);
  child.send_line(std::string(1U << 20U, 'x'));
  EXPECT_TRUE(child.wait(soon()));
}

TEST_F(ChildTest, ALineThatIsTooLongEndsTheChild) {
  auto options = shell("head -c 100000 /dev/zero >&3; exec sleep 60");
  options.max_line = 1000;
  Child child(options);
  std::string line;
  EXPECT_THROW(child.next_line(line, soon()), core::HarnessError);
  const auto ended = child.wait(soon());
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->signal, SIGKILL);
}

TEST_F(ChildTest, TheDestructorKillsTheWholeGroup) {
  pid_t grandchild = 0;
  {
    Child child(shell("sleep 60 & echo $! >&3; wait"));
    std::string line;
    ASSERT_EQ(child.next_line(line, soon()), Child::Event::line);
    grandchild = std::stoi(line);
  }
  EXPECT_TRUE(soon_dead(grandchild));
}

TEST_F(ChildTest, AProgramThatIsNotThereIsAFault) {
  Child::Options options;
  options.argv = {"rootseal-no-such-program"};
  options.log_file = log_;
  EXPECT_THROW(Child{options}, core::HarnessError);
}

}  // namespace
}  // namespace rootseal::process::child_test
