#include "engine/reaper.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <optional>
#include <string_view>

#include "core/error.hpp"
#include "core/patience.hpp"
#include "engine/proc.hpp"

namespace rootseal::engine {
namespace {

namespace fs = std::filesystem;

// What `docker` needs to reach the engine (through ssh or a proxy too), and our own programs to start.
bool needed(std::string_view name) {
  constexpr std::array<std::string_view, 12> names = {
      "PATH",          "HOME",         "USER",          "LOGNAME",
      "LANG",          "LC_ALL",       "TMPDIR",        "XDG_RUNTIME_DIR",
      "SSH_AUTH_SOCK", "SSL_CERT_DIR", "SSL_CERT_FILE", "LD_LIBRARY_PATH"};
  if (std::find(names.begin(), names.end(), name) != names.end()) return true;
  const auto ends_with = [&](std::string_view end) { return name.ends_with(end); };
  return name.starts_with("DOCKER_") || ends_with("_proxy") || ends_with("_PROXY") ||
         ends_with("SAN_OPTIONS");
}

std::map<std::string, std::string> needed_environment() {
  std::map<std::string, std::string> kept;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t name_end = text.find('=');
    if (name_end == std::string_view::npos || !needed(text.substr(0, name_end))) continue;
    kept.emplace(text.substr(0, name_end), text.substr(name_end + 1));
  }
  return kept;
}

// Up to `size` bytes that the other end sent; 0 when it has ended; nullopt at the deadline.
std::optional<std::size_t> receive(const process::Fd& socket, void* into, std::size_t size,
                                   const core::Deadline& deadline) {
  while (true) {
    pollfd set{socket.get(), POLLIN, 0};
    const int ready = ::poll(&set, 1, static_cast<int>(deadline.remaining().count()));
    if (ready == 0) return std::nullopt;
    const ssize_t n = ready < 0 ? -1 : ::recv(socket.get(), into, size, 0);
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno != EINTR) return 0;
  }
}

}  // namespace

Reaper::Reaper(const fs::path& program, const std::string& run, const std::vector<fs::path>& remove_too,
               const fs::path& log) {
  auto [ours, theirs] = process::make_socket_pair();
  const process::Fd nothing = process::open_file("/dev/null", O_RDONLY);
  const process::Fd log_file = process::open_file(log.string(), O_WRONLY | O_APPEND | O_CREAT);
  process::Spawn child;
  child.argv = {fs::absolute(program).string(), run};
  for (const fs::path& path : remove_too) child.argv.push_back(fs::absolute(path).string());
  child.environment = needed_environment();
  child.bare_environment = true;
  child.descriptors = {
      {0, nothing.get()}, {1, log_file.get()}, {2, log_file.get()}, {kReaperFd, theirs.get()}};
  child.ignored_signals = {SIGINT, SIGTERM, SIGHUP};
  child.own_session = true;
  child.die_with_us = false;
  // Our child forks the reaper and exits. Once we have waited for it, the reaper is no descendant of ours.
  const pid_t first = process::spawn(child);
  theirs.reset();
  const auto said = receive(ours, &pid_, sizeof pid_, core::patient_deadline());
  if (!said) process::kill_group(first);
  process::reap(first);
  if (said != sizeof pid_) {
    throw core::HarnessError(
        {"starting the reaper", program.string(),
         said ? "it ended before it was in place" : "it does not say that it is in place",
         "its log: " + log.string()});
  }
  socket_ = std::move(ours);
  ::setenv(kRunVariable, run.c_str(), 1);
}

Reaper::~Reaper() {
  if (!socket_.open()) return;
  ::shutdown(socket_.get(), SHUT_WR);
  if (wait_for_end(core::patient_deadline(2))) return;
  spdlog::error("the reaper (process {}) is still taking down; it goes on without us", pid_);
}

void Reaper::dismiss() {
  if (!socket_.open()) return;
  if (::send(socket_.get(), &kDismissed, 1, MSG_NOSIGNAL) != 1)
    spdlog::warn("the reaper ended before the run did");
  if (!wait_for_end(core::patient_deadline())) spdlog::warn("the reaper (process {}) does not end", pid_);
  socket_.reset();
}

// False when it still runs.
bool Reaper::wait_for_end(const core::Deadline& deadline) {
  char nothing_more = 0;
  if (!receive(socket_, &nothing_more, 1, deadline)) return false;
  socket_.reset();
  pid_ = -1;
  return true;
}

std::vector<pid_t> processes_of(const std::string& run) {
  const std::string entry = std::string(1, '\0') + kRunVariable + "=" + run + '\0';
  std::vector<pid_t> found;
  for (const fs::directory_entry& process : fs::directory_iterator("/proc")) {
    const std::string name = process.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto environment = read_text(process.path() / "environ");
    if (environment && (std::string(1, '\0') + *environment).find(entry) != std::string::npos)
      found.push_back(std::stoi(name));
  }
  return found;
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
