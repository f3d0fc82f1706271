// profile/observe: everything that the verification of claims looks at, gathered once from a running
// container, so that judging it (judge_claims.hpp) is pure. Not part of the library's interface.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/container.hpp"
#include "profile/profile.hpp"
#include "profile/scan_client.hpp"

namespace rootseal::profile {

// Of one limit: the kernel's number, or "max"; empty `value` and why when it could not be read.
struct Limit {
  std::optional<std::string> value;
  std::string source;  // the file, or why there is none
};

struct Seen {
  std::string unobservable;  // why nothing could be seen; empty = the rest holds
  std::vector<engine::Mount> mounts;
  std::vector<std::string> declared_tmpfs;  // of the profile
  engine::ProcessStatus status;             // of PID 1
  bool engine_says_read_only = false;
  bool tried = false;                               // attempts were made (the helper is there)
  std::map<std::string, ScanAnswer> root_attempts;  // directory -> as uid 0
  std::map<std::string, ScanAnswer>
      place_attempts;                           // declared writable place -> as the service, else as uid 0
  std::map<std::string, std::string> resolved;  // declared writable place or tmpfs -> where it leads
  std::optional<ScanAnswer> exec_status;        // `status` as uid 0 through exec
  Limit pids, memory;
  std::uint64_t host_memory = 0;  // bytes
};

Seen observe(const Profile& profile, const engine::Container& container, const std::string& scan);

// Where the limit of a process lies: `cgroup` is the text of /proc/<pid>/cgroup, `table` the host's mounts,
// `controller` "pids" or "memory". Candidates in the order to try. Pure.
std::vector<std::string> limit_files(const std::string& cgroup, const std::vector<engine::Mount>& table,
                                     const std::string& controller);

}  // namespace rootseal::profile
