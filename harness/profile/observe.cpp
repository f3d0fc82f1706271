#include "profile/observe.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "core/cancel.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

namespace rootseal::profile {
namespace {

constexpr engine::User kRoot{0, 0};
constexpr const char* kAttemptedIn[] = {"/", "/etc", "/usr/bin"};

std::optional<std::string> file_text(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string first_word(const std::string& text) { return text.substr(0, text.find_first_of(" \n")); }

Limit read_limit(int pid, const std::string& controller) {
  const std::string own = fmt::format("/proc/{}/cgroup", pid);
  const auto cgroup = file_text(own);
  const auto table = file_text("/proc/self/mountinfo");
  if (!cgroup || !table) return {std::nullopt, own + " cannot be read"};
  const auto candidates = limit_files(*cgroup, engine::parse_mountinfo(*table), controller);
  for (const auto& file : candidates) {
    const auto text = file_text(file);
    if (text) return {first_word(*text), file};
  }
  return {std::nullopt, candidates.empty() ? fmt::format("{} names no {} cgroup", own, controller)
                                           : candidates.front() + " cannot be read"};
}

std::uint64_t host_memory() {
  return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

// As the server's own user first; root may lack the capabilities that would let it into a directory of
// somebody else.
ScanAnswer attempt_place(const engine::Container& container, const std::string& scan,
                         const std::string& place, const engine::ProcessStatus& status) {
  const engine::User service{status.uids.at(1), status.gids.at(1)};
  ScanAnswer answer = ask_scan(container, scan, {"writable", place}, service);
  if (answer.ok || service.uid == 0) return answer;
  ScanAnswer as_root = ask_scan(container, scan, {"writable", place}, kRoot);
  return as_root.ok ? as_root : answer;
}

void attempt(Seen& seen, const Profile& profile, const engine::Container& container,
             const std::string& scan) {
  seen.tried = true;
  for (const auto* directory : kAttemptedIn) {
    seen.root_attempts[directory] = ask_scan(container, scan, {"writable", directory}, kRoot);
  }
  seen.exec_status = ask_scan(container, scan, {"status"}, kRoot);
  const ClaimSpec* writable = profile.claim("writable");
  if (writable == nullptr) return;
  for (const auto& place : writable->values) {
    const ScanAnswer target = ask_scan(container, scan, {"resolve", place}, kRoot);
    if (target.ok) seen.resolved[place] = target.path;
    seen.place_attempts[place] = attempt_place(container, scan, place, seen.status);
  }
}

Seen look(const Profile& profile, const engine::Container& container, const std::string& scan) {
  Seen seen;
  const engine::State state = container.state();
  seen.engine_says_read_only = state.readonly_rootfs;
  if (!state.running) {
    seen.unobservable = fmt::format("the container does not run: exit code {}, last log line: {}",
                                    state.exit_code, container.last_log_line());
    return seen;
  }
  seen.mounts = container.mounts();
  seen.status = container.process_status();
  seen.pids = read_limit(state.pid, "pids");
  seen.memory = read_limit(state.pid, "memory");
  seen.host_memory = host_memory();
  if (seen.status.uids.size() < 2 || seen.status.gids.size() < 2) {
    seen.unobservable = "the status of PID 1 shows no user";
  } else if (!scan.empty()) {
    attempt(seen, profile, container, scan);
  }
  return seen;
}

}  // namespace

std::vector<std::string> limit_files(const std::string& cgroup, const std::vector<engine::Mount>& table,
                                     const std::string& controller) {
  const std::string v1_file = controller == "pids" ? "/pids.max" : "/memory.limit_in_bytes";
  std::vector<std::string> files;
  for (const auto& line : core::split(cgroup, '\n')) {
    const auto parts = core::split(line, ':');
    if (parts.size() < 3) continue;
    const bool unified = parts[0] == "0" && parts[1].empty();
    const auto names = core::split(parts[1], ',');
    if (!unified && std::find(names.begin(), names.end(), controller) == names.end()) continue;
    const std::string path = line.substr(parts[0].size() + parts[1].size() + 2);
    for (const auto& mount : table) {
      if (unified && mount.type == "cgroup2")
        files.push_back(mount.target + path + "/" + controller + ".max");
      const auto& of = mount.super_options;
      const bool holds = mount.type == "cgroup" && std::find(of.begin(), of.end(), controller) != of.end();
      if (!unified && holds) files.push_back(mount.target + path + v1_file);
    }
  }
  return files;
}

Seen observe(const Profile& profile, const engine::Container& container, const std::string& scan) {
  try {
    return look(profile, container, scan);
  } catch (const core::Interrupted&) {
    throw;
  } catch (const core::HarnessError& error) {
    Seen seen;
    seen.unobservable = error.what();
    return seen;
  }
}

}  // namespace rootseal::profile
