#include "process/spawn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/environment.hpp>
#include <boost/process/error.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/search_path.hpp>
#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <system_error>

#include "core/error.hpp"

namespace rootseal::process {
namespace {

namespace bp = boost::process;

// First number that is never given to a program (its own are 0 to 9).
constexpr int kFirstOwn = 10;

[[noreturn]] void fail(const std::string& step, const std::string& subject, int error) {
  throw core::HarnessError({step, subject, std::generic_category().message(error), ""});
}

Fd raised(const Fd& low, const std::string& step) {
  const int high = low.open() ? ::fcntl(low.get(), F_DUPFD_CLOEXEC, kFirstOwn) : -1;
  if (high < 0) fail(step, "", errno);
  return Fd(high);
}

// Boost opens a pipe of its own that is not marked close-on-exec at once: two threads that start programs at
// the same time would leak it into each other's and then wait for the wrong one to end.
std::mutex& launch_lock() {
  static std::mutex lock;
  return lock;
}

// Boost's own pipe must not get a number that we are about to give to the program.
class LowNumbersTaken {
 public:
  LowNumbersTaken() {
    while (true) {
      const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
      if (fd < 0) return;
      if (fd >= kFirstOwn) {
        ::close(fd);
        return;
      }
      taken_.emplace_back(fd);
    }
  }

 private:
  std::vector<Fd> taken_;
};

std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const std::string found = bp::search_path(name).string();
  if (!found.empty()) return found;
  const char* path = std::getenv("PATH");
  throw core::HarnessError({"starting a program", name,
                            fmt::format("not found in PATH ({})", path == nullptr ? "unset" : path),
                            "install it, or put its folder into PATH"});
}

// Runs in the new process between fork and exec: system calls only.
void prepare_new_process(const Spawn& spawn, pid_t parent) {
  if (spawn.own_session) {
    ::setsid();
  } else {
    ::setpgid(0, 0);
  }
  if (spawn.die_with_us) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);  // it died before the call
  }
  // Whatever else is open, also what was handed to us, stays here.
  ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  for (const auto& [number, ours] : spawn.descriptors) ::dup2(ours, number);
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  ::sigaction(SIGPIPE, &action, nullptr);
  action.sa_handler = SIG_IGN;
  for (const int signal : spawn.ignored_signals) ::sigaction(signal, &action, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void Fd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Pipe make_pipe() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) fail("opening a pipe", "", errno);
  const Fd read(fds[0]);
  const Fd write(fds[1]);
  return {raised(read, "opening a pipe"), raised(write, "opening a pipe")};
}

std::pair<Fd, Fd> make_socket_pair() {
  const std::string step = "opening a pair of sockets";
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) fail(step, "", errno);
  const Fd one(fds[0]);
  const Fd other(fds[1]);
  return {raised(one, step), raised(other, step)};
}

Fd open_file(const std::string& path, int flags) {
  const std::string step = "opening " + path;
  return raised(Fd(::open(path.c_str(), flags | O_CLOEXEC, 0644)), step);
}

pid_t spawn(const Spawn& spawn) {
  if (spawn.argv.empty()) fail("starting a program", "", EINVAL);
  const std::string program = find_program(spawn.argv.front());
  const std::vector<std::string> arguments(spawn.argv.begin() + 1, spawn.argv.end());
  bp::environment environment =
      spawn.bare_environment ? bp::environment() : bp::environment(boost::this_process::environment());
  for (const auto& [name, value] : spawn.environment) environment[name] = value;
  const pid_t parent = ::getpid();
  pid_t failed = -1;
  std::error_code error;
  const std::lock_guard<std::mutex> lock(launch_lock());
  const LowNumbersTaken low_numbers;
  bp::child child(
      bp::exe = program, bp::args = arguments, environment, error,
      bp::extend::on_exec_setup = [&](auto&) { prepare_new_process(spawn, parent); },
      bp::extend::on_error = [&](auto& executor, const std::error_code&) { failed = executor.pid; });
  if (error) {
    if (failed > 0) ::waitpid(failed, nullptr, 0);  // Boost leaves it behind
    fail("starting a program", program, error.value());
  }
  const pid_t pid = child.id();
  child.detach();
  return pid;
}

bool ended(pid_t pid) {
  siginfo_t info = {};
  if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0) return errno != EINTR;
  return info.si_pid != 0;
}

Ending reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) fail("waiting for a program", fmt::format("process {}", pid), errno);
  }
  Ending ending;
  if (WIFSIGNALED(status)) ending.signal = WTERMSIG(status);
  if (WIFEXITED(status)) ending.exit_code = WEXITSTATUS(status);
  return ending;
}

void kill_group(pid_t pid) {
  if (pid > 1) ::kill(-pid, SIGKILL);
}

Fd end_notice(pid_t pid) { return Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

SigpipeBlock::SigpipeBlock() {
  sigset_t sigpipe, before;
  ::sigemptyset(&sigpipe);
  ::sigaddset(&sigpipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &sigpipe, &before);
  unblock_ = ::sigismember(&before, SIGPIPE) == 0;
}

SigpipeBlock::~SigpipeBlock() {
  if (!unblock_) return;
  sigset_t sigpipe;
  ::sigemptyset(&sigpipe);
  ::sigaddset(&sigpipe, SIGPIPE);
  const timespec now = {};
  ::sigtimedwait(&sigpipe, nullptr, &now);
  ::pthread_sigmask(SIG_UNBLOCK, &sigpipe, nullptr);
}

}  // namespace rootseal::process
