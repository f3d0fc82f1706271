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
#include <sstream>
#include <stdexcept>
#include <utility>

#include "core/error.hpp"
#include "core/patience.hpp"
#include "engine/integration/fixture.hpp"
#include "engine/proc.hpp"
#include "engine/resources.hpp"
#include "process/testing.hpp"

namespace rootseal::engine::reaper_test {
namespace {

namespace fs = std::filesystem;
using core::Milliseconds;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto stat = read_text(entry.path() / "stat");
    if (!stat) continue;
    std::istringstream words(stat->substr(stat->rfind(')') + 1));
    std::string state;
    pid_t its_parent = 0;
    if (words >> state >> its_parent && its_parent == parent) children.push_back(std::stoi(name));
  }
  return children;
}

// As ctest and CI runners walk it: a process, then all whose parent it is, and so on. Each is stopped first,
// where asked, so that none starts another meanwhile.
std::vector<pid_t> tree_of(pid_t root, bool stop = false) {
  std::vector<pid_t> tree{root};
  for (std::size_t i = 0; i < tree.size(); ++i) {
    if (stop) ::kill(tree[i], SIGSTOP);
    for (const pid_t child : children_of(tree[i])) tree.push_back(child);
  }
  return tree;
}

void kill_process(pid_t owner) { ::kill(owner, SIGKILL); }
void kill_tree(pid_t owner) {
  for (const pid_t pid : tree_of(owner, true)) ::kill(pid, SIGKILL);
}

class ReaperTest : public EngineFixture {
 protected:
  using Ready = std::function<void()>;
  ~ReaperTest() override {
    if (owner_ > 0) ::kill(owner_, SIGKILL);  // a test that failed early
    docker_.run({"rm", "--force", bystander()});
  }
  std::string bystander() const { return "bystander-" + run_.suffix(); }
  fs::path secrets() const { return fs::temp_directory_path() / ("rootseal-secrets-" + run_.str()); }
  fs::path log() const { return folder_ / "reaper.log"; }
  std::string label() const { return kRunLabel + ("=" + run_.str()); }
  void up(const std::string& stack, const Ready& ready) {
    ComposeProject project(docker_, spec(stack));
    project.up();
    ready();
    ::pause();
  }

