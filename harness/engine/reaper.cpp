#include "engine/reaper.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>

#include "core/cancel.hpp"
#include "core/error.hpp"

namespace rootseal::engine {
namespace {

using core::Milliseconds;
namespace fs = std::filesystem;

constexpr Milliseconds kTakeDown{20'000};
constexpr Milliseconds kDismissal{5'000};

}  // namespace

Reaper::Reaper(const fs::path& program, const std::string& run, const std::vector<fs::path>& remove_too,
               const fs::path& log) {
  process::Pipe pipe = process::make_pipe();
  const process::Fd nothing = process::open_file("/dev/null", O_RDONLY);
  const process::Fd log_file = process::open_file(log.string(), O_WRONLY | O_APPEND | O_CREAT);
  process::Spawn child;
  child.argv = {fs::absolute(program).string(), run};
  for (const fs::path& path : remove_too) child.argv.push_back(fs::absolute(path).string());
  child.descriptors = {
      {0, nothing.get()}, {1, log_file.get()}, {2, log_file.get()}, {kReaperFd, pipe.read.get()}};
  child.ignored_signals = {SIGINT, SIGTERM, SIGHUP};
  child.own_session = true;
  child.die_with_us = false;
  pid_ = process::spawn(child);
  write_end_ = std::move(pipe.write);
}

Reaper::~Reaper() {
  write_end_.reset();
  if (!wait_for_end(kTakeDown)) spdlog::error("the reaper (process {}) is still taking down", pid_);
}

void Reaper::dismiss() {
  if (!write_end_.open()) return;
  const process::SigpipeBlock no_sigpipe;
  if (::write(write_end_.get(), &kDismissed, 1) != 1) spdlog::warn("the reaper ended before the run did");
  write_end_.reset();
  if (!wait_for_end(kDismissal)) spdlog::warn("the reaper (process {}) does not end", pid_);
}

// False when it still runs.
bool Reaper::wait_for_end(Milliseconds at_most) {
  if (pid_ < 0) return true;
  const core::CancelShield shield;
  const auto probe = [this] { return process::ended(pid_) ? core::Wait::done : core::Wait::again; };
  if (!core::wait_until(probe, core::Deadline::after(at_most), Milliseconds(10))) return false;
  try {
    process::reap(pid_);
  } catch (const core::HarnessError&) {  // somebody else reaped it: it is gone, which is all we want
  }
  pid_ = -1;
  return true;
}

bool removable(const fs::path& path, const std::string& run, const fs::path& temp) {
  if (run.empty() || path.filename().string().find(run) == std::string::npos) return false;
  std::error_code error;
  const fs::path parent = fs::canonical(path.parent_path(), error);
  if (error) return false;
  const fs::path root = fs::canonical(temp, error);
  if (error) return false;
  return std::mismatch(root.begin(), root.end(), parent.begin(), parent.end()).first == root.end();
}

}  // namespace rootseal::engine
