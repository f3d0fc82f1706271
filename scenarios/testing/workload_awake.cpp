#include "testing/workload_awake.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

namespace rootseal::workload {

AwakeCores::AwakeCores(const std::string& device) : fd_(::open(device.c_str(), O_WRONLY | O_CLOEXEC)) {
  const std::int32_t microseconds = 0;  // what the device takes: a binary 32-bit number
  if (fd_ < 0 || ::write(fd_, &microseconds, sizeof microseconds) != sizeof microseconds) {
    why_not_ = fmt::format("{}: {}", device, std::strerror(errno));
  }
}

AwakeCores::~AwakeCores() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

}  // namespace rootseal::workload
