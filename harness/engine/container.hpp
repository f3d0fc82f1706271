// engine/container: a handle on one container. Does not own it (compose.hpp does). Cheap to copy;
// thread-safe. Everything that can go wrong with the engine throws HarnessError; what happens inside is a
// value.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/docker.hpp"
#include "engine/mount.hpp"
#include "process/command.hpp"

namespace rootseal::engine {

struct State {
  bool running = false;
  bool paused = false;
  int exit_code = 0;
  bool oom_killed = false;
  int pid = 0;  // of PID 1, in the engine host's numbering; 0 when not running
  std::string started_at;
  std::string error;
  bool readonly_rootfs = false;  // what the engine says; not proof
  std::string upper_dir;         // of the container's layer; empty where the storage driver has none
  std::vector<std::string> anonymous_volumes;
  std::vector<std::string> volumes;  // names, all
};

// Of PID 1, from /proc/<pid>/status.
struct ProcessStatus {
  std::vector<unsigned> uids, gids;  // real, effective, saved, filesystem
  std::uint64_t cap_effective = 0, cap_permitted = 0, cap_bounding = 0, cap_inheritable = 0, cap_ambient = 0;
  bool no_new_privileges = false;
  int seccomp = 0;  // 0 off, 1 strict, 2 filter
};

struct Endpoint {
  std::string host;
  int port = 0;
};

struct User {
  unsigned uid = 0;
  unsigned gid = 0;  // always given: `-u 999` alone means gid 0
};

struct Exec {
  std::vector<std::string> argv;
  User user;
  std::string input;
  std::map<std::string, std::string> environment;
  std::string workdir;
  core::Milliseconds limit = core::patience();
};

// Values; copies share what is known of PID 1. Thread-safe.
class Container {
 public:
  Container(const Docker& docker, std::string id);
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] const Docker& docker() const { return *docker_; }

  [[nodiscard]] State state() const;
  // Of PID 1 on this machine; 0 when it is not running. Asks the engine only when the process of the last
  // answer is gone: asking costs the CPU time of a client, which the server under test could use.
  [[nodiscard]] int pid() const;
  // Confines it to these cores ("1", "2-3") from now on.
  void pin(const std::string& cpuset) const;
  [[nodiscard]] ProcessStatus process_status() const;  // throws when it is not running
  [[nodiscard]] std::vector<Mount> mounts() const;     // of PID 1; throws when it is not running
  // Bytes in use on each tmpfs that the profile brought along, by mount point; throws when it is not running.
  [[nodiscard]] std::map<std::string, std::uint64_t> tmpfs_used() const;
  [[nodiscard]] Endpoint published(int inside_port) const;  // changes with every start
  // 126/127 as the engine gives them (20.10 says 126 also for a program that is not there). At the limit, and
  // on cancellation, only the client is killed: the process inside goes on. Values of `environment` are not
  // on any command line. Throws HarnessError when the container does not run or is paused.
  process::Outcome exec(const Exec& exec) const;
  [[nodiscard]] std::string logs(int tail_lines = -1) const;  // stdout and stderr, in order; -1 = all
  [[nodiscard]] std::string last_log_line() const;            // printable

  void kill(const std::string& signal) const;  // "KILL", "TERM"; returns before it has ended: wait_stopped
  void start() const;
  void stop(core::Milliseconds grace) const;  // whole seconds, rounded up; then SIGKILL
  void restart(core::Milliseconds grace) const;
  void wait_stopped(
      const core::Deadline& deadline) const;  // throws HarnessError when it still runs at the deadline

  // Throws HarnessError(step, subject) with exit code and last log line when PID 1 is gone.
  void require_running(const std::string& step, const std::string& subject) const;

  // Of the container's cgroup now, see counters.hpp; to read them often, keep a Counters. Throw when it is
  // not running; memory_high_water() also when the kernel does not keep it.
  [[nodiscard]] double cpu_seconds() const;
  [[nodiscard]] std::uint64_t memory_high_water() const;
  [[nodiscard]] std::optional<std::uint64_t> disk_written() const;

 private:
  process::Outcome must(std::vector<std::string> args, const std::string& step,
                        core::Milliseconds limit = core::patience()) const;
  struct Known;                                                        // of PID 1, for as long as it lives
  [[nodiscard]] std::string proc_text(const std::string& file) const;  // of PID 1's folder in /proc
  const Docker* docker_;
  std::string id_;
  std::shared_ptr<Known> known_;
};

}  // namespace rootseal::engine
