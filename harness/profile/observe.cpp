#include "profile/observe.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "core/cancel.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "engine/proc.hpp"

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
  return {std::nullopt, candidates.empty()
                            ? fmt::format("{} names no {} cgroup that a mount here shows", own, controller)
                            : candidates.front() + " cannot be read"};
}

std::uint64_t host_memory() {
  return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

// As the server's own user first; root may lack the capabilities that would let it into a directory of
// somebody else.
void attempt_places(Seen& seen, const std::vector<std::string>& places, const engine::Container& container,
                    const std::string& scan) {
  std::vector<std::vector<std::string>> questions;
  for (const auto& place : places) questions.push_back({"writable", place});
  const engine::User service{seen.status.uids.at(1), seen.status.gids.at(1)};
  const auto answers = ask_scans(container, scan, questions, service);
  for (std::size_t i = 0; i < places.size(); ++i) {
    seen.place_attempts[places[i]] = answers[i];
    if (answers[i].ok || service.uid == 0) continue;
    const ScanAnswer as_root = ask_scan(container, scan, {"writable", places[i]}, kRoot);
    if (as_root.ok) seen.place_attempts[places[i]] = as_root;
  }
}

void attempt(Seen& seen, const Profile& profile, const engine::Container& container,
             const std::string& scan) {
  seen.tried = true;
  const ClaimSpec* writable = profile.claim("writable");
  const auto places = writable == nullptr ? std::vector<std::string>{} : writable->values;
  std::vector<std::vector<std::string>> questions;
  for (const auto* directory : kAttemptedIn) questions.push_back({"writable", directory});
  questions.push_back({"status"});
  auto through_links = places;
  through_links.insert(through_links.end(), profile.tmpfs.begin(), profile.tmpfs.end());
  for (const auto& place : through_links) questions.push_back({"resolve", place});
  const auto answers = ask_scans(container, scan, questions, kRoot);
  auto answer = answers.begin();
  for (const auto* directory : kAttemptedIn) seen.root_attempts[directory] = *answer++;
  seen.exec_status = *answer++;
  for (const auto& place : through_links) {
    const ScanAnswer& target = *answer++;
    if (target.ok) seen.resolved[place] = target.path;
  }
  attempt_places(seen, places, container, scan);
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
  seen.declared_tmpfs = profile.tmpfs;
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
      const auto& of = mount.super_options;
      const bool holds =
          unified ? mount.type == "cgroup2"
                  : mount.type == "cgroup" && std::find(of.begin(), of.end(), controller) != of.end();
      const auto folder = holds ? engine::shown_at(mount, path) : std::nullopt;
      if (folder) files.push_back(*folder + (unified ? "/" + controller + ".max" : v1_file));
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
