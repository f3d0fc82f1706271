#include "scan/mounts.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace rootseal::scan {
namespace {

// mountinfo writes space, tab, newline and backslash as \ooo.
std::string unescaped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 3 >= text.size()) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(std::strtol(text.substr(i + 1, 3).c_str(), nullptr, 8));
    i += 3;
  }
  return out;
}

bool has_option(const std::string& options, const std::string& option) {
  return ("," + options + ",").find("," + option + ",") != std::string::npos;
}

}  // namespace

std::vector<MountLine> read_mounts(const char* file) {
  std::ifstream stream(file);
  std::vector<MountLine> table;
  std::string line;
  while (std::getline(stream, line)) {
    std::istringstream words(line);
    std::string id, parent, device, root, word;
    MountLine mount;
    words >> id >> parent >> device >> root >> mount.target >> mount.options;
    while (words >> word && word != "-") {
    }
    words >> mount.type;
    mount.target = unescaped(mount.target);
    mount.noexec = has_option(mount.options, "noexec");
    table.push_back(mount);
  }
  return table;
}

std::size_t mount_at(const std::vector<MountLine>& table, const std::string& path, std::size_t otherwise) {
  for (std::size_t i = table.size(); i > 0; --i) {
    if (table[i - 1].target == path) return i - 1;
  }
  return otherwise;
}

std::uint64_t mount_size(const std::string& path) {
  struct statvfs facts {};
  return statvfs(path.c_str(), &facts) == 0 ? static_cast<std::uint64_t>(facts.f_blocks) * facts.f_frsize : 0;
}

bool has_capability(unsigned number) {
  std::ifstream file("/proc/self/status");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("CapEff:"))
      return ((std::strtoull(line.c_str() + 7, nullptr, 16) >> number) & 1U) != 0;
  }
  return geteuid() == 0;
}

std::string own_directory() {
  std::array<char, PATH_MAX> text{};
  const ssize_t length = readlink("/proc/self/exe", text.data(), text.size());
  if (length <= 0) return "";
  const std::string path(text.data(), static_cast<std::size_t>(length));
  return path.substr(0, path.rfind('/'));
}

}  // namespace rootseal::scan
