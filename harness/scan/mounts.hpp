// rootseal-scan: the mount table as the kernel has it, and what the surface needs to know of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rootseal::scan {

struct MountLine {
  std::string target, type, options;
  bool noexec = false;
};

std::vector<MountLine> read_mounts(const char* file);  // empty when it cannot be read
// Index of the topmost mount whose target is exactly `path`; `otherwise` when there is none.
std::size_t mount_at(const std::vector<MountLine>& table, const std::string& path, std::size_t otherwise);
std::uint64_t mount_size(const std::string& path);  // bytes, 0 = unknown
bool has_capability(unsigned number);               // effective
std::string own_directory();  // of this program: rootseal's own mount, not the container's

}  // namespace rootseal::scan
