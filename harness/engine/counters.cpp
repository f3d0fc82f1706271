#include "engine/counters.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <sstream>

#include "core/error.hpp"
#include "engine/proc.hpp"

namespace rootseal::engine {

namespace {

std::optional<std::uint64_t> written_to_devices(const std::string& path, bool v2) {
  const auto text = read_text(path);
  if (!text) return std::nullopt;
  return v2 ? bytes_written_of_io_stat(*text) : bytes_written_of_blkio(*text);
}

// Processes may end while this reads: their parent has what they wrote.
std::optional<std::uint64_t> written_by_processes(const std::string& list) {
  const auto pids = read_text(list);
  if (!pids) return std::nullopt;
  std::optional<std::uint64_t> sum;
  std::istringstream words(*pids);
  for (std::string pid; words >> pid;) {
    const auto io = read_text("/proc/" + pid + "/io");
    if (io && !io->empty()) sum = sum.value_or(0) + bytes_written_of_process(*io);
  }
  return sum;
}

std::uint64_t used_below(const std::string& folder) {
  std::uint64_t sum = 0;
  std::error_code gone;
  using std::filesystem::recursive_directory_iterator;
  for (recursive_directory_iterator each(folder, gone), end; !gone && each != end; each.increment(gone)) {
    struct stat facts {};
    if (::lstat(each->path().c_str(), &facts) == 0) sum += static_cast<std::uint64_t>(facts.st_blocks) * 512;
  }
  return sum;
}

}  // namespace

Counters::Counters(const Container& container) : subject_("container " + container.id().substr(0, 12)) {
  const int pid = container.pid();
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
  if (!written_to_devices(disk_.path, disk_.v2)) {
    disk_ = file("blkio", "blkio.throttle.io_service_bytes", "io.stat");
  }
  if (!written_to_devices(disk_.path, disk_.v2)) disk_ = {};
  events_ = file("memory", "memory.oom_control", "memory.events");
  processes_ = file("cpuacct", "cgroup.procs", "cgroup.procs");
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
  return disk_.path.empty() ? written_by_processes(processes_.path)
                            : written_to_devices(disk_.path, disk_.v2);
}

std::optional<std::uint64_t> Counters::killed_for_memory() const {
  const auto text = read_text(events_.path);
  return text ? killed_of_events(*text) : std::nullopt;
}

std::map<std::string, std::uint64_t> volume_used(const Container& container) {
  std::map<std::string, std::uint64_t> used;
  for (const auto& mount : reachable(container.mounts())) {
    if (mount.target == "/" || mount.type == "tmpfs" || !mount.writable() || engine_provided(mount)) continue;
    const auto folder = fmt::format("/proc/{}/root{}", container.pid(), mount.target);
    std::error_code gone;
    if (std::filesystem::is_directory(folder, gone)) used[mount.target] = used_below(folder);
  }
  return used;
}

}  // namespace rootseal::engine
