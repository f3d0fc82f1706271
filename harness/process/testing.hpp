// process/testing: what the tests of processes share.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <fstream>
#include <string>

#include "core/deadline.hpp"

namespace rootseal::process {

// Whether a process is dead soon; one that nobody has waited for yet counts.
inline bool soon_dead(pid_t pid) {
  const auto dead = [pid] {
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    std::string id, name, state;
    return !(in >> id >> name >> state) || state == "Z" || state == "X";
  };
  return core::wait_until([&] { return dead() ? core::Wait::done : core::Wait::again; },
                          core::Deadline::after(std::chrono::milliseconds(5'000)),
                          std::chrono::milliseconds(5));
}

}  // namespace rootseal::process
