// engine/files: the filesystem of a running container seen from outside, through /proc/<pid>/root. Symbolic
// links are resolved inside that root (openat2 RESOLVE_IN_ROOT), so that a link to /etc never shows the
// host's. No process runs in the container. Needs root on the engine's host. Content is untrusted.
// Thread-safe. Paths are absolute; what cannot be looked at (a loop of links, no permission) throws
// HarnessError: only a path that is not there is "absent". A handle is good for one life of the container:
// after a restart, make a new one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/container.hpp"
#include "process/spawn.hpp"

namespace rootseal::engine {

struct FileFacts {
  enum class Kind { file, directory, link, socket, other } kind = Kind::file;
  std::uint64_t size = 0;
  unsigned mode = 0;  // permission bits
  unsigned uid = 0, gid = 0;
};

class Files {
 public:
  // Throws HarnessError when the container does not run or its root cannot be entered.
  explicit Files(const Container& container);
  ~Files();
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  [[nodiscard]] std::optional<FileFacts> stat(
      const std::string& path) const;  // not following a last link; nullopt: absent
  // The first `limit` bytes of a regular file; nullopt: absent. Throws HarnessError for anything but a
  // regular file.
  [[nodiscard]] std::optional<std::string> read(const std::string& path, std::size_t limit = 1U << 20U) const;
  [[nodiscard]] std::vector<std::string> list(
      const std::string& directory) const;  // names, sorted; empty when absent
  // Bytes that the file system of `path` still has for an ordinary user; nullopt: absent.
  [[nodiscard]] std::optional<std::uint64_t> room(const std::string& path) const;
  // Of two regular files, whole; nullopt: one of them is absent.
  [[nodiscard]] std::optional<bool> same_content(const std::string& a, const std::string& b) const;

 private:
  process::Fd root_;
  std::string subject_;
};

}  // namespace rootseal::engine