  // Runs `work` in a process with a reaper, and kills that process when it says that it is ready.
  void run_and_kill(const std::function<void(const Ready& ready)>& work,
                    const std::function<void(pid_t owner)>& kill = kill_process) {
    start(work);
    ASSERT_EQ(hear(), 0) << "the owner did not get ready";
    kill_owner(kill);
  }
  void start(const std::function<void(const Ready& ready)>& work) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    owner_ = ::fork();
    if (owner_ == 0) {
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
    from_owner_ = process::Fd(ends[0]);
    reaper_ = hear();
    ASSERT_GT(reaper_, 1);
  }
  void kill_owner(const std::function<void(pid_t owner)>& kill = kill_process) {
    kill(owner_);
    killed_ = std::chrono::steady_clock::now();
    ::waitpid(std::exchange(owner_, -1), nullptr, 0);
  }
  // Waits for the reaper's end, then looks once. Until then this test starts no client: it belongs to the
  // run, so the reaper would end it.
  void expect_all_gone() {
    const auto ended = [this] { return process::soon_dead(reaper_) ? core::Wait::done : core::Wait::again; };
    ASSERT_TRUE(core::wait_until(ended, core::patient_deadline(6))) << "the reaper hangs";
    std::cout << "the reaper ended " << core::in_seconds(std::chrono::steady_clock::now() - killed_)
              << " after the kill\n";
    EXPECT_THAT(read_text(log()).value_or("no log"), HasSubstr("removed "));
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

  pid_t owner_ = -1, reaper_ = -1;

 private:
  static void tell(int fd, int number) { (void)!::write(fd, &number, sizeof number); }
  int hear() {
    int number = -1;
    pollfd set{from_owner_.get(), POLLIN, 0};
    if (::poll(&set, 1, static_cast<int>(core::patience(3).count())) == 1)
      (void)!::read(from_owner_.get(), &number, sizeof number);
    return number;
  }
  process::Fd from_owner_;
  std::chrono::steady_clock::time_point killed_;
};

TEST_F(ReaperTest, RemovesTheStackOfAKilledOwnerAndNothingElse) {
  docker_.must({"run", "--detach", "--name", bystander(), kTinyImage, "sleep", "600"}, "starting",
               "a bystander");
  fs::create_directories(secrets());
  run_and_kill([this](const Ready& ready) { up("doomed", ready); });
  expect_all_gone();
  EXPECT_FALSE(fs::exists(secrets()));
  EXPECT_TRUE(fs::exists("/etc/passwd"));
  EXPECT_EQ(docker_.run({"inspect", "--format", "{{.State.Running}}", bystander()}).out, "true\n");
}

TEST_F(ReaperTest, OutlivesTheKillOfTheWholeProcessTree) {
  run_and_kill([this](const Ready& ready) { up("felled", ready); }, kill_tree);
  expect_all_gone();
}

TEST_F(ReaperTest, RemovesWhatAnOwnerKilledWhileBringingUpLeft) {
  start([this](const Ready& ready) { up("half", ready); });
  const auto something_there = [this] {
    return labelled(docker_, run_.str()).empty() ? core::Wait::again : core::Wait::done;
  };
  ASSERT_TRUE(core::wait_until(something_there, core::patient_deadline(3), Milliseconds(5)));
  kill_owner();
  expect_all_gone();
}

TEST_F(ReaperTest, EndsAClientThatGoesOnCreatingWithoutItsOwner) {
  run_and_kill([this](const Ready& ready) {
    process::Spawn client;
    client.argv = {"sh", "-c",
                   "exec >/dev/null 2>&1; for i in $(seq 300); do docker volume create --label " + label() +
                       "; sleep 0.1; done"};
    client.own_session = true;
    client.die_with_us = false;
    process::spawn(client);
    ready();
    ::pause();
  });
  expect_all_gone();
  EXPECT_THAT(processes_of(run_.str()), ::testing::IsEmpty());
}

TEST_F(ReaperTest, RemovesEightContainers) {
  run_and_kill([this](const Ready& ready) {
    for (int i = 0; i < 8; ++i) {
      docker_.must(
          {"run", "--detach", "--volume", "/anonymous", "--label", label(), kTinyImage, "sleep", "600"},
          "starting", "one of eight");
    }
    if (labelled(docker_, run_.str()).size() != 8U) throw std::runtime_error("not eight");
    ready();
    ::pause();
  });
  expect_all_gone();
}

// By parent, session, cookie in the environment, or use of a folder or descriptor of ours.
TEST_F(ReaperTest, CannotBeFoundAsOurs) {
  ::setenv("RUNNER_TRACKING_ID", "cookie", 1);
  Reaper reaper(ROOTSEAL_REAPER, run_.str(), {}, log());
  ::unsetenv("RUNNER_TRACKING_ID");
  EXPECT_THAT(tree_of(::getpid()), Not(Contains(reaper.pid())));
  EXPECT_EQ(::getsid(reaper.pid()), reaper.pid());
  const fs::path its = "/proc/" + std::to_string(reaper.pid());
  EXPECT_THAT(read_text(its / "environ").value_or(""),
              testing::AllOf(HasSubstr("PATH="), Not(HasSubstr("cookie"))));
  EXPECT_EQ(fs::read_symlink(its / "cwd"), "/");
  EXPECT_EQ(std::distance(fs::directory_iterator(its / "fd"), {}), kReaperFd + 1);
  reaper.dismiss();
}

TEST_F(ReaperTest, IgnoresTheSignalsOfATerminalAndTakesDownWhenNotDismissed) {
  docker_.create_volume("rootseal-test-" + run_.suffix(), {{kRunLabel, run_.str()}});
  {
    const Reaper reaper(ROOTSEAL_REAPER, run_.str(), {}, log());
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::kill(reaper.pid(), signal);
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
