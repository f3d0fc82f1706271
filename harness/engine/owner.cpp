#include <fmt/format.h>
#include <unistd.h>

#include "core/text.hpp"
#include "engine/proc.hpp"
#include "engine/resources.hpp"

namespace rootseal::engine {
namespace {

std::string boot_id() {
  std::string id = read_text("/proc/sys/kernel/random/boot_id").value_or("");
  while (!id.empty() && id.back() == '\n') id.pop_back();
  return id;
}

// Empty when no such process lives.
std::string owner_text(const std::string& pid) {
  const auto ticks = start_ticks(read_text("/proc/" + pid + "/stat").value_or(""));
  return ticks ? fmt::format("{}:{}:{}", pid, *ticks, boot_id()) : "";
}

}  // namespace

std::string owner_of_this_process() { return owner_text(std::to_string(::getpid())); }

bool owner_alive(const std::string& owner) {
  const std::string pid = owner.substr(0, owner.find(':'));
  if (pid.empty() || pid.find_first_not_of("0123456789") != std::string::npos) return false;
  return owner_text(pid) == owner;
}

}  // namespace rootseal::engine
