// Verbs that take room. Neither can fill what has no small size of its own: `fill` refuses a file system that
// is larger than it is told, `grow` writes a few megabytes at most.
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "scan/verb.hpp"

namespace rootseal::scan {
namespace {

using Arguments = std::vector<std::string>;
constexpr std::uint64_t kGrowLimit = 16U << 20U;

std::optional<std::uint64_t> bytes(const std::string& text) {
  char* end = nullptr;
  errno = 0;
  const unsigned long long value = std::strtoull(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || errno != 0) return std::nullopt;
  return value;
}

Answer refused_with(int error, const std::string& path, const std::string& call) {
  errno = error;
  return refused(path, call);
}

// Writes zeros; returns how many before the first refusal, whose errno is then set (0: all of them).
std::uint64_t pour(int fd, std::uint64_t wanted) {
  static constexpr std::array<char, 65536> zeros{};
  std::uint64_t written = 0;
  errno = 0;
  while (written < wanted) {
    const auto chunk = std::min<std::uint64_t>(zeros.size(), wanted - written);
    const ssize_t got = write(fd, zeros.data(), static_cast<std::size_t>(chunk));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return written;
    written += static_cast<std::uint64_t>(got);
  }
  errno = 0;
  return written;
}

Answer pour_into(const std::string& path, std::uint64_t wanted, bool until_full) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return refused(path, "create");
  const std::uint64_t written = pour(fd, wanted);
  const int error = errno;
  close(fd);
  if (until_full ? error == ENOSPC : error == 0) return done(path, std::to_string(written) + " bytes");
  unlink(path.c_str());
  return until_full && error == 0 ? refused_with(EFBIG, path, "it did not become full")
                                  : refused_with(error, path, "write");
}

Answer fill(const Arguments& a) {
  const auto limit = bytes(a[1]);
  if (!limit) return refused_with(EINVAL, a[1], "reading LIMIT");
  const std::string folder = a[0].substr(0, std::max<std::size_t>(a[0].rfind('/'), 1));
  struct statvfs facts {};
  if (statvfs(folder.c_str(), &facts) != 0) return refused(folder, "statvfs");
  const std::uint64_t size = std::uint64_t{facts.f_blocks} * facts.f_frsize;
  // A tmpfs without a size of its own says 0 blocks.
  if (size == 0 || size > *limit) return refused_with(EFBIG, folder, "the file system is larger than LIMIT");
  return pour_into(a[0], size + 1, true);
}

Answer grow(const Arguments& a) {
  const auto wanted = bytes(a[1]);
  if (!wanted || *wanted > kGrowLimit) return refused_with(EINVAL, a[1], "reading BYTES, at most 16777216");
  return pour_into(a[0], *wanted, false);
}

const Register kFill("fill", {2, 2,
                              "PATH LIMIT: a new file that takes all room of its file system, which must not "
                              "be larger than LIMIT bytes",
                              fill});
const Register kGrow("grow", {2, 2, "PATH BYTES: a new file of so many zeros, at most 16 MiB", grow});

}  // namespace
}  // namespace rootseal::scan
