// process/spawn: start one program with given file descriptors and no others; the only place that includes
// Boost.Process. Used by SystemRunner, Child and the reaper of engine/. Thread-safe.
//
// The caller owns the process that it gets: it must wait for it (ended(), reap()), and may kill its group
// until then.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rootseal::process {

// An open file descriptor of ours: closed when destroyed, never inherited by a program that we start, and
// above the numbers that a program can be given (so that giving one never overwrites another).
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { reset(); }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool open() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_ = -1;
};

struct Pipe {
  Fd read, write;
};
Pipe make_pipe();                      // throws HarnessError (out of descriptors)
std::pair<Fd, Fd> make_socket_pair();  // a stream in both directions; throws HarnessError likewise
Fd open_file(const std::string& path,
             int flags);  // as open(2), mode 0644; throws HarnessError naming the path

struct Spawn {
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;  // added to ours, unless bare_environment
  std::vector<std::pair<int, int>> descriptors;    // number in the program (0 to 9), descriptor of ours
  std::vector<int> ignored_signals{};              // from its first moment on
  bool bare_environment = false;                   // `environment` is all that it gets
  bool own_session = false;                        // else a process group of its own
  bool die_with_us = true;  // SIGKILL when the thread that started it ends; false: it outlives us
};

// Throws HarnessError naming the program and PATH, or the system's reason. The program starts with no signal
// blocked and SIGPIPE at its default.
pid_t spawn(const Spawn& spawn);

struct Ending {
  int exit_code = 0;
  int signal = 0;  // 0 = exited by itself
};
bool ended(pid_t pid);       // without reaping: the group can still be killed safely
Ending reap(pid_t pid);      // waits; once only
void kill_group(pid_t pid);  // SIGKILL; before reap()
// A descriptor that becomes readable when the program ends; not open where the kernel has none: poll ended()
// instead.
Fd end_notice(pid_t pid);

// Blocks SIGPIPE on this thread while it lives and swallows one that was raised meanwhile.
class SigpipeBlock {
 public:
  SigpipeBlock();
  ~SigpipeBlock();
  SigpipeBlock(const SigpipeBlock&) = delete;
  SigpipeBlock& operator=(const SigpipeBlock&) = delete;

 private:
  bool unblock_ = false;
};

}  // namespace rootseal::process
