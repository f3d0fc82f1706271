// engine/mount: the mount table of a container as the kernel has it (/proc/<pid>/mountinfo). Values; parsing
// is pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rootseal::engine {

struct Mount {
  std::string target;  // inside the container, unescaped: "/run/postgresql"
  std::string type;    // "overlay", "tmpfs", "ext4", "proc"
  std::string source;
  std::vector<std::string> options;        // of this mount: "rw", "nosuid", ...
  std::vector<std::string> super_options;  // of the filesystem: "size=65536k", ...
  std::string root;        // what of the filesystem is mounted: "/", "/docker/containers/.../hosts"
  int id = 0, parent = 0;  // as the kernel numbers them; 0 in a table made by hand
  [[nodiscard]] bool has(std::string_view option) const;  // in options
  [[nodiscard]] bool writable() const;                    // "rw" in options and not "ro" in super_options
  [[nodiscard]] std::string text()
      const;  // "/run/x tmpfs rw,nosuid,nodev,noexec size=1024k mode=775 uid=999"
};

// Later mounts over the same target come later. Throws HarnessError naming the line that is not understood.
std::vector<Mount> parse_mountinfo(const std::string& text);
// Without the mounts that no path leads to, because a later one lies over them or over a folder above them.
std::vector<Mount> reachable(const std::vector<Mount>& table);
// The mount that a path leads to: the topmost at `path`, or the one that holds it. nullptr when the table is
// empty.
const Mount* mount_of(const std::vector<Mount>& table, std::string_view path);
// Whether the engine makes this mount in every container, whatever the profile: /proc, /dev, /sys, those of
// the kernel's own filesystems below them that are read-only or writable everywhere (/dev/shm, ...), and the
// engine's /etc/hosts, /etc/hostname and /etc/resolv.conf. A volume, a tmpfs or a file of the user's own that
// is mounted there, or a /sys that is writable, is not.
bool engine_provided(const Mount& mount);

}  // namespace rootseal::engine
