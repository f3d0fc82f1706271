#include "core/log.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <pty.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace rootseal::core::log_test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

TEST(LogTest, GoesToStderrAndRespectsTheVerbosity) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  init_logging(Verbosity::quiet);
  spdlog::info("progress");
  spdlog::warn("trouble");
  spdlog::default_logger()->flush();
  const std::string err = testing::internal::GetCapturedStderr();
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_THAT(err, HasSubstr("trouble"));
  EXPECT_THAT(err, Not(HasSubstr("progress")));
}

TEST(LogTest, APipeGetsNoStatusLine) {
  testing::internal::CaptureStderr();
  init_logging(Verbosity::normal);
  EXPECT_FALSE(status_shown());
  set_status("under way");
  spdlog::info("progress");
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::AllOf(HasSubstr("progress"), Not(HasSubstr("under way")), Not(HasSubstr("\x1b"))));
}

// A pseudo-terminal of 40 columns in the place of stderr.
class TerminalTest : public testing::Test {
 protected:
  void SetUp() override {
    winsize size{24, 40, 0, 0};
    ASSERT_EQ(openpty(&master_, &slave_, nullptr, nullptr, &size), 0);
    fcntl(master_, F_SETFL, O_NONBLOCK);
    saved_ = dup(STDERR_FILENO);
    dup2(slave_, STDERR_FILENO);
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
  }
  void TearDown() override {
    set_status("");
    dup2(saved_, STDERR_FILENO);
    for (const int descriptor : {saved_, slave_, master_}) close(descriptor);
    unsetenv("NO_COLOR");
    init_logging(Verbosity::quiet);
  }
  std::string shown() {
    std::fflush(stderr);
    std::string all;
    std::array<char, 4096> part{};
    for (ssize_t got = 0; (got = read(master_, part.data(), part.size())) > 0;)
      all.append(part.data(), static_cast<std::size_t>(got));
    return all;
  }

 private:
  int master_ = -1;
  int slave_ = -1;
  int saved_ = -1;
};

TEST_F(TerminalTest, TheStatusStaysBelowTheLogAndIsTakenAway) {
  init_logging(Verbosity::normal);
  ASSERT_TRUE(status_shown());
  EXPECT_EQ(status_width(), 40U);
  set_status("under way");
  EXPECT_EQ(shown(), "under way");
  spdlog::info("progress");
  const std::string after = shown();
  EXPECT_THAT(after, testing::StartsWith("\r\x1b[2K"));
  EXPECT_THAT(after, EndsWith("progress\r\nunder way"));
  set_status("");
  EXPECT_EQ(shown(), "\r\x1b[2K");
}

TEST_F(TerminalTest, AnUnchangedStatusIsNotDrawnAgain) {
  init_logging(Verbosity::normal);
  set_status("under way");
  shown();
  set_status("under way");
  EXPECT_EQ(shown(), "");
}

TEST_F(TerminalTest, ColoursOnlyUnlessTheyAreRefused) {
  init_logging(Verbosity::normal);
  spdlog::error("trouble");
  EXPECT_THAT(shown(), HasSubstr("\x1b[3"));
  setenv("NO_COLOR", "1", 1);
  init_logging(Verbosity::normal);
  spdlog::error("trouble");
  EXPECT_THAT(shown(), Not(HasSubstr("\x1b")));
  EXPECT_TRUE(status_shown()) << "a status line is no colour";
}

TEST_F(TerminalTest, ADumbOneAndAQuietRunHaveNoStatus) {
  init_logging(Verbosity::quiet);
  EXPECT_FALSE(status_shown());
  setenv("TERM", "dumb", 1);
  init_logging(Verbosity::normal);
  EXPECT_FALSE(status_shown());
}

}  // namespace
}  // namespace rootseal::core::log_test
