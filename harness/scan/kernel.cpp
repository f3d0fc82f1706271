// Verbs that ask the kernel for something other than a file's content: execution, mappings, mounts, own
// status.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>

#include "scan/verb.hpp"

namespace rootseal::scan {
namespace {

using Arguments = std::vector<std::string>;
constexpr unsigned kRunLimitSeconds = 20;

// In the child: what it prints is not ours to print; it ends by itself after a while. Reports the errno of
// the call. `memory`: an open file to execute in place of argv[0]; -1: there is none.
[[noreturn]] void become(const Arguments& a, int report, int memory) {
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; fd < 3 && nowhere >= 0; ++fd) dup2(nowhere, fd);
  std::vector<char*> argv;
  for (const auto& argument : a) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  alarm(kRunLimitSeconds);
  if (memory >= 0) {
    fexecve(memory, argv.data(), environ);
  } else {
    execve(argv[0], argv.data(), environ);
  }
  const int error = errno;
  const ssize_t written = write(report, &error, sizeof error);
  _exit(written == sizeof error ? 127 : 126);
}

Answer ending(const std::string& path, int status) {
  Answer answer = done(path, "exit code " + std::to_string(WEXITSTATUS(status)));
  if (WIFSIGNALED(status)) answer.detail = "killed by signal " + std::to_string(WTERMSIG(status));
  answer.ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return answer;
}

Answer run_as_child(const Arguments& a, int memory, const std::string& call) {
  std::array<int, 2> report{};
  if (pipe2(report.data(), O_CLOEXEC) != 0) return refused(a[0], "pipe");
  const pid_t child = fork();
  if (child < 0) return refused(a[0], "fork");
  if (child == 0) become(a, report[1], memory);
  close(report[1]);
  int error = 0;
  const bool told = read(report[0], &error, sizeof error) == sizeof error;
  close(report[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!told) return ending(a[0], status);
  errno = error;
  return refused(a[0], call);
}

Answer run(const Arguments& a) { return run_as_child(a, -1, "execve"); }

// The program never lies in a filesystem from which it is executed.
Answer run_from_memory(const Arguments& a) {
  const int source = open(a[0].c_str(), O_RDONLY | O_CLOEXEC);
  if (source < 0) return refused(a[0], "open to read");
  struct stat facts {};
  const int memory = memfd_create("rootseal", MFD_CLOEXEC);
  if (memory < 0 || fstat(source, &facts) != 0) {
    Answer answer = refused(a[0], "memfd_create");
    close(source);
    return answer;
  }
  off_t copied = 0;
  while (copied < facts.st_size) {
    if (sendfile(memory, source, &copied, static_cast<std::size_t>(facts.st_size - copied)) <= 0) break;
  }
  Answer answer = copied < facts.st_size ? refused(a[0], "copy into memory")
                                         : run_as_child(a, memory, "execveat of memory");
  close(source);
  close(memory);
  return answer;
}

Answer map_exec(const Arguments& a) {
  const int fd = open(a[0].c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return refused(a[0], "open to read");
  void* place = mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
  Answer answer = place == MAP_FAILED ? refused(a[0], "mmap executable") : done(a[0]);
  if (place != MAP_FAILED) munmap(place, 4096);
  close(fd);
  return answer;
}

// A remount sets all flags anew: those that the mount has are kept, but for read-only.
unsigned long kept_flags(const struct statvfs& facts) {
  unsigned long flags = 0;
  if ((facts.f_flag & ST_NOSUID) != 0) flags |= MS_NOSUID;
  if ((facts.f_flag & ST_NODEV) != 0) flags |= MS_NODEV;
  if ((facts.f_flag & ST_NOEXEC) != 0) flags |= MS_NOEXEC;
  if ((facts.f_flag & ST_NOATIME) != 0) flags |= MS_NOATIME;
  if ((facts.f_flag & ST_NODIRATIME) != 0) flags |= MS_NODIRATIME;
  if ((facts.f_flag & ST_RELATIME) != 0) flags |= MS_RELATIME;
  return flags;
}

Answer remount(const std::string& path, unsigned long read_only) {
  struct statvfs facts {};
  if (statvfs(path.c_str(), &facts) != 0) return refused(path, "statvfs");
  const unsigned long flags = MS_REMOUNT | MS_BIND | read_only | kept_flags(facts);
  return mount(nullptr, path.c_str(), nullptr, flags, nullptr) == 0 ? done(path)
                                                                    : refused(path, "mount -o remount,bind");
}

Answer remount_rw(const Arguments& a) { return remount(a[0], 0); }
Answer remount_ro(const Arguments& a) { return remount(a[0], MS_RDONLY); }

// Of this process, so of whoever executes something in the container: identities, capabilities,
// no-new-privileges.
Answer status(const Arguments& /*none*/) {
  std::ifstream file("/proc/self/status");
  std::string more, line;
  while (std::getline(file, line)) {
    const std::size_t colon = line.find(':');
    const std::string key = line.substr(0, colon);
    const bool wanted =
        key.starts_with("Cap") || key == "Uid" || key == "Gid" || key == "NoNewPrivs" || key == "Seccomp";
    if (!wanted) continue;
    const std::size_t start = line.find_first_not_of(" \t", colon + 1);
    more += "," + quoted(key) + ":" + quoted(start == std::string::npos ? "" : line.substr(start));
  }
  if (more.empty()) return refused("/proc/self/status", "read");
  Answer answer = done("/proc/self/status");
  answer.more = more;
  return answer;
}

const Register kRun("run", {1, 64, "PATH [ARGUMENT...]: fork and execve; done when it exits with 0", run});
const Register kRunFromMemory(
    "run-from-memory", {1, 64,
                        "PATH [ARGUMENT...]: copy it into a memory file and execute that; done when it "
                        "exits with 0",
                        run_from_memory});
const Register kMapExec("map-exec", {1, 1, "PATH: mmap its first page executable", map_exec});
const Register kRemountRw("remount-rw", {1, 1, "PATH: bind remount, writable", remount_rw});
const Register kRemountRo("remount-ro", {1, 1, "PATH: undo remount-rw", remount_ro});
const Register kStatus("status", {0, 0, ": ids, capabilities and no-new-privileges of the caller", status});

}  // namespace
}  // namespace rootseal::scan
