#include "testing/workload_netns.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>
#include <sstream>
#include <thread>

#include "core/error.hpp"

namespace rootseal::workload {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

// For the calling thread alone. Empty, or why it did not work.
std::string enter(int pid) {
  const std::string path = fmt::format("/proc/{}/ns/net", pid);
  const Descriptor space(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (space.get() < 0) {
    return fmt::format("open {}: {}", path, std::strerror(errno));
  }
  if (::setns(space.get(), CLONE_NEWNET) != 0) {
    return fmt::format("setns {}: {}", path, std::strerror(errno));
  }
  return "";
}

}  // namespace

void in_network_of(int pid, const std::string& subject, const std::function<void()>& work) {
  std::exception_ptr thrown;
  std::string refused;
  std::thread([&] {
    try {
      refused = enter(pid);
      if (refused.empty()) {
        work();
      }
    } catch (...) {
      thrown = std::current_exception();
    }
  }).join();
  if (!refused.empty()) {
    throw core::HarnessError(
        {"entering its network namespace", subject, refused, "run as root on the engine's host"});
  }
  if (thrown) {
    std::rethrow_exception(thrown);
  }
}

std::string why_no_network_of(int pid, const std::string& container) {
  std::ifstream file(fmt::format("/proc/{}/cgroup", pid));
  std::stringstream text;
  text << file.rdbuf();
  if (pid <= 0 || !file || text.str().find(container.substr(0, 12)) == std::string::npos) {
    return fmt::format("process {} here is not the container's: the engine runs elsewhere", pid);
  }
  std::string refused;
  std::thread([&] { refused = enter(pid); }).join();
  return refused;
}

}  // namespace rootseal::workload
