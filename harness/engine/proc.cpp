#include "engine/proc.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>

#include "core/error.hpp"
#include "core/secret.hpp"
#include "core/text.hpp"

namespace rootseal::engine {
namespace {

[[noreturn]] void not_understood(const std::string& what, const std::string& text) {
  throw core::HarnessError(
      {"reading " + what, "", "not understood: " + core::UntrustedText(text).printable(400), ""});
}

// The words after "Name:" in a text of such lines.
std::vector<std::string> field(const std::string& text, const std::string& name) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(name + ":", 0) != 0) continue;
    std::istringstream words(line.substr(name.size() + 1));
    return {std::istream_iterator<std::string>(words), {}};
  }
  not_understood("the status of a process (no " + name + ")", text);
}

template <typename Number>
Number number(const std::string& word, int base = 10) {
  Number value{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
  if (error != std::errc() || end != word.data() + word.size()) not_understood("a number", word);
  return value;
}

std::vector<unsigned> numbers(const std::vector<std::string>& words) {
  std::vector<unsigned> values;
  for (const std::string& word : words) values.push_back(number<unsigned>(word));
  return values;
}

std::uint64_t capabilities(const std::string& text, const std::string& name) {
  const std::vector<std::string> words = field(text, name);
  return words.empty() ? 0 : number<std::uint64_t>(words.front(), 16);
}

int flag(const std::string& text, const std::string& name) {
  const std::vector<std::string> words = field(text, name);
  return words.empty() ? 0 : number<int>(words.front());
}

bool lists(const std::vector<std::string>& options, const std::string& option) {
  return std::find(options.begin(), options.end(), option) != options.end();
}

}  // namespace

ProcessStatus parse_status(const std::string& text) {
  ProcessStatus status;
  status.uids = numbers(field(text, "Uid"));
  status.gids = numbers(field(text, "Gid"));
  status.cap_inheritable = capabilities(text, "CapInh");
  status.cap_permitted = capabilities(text, "CapPrm");
  status.cap_effective = capabilities(text, "CapEff");
  status.cap_bounding = capabilities(text, "CapBnd");
  status.cap_ambient = capabilities(text, "CapAmb");
  status.no_new_privileges = flag(text, "NoNewPrivs") != 0;
  status.seccomp = flag(text, "Seccomp");
  return status;
}

std::optional<std::string> cgroup_path(const std::string& text, const std::string& controller) {
  for (const std::string& line : core::split(text, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool found =
        controller.empty() ? controllers.empty() : lists(core::split(controllers, ','), controller);
    if (found) return line.substr(second + 1);
  }
  return std::nullopt;
}

std::optional<std::string> shown_at(const Mount& mount, const std::string& cgroup) {
  const std::string part = mount.root == "/" ? "" : mount.root;
  const bool inside = cgroup.starts_with(part) &&
                      (cgroup.size() == part.size() || part.empty() || cgroup[part.size()] == '/');
  if (!inside) return std::nullopt;
  return mount.target + cgroup.substr(part.size());
}

std::optional<CgroupFolder> cgroup_folder(const std::string& cgroup_text,
                                          const std::vector<Mount>& host_mounts,
                                          const std::string& controller) {
  for (const bool v2 : {false, true}) {
    const auto path = cgroup_path(cgroup_text, v2 ? "" : controller);
    if (!path) continue;
    for (const Mount& mount : host_mounts) {
      const bool holds =
          v2 ? mount.type == "cgroup2" : mount.type == "cgroup" && lists(mount.super_options, controller);
      const auto folder = holds ? shown_at(mount, *path) : std::nullopt;
      if (folder) return CgroupFolder{v2, *folder};
    }
  }
  return std::nullopt;
}

double cpu_seconds_of_stat(const std::string& cpu_stat) {
  std::istringstream words(cpu_stat);
  for (std::string name, value; words >> name >> value;) {
    if (name == "usage_usec") return static_cast<double>(number<std::uint64_t>(value)) / 1e6;
  }
  not_understood("cpu.stat", cpu_stat);
}

std::optional<std::uint64_t> bytes_written_of_blkio(const std::string& io_service_bytes) {
  std::optional<std::uint64_t> sum;
  for (const std::string& line : core::split(io_service_bytes, '\n')) {
    std::istringstream words(line);
    std::string device, kind, bytes;
    if (words >> device >> kind >> bytes && kind == "Write")
      sum = sum.value_or(0) + number<std::uint64_t>(bytes);
  }
  return sum;
}

std::optional<std::uint64_t> bytes_written_of_io_stat(const std::string& io_stat) {
  constexpr const char* kKey = "wbytes=";
  std::optional<std::uint64_t> sum;
  std::istringstream words(io_stat);
  for (std::string word; words >> word;) {
    if (word.rfind(kKey, 0) == 0)
      sum = sum.value_or(0) + number<std::uint64_t>(word.substr(std::string(kKey).size()));
  }
  return sum;
}

std::uint64_t bytes_written_of_process(const std::string& io) {
  std::istringstream words(io);
  for (std::string name, value; words >> name >> value;) {
    if (name == "write_bytes:") return number<std::uint64_t>(value);
  }
  not_understood("io", io);
}

std::optional<std::uint64_t> killed_of_events(const std::string& events) {
  std::istringstream words(events);
  for (std::string name, value; words >> name >> value;) {
    if (name == "oom_kill") return number<std::uint64_t>(value);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> start_ticks(const std::string& stat) {
  const std::size_t after_name = stat.rfind(')');  // the name may hold anything
  if (after_name == std::string::npos) return std::nullopt;
  std::istringstream words(stat.substr(after_name + 1));
  const std::vector<std::string> fields{std::istream_iterator<std::string>(words), {}};
  constexpr std::size_t kStart = 22 - 3;  // the state is field 3
  if (fields.size() <= kStart || fields[0] == "Z" || fields[0] == "X") return std::nullopt;
  return number<std::uint64_t>(fields[kStart]);
}

std::optional<std::string> read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  try {
    return std::string{std::istreambuf_iterator<char>(in), {}};
  } catch (const std::ios_base::failure&) {  // a folder, or a process that ended meanwhile
    return std::nullopt;
  }
}

}  // namespace rootseal::engine
