// process/child: a long-running program of ours that talks in lines (rootseal-scenarios, rootseal-workloads).
//
// Order of calls: start, then next_line() until it says closed or the deadline passes, answering with
// send_line(); then wait(). The destructor kills the process group if it still runs. The child finds its
// write end as file descriptor 3 (results and requests, one JSON text a line) and reads replies on stdin;
// stdout and stderr go to `log_file`. One owner thread, not thread-safe: the child dies when the thread that
// started it ends.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/deadline.hpp"

namespace rootseal::process {

inline constexpr int kResultsFd = 3;

class Child {
 public:
  struct Options {
    std::vector<std::string> argv;
    std::map<std::string, std::string> environment;
    std::filesystem::path log_file;     // appended to
    std::size_t max_line = 16U << 20U;  // a longer line ends the child (HarnessError)
  };
  enum class Event { line, closed, timeout };
  struct Ended {
    int exit_code = 0;
    int signal = 0;  // 0 = exited by itself
  };

  explicit Child(Options options);  // throws HarnessError when it cannot be started
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Waits for the next line of descriptor 3 into `line` (without its end; a last line without one counts).
  // `closed`: every holder of descriptor 3 is gone, or the child ended and left nothing more. Throws
  // Interrupted on cancellation.
  Event next_line(std::string& line, const core::Deadline& deadline);
  void send_line(
      const std::string& line);  // a child that no longer reads is not an error: its end will be seen
  std::optional<Ended> wait(const core::Deadline& deadline);  // closes its stdin; nullopt: still running then
  void kill();                                                // SIGKILL to its process group
  [[nodiscard]] int pid() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rootseal::process
