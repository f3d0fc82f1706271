// engine/proc: what the kernel says about a process, read from texts of /proc and of cgroups. The parsers are
// pure and throw HarnessError naming what they do not understand; all thread-safe.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "engine/container.hpp"
#include "engine/mount.hpp"

namespace rootseal::engine {

ProcessStatus parse_status(const std::string& text);  // /proc/<pid>/status

// Path of a process within the hierarchy of `controller` ("cpuacct", "memory"; "" = version 2), from
// /proc/<pid>/cgroup. nullopt when it is not in one.
std::optional<std::string> cgroup_path(const std::string& text, const std::string& controller);
// Where a mount of its hierarchy shows a cgroup; nullopt when it shows another part of the hierarchy only, as
// in an engine that itself runs in a container.
std::optional<std::string> shown_at(const Mount& mount, const std::string& cgroup);
// Where on this machine the cgroup's files are. Version 1 where the controller is mounted so, else version 2.
struct CgroupFolder {
  bool v2 = false;
  std::string path;
};
std::optional<CgroupFolder> cgroup_folder(const std::string& cgroup_text,
                                          const std::vector<Mount>& host_mounts,
                                          const std::string& controller);
double cpu_seconds_of_stat(const std::string& cpu_stat);  // version 2's cpu.stat
// Over all devices; nullopt when no device is named: nothing has been read or written, or the kernel does not
// count it. Version 1's blkio.throttle.io_service_bytes, version 2's io.stat.
std::optional<std::uint64_t> bytes_written_of_blkio(const std::string& io_service_bytes);
std::optional<std::uint64_t> bytes_written_of_io_stat(const std::string& io_stat);
// write_bytes of /proc/<pid>/io: what the process, and children that it has waited for, caused to be written
// to block devices, now or later.
std::uint64_t bytes_written_of_process(const std::string& io);
// Line "oom_kill" of version 1's memory.oom_control or version 2's memory.events; nullopt: a kernel that does
// not count.
std::optional<std::uint64_t> killed_of_events(const std::string& events);

// Start time in ticks since boot, from /proc/<pid>/stat; nullopt for a process that is dead but not yet
// reaped, or a text that is not understood.
std::optional<std::uint64_t> start_ticks(const std::string& stat);

// A whole file of /proc or of a cgroup; nullopt when it cannot be read.
std::optional<std::string> read_text(const std::string& path);

}  // namespace rootseal::engine
