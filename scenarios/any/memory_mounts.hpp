// any/memory_mounts: the tmpfs mounts that a profile brings along, and leaving things in them. Functions;
// they throw HarnessError and environment faults.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/files.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios {

// Those that the profile declares writable; the engine's own (/dev, /dev/shm) are not of the profile.
inline std::vector<std::string> memory_mounts(const wire::StackView& stack) {
  std::vector<std::string> found;
  for (const auto& mount : container_of(stack).mounts()) {
    const bool ours =
        std::find(stack.writable.begin(), stack.writable.end(), mount.target) != stack.writable.end();
    if (ours && mount.type == "tmpfs" && mount.writable()) found.push_back(mount.target);
  }
  return found;
}

// Runs a shell's line with `$0` as its argument, as the owner of the folder, because a root without
// capabilities may not write everywhere.
inline process::Outcome as_owner_of(const std::string& folder, const engine::Container& container,
                                    const std::string& line, const std::string& argument) {
  const auto facts = engine::Files(container).stat(folder);
  if (!facts) environment_fault(folder + " is mounted but cannot be seen from outside");
  engine::Exec exec;
  exec.argv = {"sh", "-c", line, argument};
  exec.user = {facts->uid, facts->gid};
  return container.exec(exec);
}

// Leaves a file there, and sees it from outside.
inline void leave_marker(const engine::Container& container, const std::string& folder,
                         const std::string& path) {
  const auto outcome = as_owner_of(folder, container, "echo here > \"$0\"", path);
  if (outcome.ok() && engine::Files(container).stat(path)) return;
  environment_fault(fmt::format("no marker could be left in {}: {} {}", folder, outcome.ending(),
                                core::UntrustedText(outcome.err).last_line()));
}

// Takes up all the space that is left where the file lies, to the last block; returns its size in bytes.
inline std::uint64_t fill_up(const engine::Container& container, const std::string& folder,
                             const std::string& path) {
  const auto outcome = as_owner_of(folder, container,
                                   "dd if=/dev/zero of=\"$0\" bs=1048576 2>/dev/null; "
                                   "dd if=/dev/zero of=\"$0\" bs=4096 oflag=append conv=notrunc 2>&1",
                                   path);
  const auto facts = engine::Files(container).stat(path);
  if (facts && outcome.out.find("No space left on device") != std::string::npos) return facts->size;
  environment_fault(fmt::format("{} could not be filled up: {} {}", folder, outcome.ending(),
                                core::UntrustedText(outcome.out).last_line()));
}

}  // namespace rootseal::scenarios
