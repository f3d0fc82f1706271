#include "engine/counters.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "engine/proc.hpp"

namespace rootseal::engine {

Counters::Counters(const Container& container) : subject_("container " + container.id().substr(0, 12)) {
  const int pid = container.state().pid;
  if (pid == 0) throw core::HarnessError({"reading its cgroup", subject_, "it is not running", ""});
  const auto own = read_text(fmt::format("/proc/{}/cgroup", pid));
  if (!own || own->empty()) {
    throw core::HarnessError({"reading its cgroup", subject_,
                              fmt::format("process {} is not to be seen here", pid),
                              "the engine must run on this machine, and rootseal as root"});
  }
  const auto host_mounts = parse_mountinfo(read_text("/proc/self/mountinfo").value_or(""));
  const auto file = [&](const char* controller, const char* v1, const char* v2) -> File {
    const auto folder = cgroup_folder(*own, host_mounts, controller);
    if (!folder) return {};
    return {folder->v2, folder->path + "/" + (folder->v2 ? v2 : v1)};
  };
  cpu_ = file("cpuacct", "cpuacct.usage", "cpu.stat");
  memory_ = file("memory", "memory.max_usage_in_bytes", "memory.peak");
  disk_ = file("blkio", "blkio.throttle.io_service_bytes_recursive", "io.stat");
  disk_alone_ = file("blkio", "blkio.throttle.io_service_bytes", "io.stat");
}

double Counters::cpu_seconds() const {
  const auto text = read_text(cpu_.path);
  if (!text || text->empty()) {
    throw core::HarnessError(
        {"reading its CPU time", subject_,
         cpu_.path.empty() ? "no cgroup of cpuacct is mounted here" : "cannot read " + cpu_.path, ""});
  }
  return cpu_.v2 ? cpu_seconds_of_stat(*text) : static_cast<double>(std::stoull(*text)) / 1e9;
}

std::optional<std::uint64_t> Counters::memory_high_water() const {
  const auto text = read_text(memory_.path);
  if (!text || text->empty()) return std::nullopt;
  return std::stoull(*text);
}

std::optional<std::uint64_t> Counters::disk_written() const {
  for (const File* file : {&disk_, &disk_alone_}) {
    const auto text = read_text(file->path);
    if (text) return file->v2 ? bytes_written_of_io_stat(*text) : bytes_written_of_blkio(*text);
  }
  return std::nullopt;
}

}  // namespace rootseal::engine
