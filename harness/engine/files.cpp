#include "engine/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

#include "core/error.hpp"
#include "core/secret.hpp"

namespace rootseal::engine {
namespace {

using process::Fd;

[[noreturn]] void fail(const std::string& subject, const std::string& path, const std::string& why) {
  throw core::HarnessError(
      {"looking at " + core::UntrustedText(path).printable(400) + " from outside", subject, why, ""});
}

std::string reason(int error) { return std::generic_category().message(error); }

// Opens `path` as a process inside would see it. Not open when it is not there.
Fd open_inside(const Fd& root, const std::string& subject, const std::string& path, int flags) {
  open_how how{};
  // openat2 takes no flag beside O_PATH that would mean nothing there.
  const int terminal = (flags & O_PATH) == 0 ? O_NOCTTY : 0;
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC | terminal);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  // The kernel asks to try again when something is renamed meanwhile.
  for (int attempt = 0; attempt < 100; ++attempt) {
    const long fd = ::syscall(SYS_openat2, root.get(), path.c_str(), &how, sizeof how);
    if (fd >= 0) return Fd(static_cast<int>(fd));
    if (errno == ENOENT || errno == ENOTDIR) return Fd();
    if (errno != EAGAIN && errno != EINTR) fail(subject, path, reason(errno));
  }
  fail(subject, path, reason(EAGAIN));
}

// Opening a device or a pipe could do something: first look what it is, then open that very file.
Fd open_regular(const Fd& root, const std::string& subject, const std::string& path) {
  const Fd handle = open_inside(root, subject, path, O_PATH);
  if (!handle.open()) return Fd();
  struct stat facts {};
  if (::fstat(handle.get(), &facts) != 0) fail(subject, path, reason(errno));
  if (!S_ISREG(facts.st_mode)) fail(subject, path, "not a regular file");
  const std::string itself = "/proc/self/fd/" + std::to_string(handle.get());
  Fd file(::open(itself.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open()) fail(subject, path, reason(errno));
  return file;
}

// Fills `into`, or less at the end of the file.
std::size_t read_fully(const Fd& file, char* into, std::size_t size, const std::string& subject,
                       const std::string& path) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::read(file.get(), into + done, size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(subject, path, reason(errno));
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

FileFacts::Kind kind_of(mode_t mode) {
  if (S_ISREG(mode)) return FileFacts::Kind::file;
  if (S_ISDIR(mode)) return FileFacts::Kind::directory;
  if (S_ISLNK(mode)) return FileFacts::Kind::link;
  if (S_ISSOCK(mode)) return FileFacts::Kind::socket;
  return FileFacts::Kind::other;
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

}  // namespace

Files::Files(const Container& container) : subject_("container " + container.id().substr(0, 12)) {
  const int pid = container.pid();
  if (pid == 0) fail(subject_, "/", "it is not running");
  const std::string root = fmt::format("/proc/{}/root", pid);
  root_ = Fd(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root_.open()) fail(subject_, root, reason(errno) + " (needs root, and the engine on this machine)");
}

Files::~Files() = default;

std::optional<FileFacts> Files::stat(const std::string& path) const {
  const Fd handle = open_inside(root_, subject_, path, O_PATH | O_NOFOLLOW);
  if (!handle.open()) return std::nullopt;
  struct stat facts {};
  if (::fstat(handle.get(), &facts) != 0) fail(subject_, path, reason(errno));
  return FileFacts{kind_of(facts.st_mode), static_cast<std::uint64_t>(facts.st_size), facts.st_mode & 07777U,
                   facts.st_uid, facts.st_gid};
}

std::optional<std::string> Files::read(const std::string& path, std::size_t limit) const {
  const Fd file = open_regular(root_, subject_, path);
  if (!file.open()) return std::nullopt;
  std::string text;
  std::array<char, 64U << 10U> chunk;
  while (text.size() < limit) {
    const std::size_t want = std::min(chunk.size(), limit - text.size());
    const std::size_t got = read_fully(file, chunk.data(), want, subject_, path);
    text.append(chunk.data(), got);
    if (got < want) break;
  }
  return text;
}

std::vector<std::string> Files::list(const std::string& directory) const {
  const Fd handle = open_inside(root_, subject_, directory, O_RDONLY | O_DIRECTORY);
  if (!handle.open()) return {};
  const std::unique_ptr<DIR, CloseDirectory> entries(::fdopendir(::fcntl(handle.get(), F_DUPFD_CLOEXEC, 0)));
  if (!entries) fail(subject_, directory, reason(errno));
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<std::uint64_t> Files::room(const std::string& path) const {
  const Fd handle = open_inside(root_, subject_, path, O_PATH);
  if (!handle.open()) return std::nullopt;
  struct statvfs facts {};
  if (::fstatvfs(handle.get(), &facts) != 0) fail(subject_, path, reason(errno));
  return std::uint64_t{facts.f_bavail} * facts.f_frsize;
}

std::optional<bool> Files::same_content(const std::string& a, const std::string& b) const {
  const Fd first = open_regular(root_, subject_, a);
  const Fd second = open_regular(root_, subject_, b);
  if (!first.open() || !second.open()) return std::nullopt;
  std::array<char, 64U << 10U> left;
  std::array<char, 64U << 10U> right;
  while (true) {
    const std::size_t got = read_fully(first, left.data(), left.size(), subject_, a);
    if (got != read_fully(second, right.data(), right.size(), subject_, b)) return false;
    if (!std::equal(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(got), right.begin()))
      return false;
    if (got < left.size()) return true;
  }
}

}  // namespace rootseal::engine
