// rootseal-reaper <run id> [folder to remove as well...]: started by engine/reaper.cpp only, with a socket as
// descriptor 3. Exit status: 0 dismissed, or everything is gone; 3 something is left (named in the log); 64
// wrong usage.
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <set>
#include <thread>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/log.hpp"
#include "core/patience.hpp"
#include "core/text.hpp"
#include "engine/docker.hpp"
#include "engine/reaper.hpp"
#include "engine/resources.hpp"

namespace {

namespace core = rootseal::core;
namespace engine = rootseal::engine;
namespace fs = std::filesystem;
using core::Milliseconds;

// The engine may still be working on what a killed client asked for, and nothing shows that from outside. So
// look again until nothing was found that many times in a row: a busy engine answers slowly, which makes that
// longer.
constexpr int kNothingFound = 12;
constexpr Milliseconds kBeforeAnotherTry{1'000};
constexpr int kWaits = 5;  // of core::patience(), for taking down all in all

// Leaves the owner's process tree: init adopts the child of a parent that has exited. Tells the owner who is
// in place now.
void detach() {
  const pid_t reaper = ::fork();
  if (reaper < 0) throw core::HarnessError({"detaching", "rootseal-reaper", std::strerror(errno), ""});
  if (reaper > 0) ::_exit(0);
  ::setsid();
  fs::current_path("/");
  const pid_t pid = ::getpid();
  // An owner that is dead already closes the socket, which wait_for_dismissal() sees.
  ::send(engine::kReaperFd, &pid, sizeof pid, MSG_NOSIGNAL);
}

// True when the owner said so; false when it died.
bool wait_for_dismissal() {
  char byte = 0;
  while (true) {
    const ssize_t n = ::recv(engine::kReaperFd, &byte, 1, 0);
    if (n < 0 && errno == EINTR) continue;
    return n == 1 && byte == engine::kDismissed;
  }
}

// Clients that lost their owner may live on and ask the engine for more: `docker compose` does.
void end_processes(const std::string& run) {
  std::set<pid_t> ended;
  const auto kill_all = [&] {
    const std::vector<pid_t> found = engine::processes_of(run);
    for (const pid_t pid : found) {
      if (::kill(pid, SIGKILL) == 0) ended.insert(pid);
    }
    return found.empty() ? core::Wait::done : core::Wait::again;
  };
  const bool all = core::wait_until(kill_all, core::patient_deadline());
  if (!ended.empty()) spdlog::warn("run {}: ended {} processes", run, ended.size());
  if (!all) spdlog::error("run {}: a process does not end", run);
}

std::vector<fs::path> removable(const std::vector<std::string>& folders, const std::string& run) {
  std::vector<fs::path> chosen;
  const fs::path temp = fs::temp_directory_path();
  for (const fs::path path : folders) {
    if (engine::removable(path, run, temp)) {
      chosen.push_back(path);
    } else {
      spdlog::warn("not removed, since it is not a folder of run {} below {}: {}", run, temp.string(),
                   path.string());
    }
  }
  return chosen;
}

void delete_all(const std::vector<fs::path>& folders) {
  for (const fs::path& folder : folders) {
    std::error_code error;
    fs::remove_all(folder, error);
    if (error) spdlog::error("cannot remove {}: {}", folder.string(), error.message());
  }
}

// An engine that does not answer for a moment is asked again.
engine::Removal take_down(const engine::Docker& docker, const std::string& run) {
  const core::Deadline deadline = core::patient_deadline(kWaits);
  while (true) {
    try {
      return engine::remove_run(docker, run, deadline, kNothingFound);
    } catch (const core::HarnessError& error) {
      if (deadline.expired()) throw;
      spdlog::warn("{}; trying again", error.what());
      std::this_thread::sleep_for(kBeforeAnotherTry);
    }
  }
}

int reap_run(const std::string& run, const std::vector<fs::path>& folders) {
  const auto began = std::chrono::steady_clock::now();
  spdlog::warn("the owner of run {} is gone: taking down what it started", run);
  end_processes(run);
  delete_all(folders);
  rootseal::process::SystemRunner runner;
  const engine::Docker docker(runner, engine::Docker::Ask::nothing);
  const engine::Removal removal = take_down(docker, run);
  // A container that the engine was still starting has its mounts' folders made anew.
  delete_all(folders);
  if (!removal.failed.empty()) {
    spdlog::error("run {}: left: {}; 'rootseal clean' tries again", run, core::join(removal.failed, "; "));
  }
  spdlog::warn("run {}: removed {} containers, {} networks, {} volumes in {}", run, removal.containers,
               removal.networks, removal.volumes, core::in_seconds(std::chrono::steady_clock::now() - began));
  return removal.failed.empty() ? 0 : 3;
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);  // SIGINT, SIGTERM and SIGHUP are ignored from the start: engine/reaper.cpp
  core::init_logging(core::Verbosity::normal);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  try {
    if (arguments.empty()) throw core::UsageError({"", "rootseal-reaper", "no run id", ""});
    const core::RunId run(arguments.front());
    detach();
    if (wait_for_dismissal()) return 0;
    return reap_run(run.str(), removable({arguments.begin() + 1, arguments.end()}, run.str()));
  } catch (const core::UsageError& error) {
    spdlog::error("{}", error.what());
    return 64;
  } catch (const std::exception& error) {
    spdlog::error("{}", error.what());
    return 3;
  }
}
