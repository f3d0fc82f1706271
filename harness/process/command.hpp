// process/command: run a program and get what it said. An argument vector, never a shell string.
//
// Order of calls: build a Command, hand it to a Runner, look at the Outcome. A program that exits non-zero,
// is killed at its limit or by a signal is an Outcome, not an exception; a program that cannot be started
// throws HarnessError, and a cancelled run (core/cancel.hpp) throws Interrupted after the program and its
// process group were killed.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "core/patience.hpp"

namespace rootseal::process {

struct Command {
  std::vector<std::string> argv;                       // argv[0] is looked up in PATH when it has no slash
  std::string input = {};                              // written to stdin, then closed
  std::map<std::string, std::string> environment;      // added to ours
  std::chrono::milliseconds limit = core::patience();  // SIGKILL to the process group after that
  std::size_t max_output = 64U << 20U;  // bytes kept of each stream; more is read and dropped (truncated)
  bool merge_streams =
      false;  // stderr goes where stdout goes, in the order of writing; Outcome::err stays empty
};

struct Outcome {
  int exit_code = 0;       // meaningful when signal == 0
  int signal = 0;          // 0 = exited by itself
  bool timed_out = false;  // killed at its limit
  bool truncated = false;
  std::string out;
  std::string err;
  std::chrono::nanoseconds took{0};
  [[nodiscard]] bool ok() const { return exit_code == 0 && signal == 0 && !timed_out; }
  // "exit code 1", "killed by signal 9", "no end within 30.000 s": for messages.
  [[nodiscard]] std::string ending() const;
};

// Thread-safe: any number of threads may call run() at once.
class Runner {
 public:
  virtual ~Runner() = default;
  virtual Outcome run(const Command& command) = 0;
  // run(), and a HarnessError naming `step` and `subject` with the last line of stderr when the outcome is
  // not ok().
  Outcome must(const Command& command, const std::string& step, const std::string& subject);
};

// The real one (Boost.Process). Each program gets a process group of its own and dies with this process. When
// it has ended but something that it started still holds its output open, what is there is read and the rest
// let go.
class SystemRunner final : public Runner {
 public:
  Outcome run(const Command& command) override;
};

}  // namespace rootseal::process
