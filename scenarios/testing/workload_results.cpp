#include "testing/workload_results.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "core/error.hpp"

namespace rootseal::workload {

DescriptorResults::DescriptorResults(int fd) : fd_(fd), open_(false) {
  const int flags = ::fcntl(fd, F_GETFL);
  open_ = flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
  if (open_) {
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
}

void DescriptorResults::send(const wire::Message& message) {
  if (!open_) {
    return;
  }
  const std::string line = wire::to_line(message) + "\n";
  std::string_view rest = line;
  while (!rest.empty()) {
    const auto written = ::write(fd_, rest.data(), rest.size());
    if (written < 0 && errno != EINTR) {
      throw core::HarnessError({"handing over a result", "descriptor 3", std::strerror(errno), ""});
    }
    rest.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
}

}  // namespace rootseal::workload
