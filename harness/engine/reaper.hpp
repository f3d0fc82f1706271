// engine/reaper: the supervising child that notices the orchestrator's death through a pipe and takes the
// run's stacks down. Order of calls: construct before anything is started; dismiss() after everything was
// taken down. When this process dies by whatever means, the pipe closes and the child removes all that
// carries the run's label: everything is gone within 15 s. The child has a session of its own and ignores
// SIGINT, SIGTERM and SIGHUP, so that Ctrl-C does not end it; it finds `docker` by itself. One owner; not
// thread-safe.
#pragma once

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
  ~Reaper();  // without dismiss(): lets the child take down and waits for it
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;
  void dismiss();
  [[nodiscard]] int pid() const { return pid_; }

 private:
  bool wait_for_end(core::Milliseconds at_most);
  int pid_ = -1;
  process::Fd write_end_;
};

// Between the two programs: the descriptor that the child reads, and the byte that dismisses it.
inline constexpr int kReaperFd = 3;
inline constexpr char kDismissed = 'd';
// Whether the child may delete `path`: it lies in the folder `temp` or below and its own name holds the run's
// id.
bool removable(const std::filesystem::path& path, const std::string& run, const std::filesystem::path& temp);

}  // namespace rootseal::engine
