// rootseal-reaper <run id> [folder to remove as well...]: started by engine/reaper.cpp only, with a pipe as
// descriptor 3. Exit status: 0 dismissed, or everything is gone; 3 something is left (named in the log); 64
// wrong usage.
#include <signal.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <thread>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "engine/docker.hpp"
#include "engine/reaper.hpp"
#include "engine/resources.hpp"

namespace {

using rootseal::core::Deadline;
using rootseal::core::Milliseconds;
namespace engine = rootseal::engine;
namespace fs = std::filesystem;

constexpr Milliseconds kAllInAll{14'000};
// A Compose that lost its owner in the middle may still create what it had begun: look for some seconds.
constexpr int kNothingFound = 6;

// True when the owner said so; false when it died.
bool wait_for_dismissal() {
  char byte = 0;
  while (true) {
    const ssize_t n = ::read(engine::kReaperFd, &byte, 1);
    if (n < 0 && errno == EINTR) continue;
    return n == 1 && byte == engine::kDismissed;
  }
}

void remove_folder(const fs::path& path, const std::string& run) {
  std::error_code error;
  if (!engine::removable(path, run, fs::temp_directory_path())) {
    spdlog::warn("not removed, since it is not a folder of run {} below {}: {}", run,
                 fs::temp_directory_path().string(), path.string());
    return;
  }
  fs::remove_all(path, error);
  if (error) spdlog::error("cannot remove {}: {}", path.string(), error.message());
}

// An engine that does not answer for a moment is asked again.
engine::Removal take_down(const engine::Docker& docker, const std::string& run, const Deadline& deadline) {
  while (true) {
    try {
      return engine::remove_run(docker, run, deadline, kNothingFound);
    } catch (const rootseal::core::HarnessError& error) {
      if (deadline.expired()) throw;
      spdlog::warn("{}; trying again", error.what());
      std::this_thread::sleep_for(Milliseconds(300));
    }
  }
}

int reap_run(const std::string& run, const std::vector<std::string>& folders) {
  const Deadline deadline = Deadline::after(kAllInAll);
  spdlog::warn("the owner of run {} is gone: taking down what it started", run);
  for (const std::string& folder : folders) remove_folder(folder, run);
  rootseal::process::SystemRunner runner;
  const engine::Docker docker(runner, engine::Docker::Ask::nothing);
  const engine::Removal removal = take_down(docker, run, deadline);
  spdlog::warn("run {}: removed {} containers, {} networks, {} volumes", run, removal.containers,
               removal.networks, removal.volumes);
  if (removal.failed.empty()) return 0;
  spdlog::error("run {}: left: {}; 'rootseal clean' tries again", run,
                rootseal::core::join(removal.failed, "; "));
  return 3;
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);  // SIGINT, SIGTERM and SIGHUP are ignored from the start: engine/reaper.cpp
  rootseal::core::init_logging(rootseal::core::Verbosity::normal);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  try {
    if (arguments.empty()) throw rootseal::core::UsageError({"", "rootseal-reaper", "no run id", ""});
    const rootseal::core::RunId run(arguments.front());
    if (wait_for_dismissal()) return 0;
    return reap_run(run.str(), {arguments.begin() + 1, arguments.end()});
  } catch (const rootseal::core::UsageError& error) {
    spdlog::error("{}", error.what());
    return 64;
  } catch (const std::exception& error) {
    spdlog::error("{}", error.what());
    return 3;
  }
}
