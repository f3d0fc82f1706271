// engine/reaper: a process beside the orchestrator that notices its death and takes the run's stacks down.
//
// Order of calls: construct before anything is started; dismiss() after everything was taken down. The
// constructor returns when the reaper is in place. When this process dies by whatever means, the socket
// between the two closes; the reaper then kills the run's programs that are still alive, removes the private
// folders, and removes all that carries the run's label until nothing new appears. Its log ends with what it
// removed and how long that took.
//
// The reaper outlives a supervisor that kills the whole process tree, as ctest and CI runners do at a
// timeout. It is no descendant of ours and has a session of its own; it ignores SIGINT, SIGTERM and SIGHUP;
// its environment holds only what `docker` needs, so no cookie of a CI runner; its working directory is "/".
// It does not survive the end of its cgroup, container or machine; `rootseal clean` is for those.
//
// The constructor sets kRunVariable in our environment, so that programs of the run can be found: it must not
// run beside other threads. One owner; not thread-safe.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/deadline.hpp"
#include "process/spawn.hpp"

namespace rootseal::engine {

class Reaper {
 public:
  // `program`: path of rootseal-reaper. `remove_too`: private folders (secrets) to delete as well, see
  // removable(). `log`: its own log, appended to. Throws HarnessError when it cannot be started.
  Reaper(const std::filesystem::path& program, const std::string& run,
         const std::vector<std::filesystem::path>& remove_too, const std::filesystem::path& log);
  ~Reaper();  // without dismiss(): lets the reaper take down and waits for it
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;
  void dismiss();
  [[nodiscard]] int pid() const { return pid_; }  // -1 when it has ended

 private:
  bool wait_for_end(const core::Deadline& deadline);
  pid_t pid_ = -1;
  process::Fd socket_;
};

// Between the two programs: the reaper's end of the socket. The reaper sends its pid (a pid_t) when it is in
// place; the owner sends the byte that dismisses it; the end of either closes it.
inline constexpr int kReaperFd = 3;
inline constexpr char kDismissed = 'd';
// The environment variable that holds the run's id in each program that the owner starts, and the live
// processes of this machine that were started with it.
inline constexpr const char* kRunVariable = "ROOTSEAL_RUN";
std::vector<pid_t> processes_of(const std::string& run);
// Whether the reaper may delete `path`: it lies in the folder `temp` or below and its own name holds the
// run's id.
bool removable(const std::filesystem::path& path, const std::string& run, const std::filesystem::path& temp);

}  // namespace rootseal::engine
