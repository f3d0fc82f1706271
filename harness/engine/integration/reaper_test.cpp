#include "engine/reaper.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <iostream>
#include <thread>

#include "core/error.hpp"
#include "engine/integration/fixture.hpp"
#include "engine/resources.hpp"
#include "process/testing.hpp"

namespace rootseal::engine::reaper_test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using core::Milliseconds;

class ReaperTest : public EngineFixture {
 protected:
  ~ReaperTest() override { docker_.run({"rm", "--force", bystander()}); }
  std::string bystander() const { return "bystander-" + run_.suffix(); }
  fs::path secrets() const { return fs::temp_directory_path() / ("rootseal-secrets-" + run_.str()); }
  fs::path log() const { return folder_ / "reaper.log"; }

  // Runs `work` in a process that then waits; kills that at once when it says that it is ready, or after
  // `patience` when it does not. Returns the reaper's process.
  int run_and_kill(const std::function<void(const std::function<void()>& ready)>& work,
                   Milliseconds patience) {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const pid_t owner = ::fork();
    if (owner == 0) {
      try {
        Reaper reaper(ROOTSEAL_REAPER, run_.str(), {secrets(), "/etc"}, log());
        tell(ends[1], reaper.pid());
        work([&] { tell(ends[1], 0); });
      } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
      }
      ::_exit(1);
    }
    ::close(ends[1]);
    const int reaper = hear(ends[0], Milliseconds(10'000));
    hear(ends[0], patience);
    ::kill(owner, SIGKILL);
    killed_ = Clock::now();
    ::waitpid(owner, nullptr, 0);
    ::close(ends[0]);
    return reaper;
  }
  // Everything of the run is gone within 15 s of the kill, and stays so.
  void expect_all_gone(int reaper) {
    for (int i = 0; i < 4 && !process::soon_dead(reaper);) ++i;
    const auto took = Clock::now() - killed_;
    std::cout << "reaper ended after " << core::in_seconds(took) << "\n";
    EXPECT_LT(took, std::chrono::seconds(15));
    for (const Resource& resource : labelled(docker_, run_.str())) ADD_FAILURE() << "left: " << resource.name;
    // Also what should have had a label and has none.
    const std::string named = "name=rootseal-test-" + run_.suffix();
    for (const std::vector<std::string>& list :
         std::vector<std::vector<std::string>>{{"ps", "--all"}, {"network", "ls"}, {"volume", "ls"}}) {
      std::vector<std::string> args = list;
      args.insert(args.end(), {"--quiet", "--filter", named});
      EXPECT_EQ(docker_.run(args).out, "") << args.front();
    }
  }

  Clock::time_point killed_;

 private:
  static void tell(int fd, int number) { (void)!::write(fd, &number, sizeof number); }
  static int hear(int fd, Milliseconds at_most) {
    int number = -1;
    pollfd set{fd, POLLIN, 0};
    if (::poll(&set, 1, static_cast<int>(at_most.count())) == 1) (void)!::read(fd, &number, sizeof number);
    return number;
  }
};

TEST_F(ReaperTest, RemovesTheStackOfAKilledOwnerAndNothingElse) {
  docker_.must({"run", "--detach", "--name", bystander(), kTinyImage, "sleep", "600"}, "starting",
               "a bystander");
  fs::create_directories(secrets());
  const int reaper = run_and_kill(
      [&](const auto& ready) {
        ComposeProject project(docker_, spec("doomed"));
        project.up();
        ready();
        ::pause();
      },
      Milliseconds(60'000));
  ASSERT_GT(reaper, 1);
  EXPECT_EQ(labelled(docker_, run_.str()).empty(), false);
  expect_all_gone(reaper);
  EXPECT_FALSE(fs::exists(secrets()));
  EXPECT_TRUE(fs::exists("/etc/passwd"));
  EXPECT_EQ(docker_.run({"inspect", "--format", "{{.State.Running}}", bystander()}).out, "true\n");
}

TEST_F(ReaperTest, RemovesWhatAnOwnerKilledWhileBringingUpLeft) {
  const int reaper = run_and_kill(
      [&](const auto&) {
        ComposeProject project(docker_, spec("half"));
        project.up();
        ::pause();
      },
      Milliseconds(450));
  expect_all_gone(reaper);
}

TEST_F(ReaperTest, IsInTimeWithEightContainers) {
  const int reaper = run_and_kill(
      [&](const auto& ready) {
        for (int i = 0; i < 8; ++i) {
          docker_.must({"run", "--detach", "--volume", "/anonymous", "--label",
                        kRunLabel + ("=" + run_.str()), kTinyImage, "sleep", "600"},
                       "starting", "one of eight");
        }
        ready();
        ::pause();
      },
      Milliseconds(60'000));
  EXPECT_EQ(labelled(docker_, run_.str()).size(), 8U);
  expect_all_gone(reaper);
}

TEST_F(ReaperTest, IgnoresTheSignalsOfATerminalAndTakesDownWhenNotDismissed) {
  docker_.create_volume("rootseal-test-" + run_.suffix(), {{kRunLabel, run_.str()}});
  {
    const Reaper reaper(ROOTSEAL_REAPER, run_.str(), {}, log());
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::kill(reaper.pid(), signal);
    EXPECT_EQ(::getsid(reaper.pid()), reaper.pid());
  }
  EXPECT_TRUE(labelled(docker_, run_.str()).empty());
}

TEST_F(ReaperTest, ADismissedReaperTouchesNothing) {
  docker_.create_volume("rootseal-test-" + run_.suffix(), {{kRunLabel, run_.str()}});
  {
    Reaper reaper(ROOTSEAL_REAPER, run_.str(), {}, log());
    reaper.dismiss();
    EXPECT_EQ(reaper.pid(), -1);
  }
  EXPECT_EQ(labelled(docker_, run_.str()).size(), 1U);
}

}  // namespace
}  // namespace rootseal::engine::reaper_test
