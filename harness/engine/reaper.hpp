// engine/reaper: the supervising child that notices the orchestrator's death through a pipe and takes the
// run's stacks down. Order of calls: construct before anything is started; dismiss() after everything was
// taken down. When this process dies by whatever means, the pipe closes and the child removes all that
// carries the run's label.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rootseal::engine {

class Reaper {
 public:
  // `program`: path of rootseal-reaper. `remove_too`: private folders (secrets) to delete as well. `log`: its
  // own log.
  Reaper(const std::filesystem::path& program, const std::string& run,
         const std::vector<std::filesystem::path>& remove_too, const std::filesystem::path& log);
  ~Reaper();  // without dismiss(): lets the child take down and waits for it
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;
  void dismiss();
  [[nodiscard]] int pid() const { return pid_; }

 private:
  int pid_ = -1;
  int write_end_ = -1;
};

}  // namespace rootseal::engine
