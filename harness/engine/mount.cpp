#include "engine/mount.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/error.hpp"
#include "core/secret.hpp"
#include "core/text.hpp"

namespace rootseal::engine {
namespace {

// "\040" stands for a space; also tab, newline and backslash are written so.
std::string unescaped(std::string_view text) {
  const auto octal = [](char c) { return c >= '0' && c <= '7'; };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 3 < text.size() && octal(text[i + 1]) && octal(text[i + 2]) &&
                        octal(text[i + 3]);
    if (!escape) {
      out += text[i];
      continue;
    }
    out += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
    i += 3;
  }
  return out;
}

std::vector<std::string> unescaped_list(const std::string& text) {
  std::vector<std::string> parts = core::split(text, ',');
  for (std::string& part : parts) part = unescaped(part);
  return parts;
}

bool parse_number(const std::string& text, int& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size();
}

// 36 35 98:0 /root /target rw,noatime master:1 - ext3 /dev/root rw,errors=continue
std::optional<Mount> parse_line(const std::string& line) {
  const std::vector<std::string> words = core::split(line, ' ');
  if (words.size() < 9) return std::nullopt;
  const auto dash = std::find(words.begin() + 6, words.end(), "-");
  if (words.end() - dash < 4) return std::nullopt;
  Mount mount;
  if (!parse_number(words[0], mount.id) || !parse_number(words[1], mount.parent)) return std::nullopt;
  mount.root = unescaped(words[3]);
  mount.target = unescaped(words[4]);
  mount.options = unescaped_list(words[5]);
  mount.type = dash[1];
  mount.source = unescaped(dash[2]);
  mount.super_options = unescaped_list(dash[3]);
  return mount;
}

bool below(std::string_view path, std::string_view folder) {
  if (folder == "/") return true;
  return path.substr(0, folder.size()) == folder &&
         (path.size() == folder.size() || path[folder.size()] == '/');
}

// Which mounts of a table a path leads to. `placed`: the place where it was mounted can be reached;
// `visible`: and nothing lies over it.
class Tree {
 public:
  explicit Tree(const std::vector<Mount>& table) : table_(table) {}

  [[nodiscard]] bool visible(const Mount& mount) const {
    return mount.id == 0 || (placed(mount) && none_of([&](const Mount& other) {
                               return other.parent == mount.id && other.target == mount.target;
                             }));
  }

 private:
  [[nodiscard]] bool placed(const Mount& mount) const {
    const auto over_a_folder_above = [&](const Mount& other) {
      return other.parent == mount.parent && other.target != mount.target &&
             below(mount.target, other.target);
    };
    if (!none_of(over_a_folder_above)) return false;
    const auto parent =
        std::find_if(table_.begin(), table_.end(), [&](const Mount& one) { return one.id == mount.parent; });
    if (parent == table_.end() || mount.parent == mount.id) return true;
    return parent->target == mount.target ? placed(*parent) : visible(*parent);
  }
  template <typename Predicate>
  [[nodiscard]] bool none_of(Predicate predicate) const {
    return std::none_of(table_.begin(), table_.end(), predicate);
  }

  const std::vector<Mount>& table_;
};

constexpr std::array<std::string_view, 4> kOfTmpfs{"size=", "mode=", "uid=", "gid="};

bool of_the_kernel(const std::string& type) {
  constexpr std::array types = {"proc",   "sysfs",  "tmpfs",  "devtmpfs",
                                "devpts", "mqueue", "cgroup", "cgroup2"};
  return std::find(types.begin(), types.end(), type) != types.end();
}

}  // namespace

bool Mount::has(std::string_view option) const {
  return std::find(options.begin(), options.end(), option) != options.end();
}

bool Mount::writable() const {
  return has("rw") && std::find(super_options.begin(), super_options.end(), "ro") == super_options.end();
}

std::string Mount::text() const {
  std::string line = fmt::format("{} {} {}", target, type, fmt::join(options, ","));
  if (type != "tmpfs") return line;  // what others say there is the machine's business
  for (const std::string& option : super_options) {
    const bool tells = std::any_of(kOfTmpfs.begin(), kOfTmpfs.end(),
                                   [&](std::string_view name) { return option.rfind(name, 0) == 0; });
    if (tells) line += " " + option;
  }
  return line;
}

std::vector<Mount> parse_mountinfo(const std::string& text) {
  std::vector<Mount> table;
  for (const std::string& line : core::split(text, '\n')) {
    if (line.empty()) continue;
    std::optional<Mount> mount = parse_line(line);
    if (!mount) {
      throw core::HarnessError({"reading a mount table", "",
                                "line not understood: " + core::UntrustedText(line).printable(400), ""});
    }
    table.push_back(std::move(*mount));
  }
  return table;
}

std::vector<Mount> reachable(const std::vector<Mount>& table) {
  std::vector<Mount> seen;
  std::copy_if(table.begin(), table.end(), std::back_inserter(seen),
               [tree = Tree(table)](const Mount& mount) { return tree.visible(mount); });
  return seen;
}

const Mount* mount_of(const std::vector<Mount>& table, std::string_view path) {
  const Tree tree(table);
  const Mount* best = nullptr;
  for (const Mount& mount : table) {
    const bool nearer = best == nullptr || mount.target.size() >= best->target.size();
    if (nearer && below(path, mount.target) && tree.visible(mount)) best = &mount;
  }
  return best;
}

namespace {

// What the engine leaves writable below /proc, /dev and /sys: seen in containers of Docker 20.10 with
// runc 1.1, which mounts what the OCI runtime specification lists as default filesystems, and /dev/null over
// masked files.
bool writable_of_every_container(const Mount& mount) {
  static constexpr std::array<std::string_view, 6> kTargets{"/proc",    "/dev",        "/dev/pts",
                                                            "/dev/shm", "/dev/mqueue", "/dev/console"};
  if (std::find(kTargets.begin(), kTargets.end(), mount.target) != kTargets.end()) return true;
  return mount.root == "/null" || (mount.target == "/sys/fs/cgroup" && mount.type == "tmpfs");
}

}  // namespace

bool engine_provided(const Mount& mount) {
  for (const std::string_view file : {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf"}) {
    if (mount.target == file)
      return mount.root.empty() || mount.root.find("/containers/") != std::string::npos;
  }
  for (const std::string_view folder : {"/proc", "/dev", "/sys"}) {
    if (below(mount.target, folder)) {
      return of_the_kernel(mount.type) && (!mount.writable() || writable_of_every_container(mount));
    }
  }
  return false;
}

}  // namespace rootseal::engine
