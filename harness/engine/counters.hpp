// engine/counters: what the kernel has counted for a container, read from the files of its cgroup (v1 and
// v2), which are found once: reading them asks no engine. A value; thread-safe. A new start of the container
// needs a new object.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "engine/container.hpp"

namespace rootseal::engine {

class Counters {
 public:
  // Throws HarnessError when the container does not run or no cgroup of it is to be seen here.
  explicit Counters(const Container& container);

  // Cumulative CPU time, seconds. Throws HarnessError when it cannot be read.
  [[nodiscard]] double cpu_seconds() const;
  // Bytes since the container's start, page cache included. Empty when the kernel does not keep it.
  [[nodiscard]] std::optional<std::uint64_t> memory_high_water() const;
  // Cumulative bytes written to block devices, stacked devices each. Version 1: what its processes wrote
  // themselves and what they waited for (fsync), not what the kernel wrote back later. Where the cgroup
  // counts nothing (some virtual machines), what its processes caused to be written, from /proc/<pid>/io.
  // Which one is decided once, so that differences can be taken. Empty when the kernel keeps neither.
  [[nodiscard]] std::optional<std::uint64_t> disk_written() const;
  // How many of its processes the kernel has killed for want of memory, since its start. The engine's own
  // word (State::oom_killed) speaks of PID 1 alone. Empty when the kernel does not count them, or the
  // container is gone.
  [[nodiscard]] std::optional<std::uint64_t> killed_for_memory() const;

 private:
  // A file of the cgroup, in either version's name.
  struct File {
    bool v2 = false;
    std::string path;  // empty: the controller is not mounted here
  };
  std::string subject_;
  File cpu_, memory_, disk_, processes_, events_;
};

// Bytes that the files on each volume and bind-mounted folder of the container take up, by mount point;
// throws HarnessError when it does not run. Files that vanish meanwhile are left out.
std::map<std::string, std::uint64_t> volume_used(const Container& container);

}  // namespace rootseal::engine
