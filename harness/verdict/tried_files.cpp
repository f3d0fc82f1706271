#include "verdict/tried_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "core/text.hpp"
#include "verdict/advice.hpp"

namespace rootseal::verdict {
namespace {

using record::Stack;

constexpr const char* kEnding = ".yaml";
constexpr std::size_t kKeyIndent = 4;  // of a key of the service: "services:", "  server:", "    image:"
constexpr std::array<const char*, 8> kAdvisedAlone{"read_only", "tmpfs",      "user",      "cap_drop",
                                                   "volumes",   "pids_limit", "mem_limit", "security_opt"};

// Entries of lists in the Compose files, without the dash and a remark.
std::vector<std::string> entries(const Stack& stack) {
  std::vector<std::string> all;
  for (const auto& file : stack.files) {
    if (!file.name.ends_with(kEnding)) continue;
    for (const auto& line : core::split(file.text, '\n')) {
      const auto at = line.find_first_not_of(' ');
      if (at == std::string::npos || line.compare(at, 2, "- ") != 0) continue;
      std::string entry = line.substr(at + 2);
      entry = entry.substr(0, entry.find(" #"));
      all.push_back(entry.substr(0, entry.find_last_not_of(' ') + 1));
    }
  }
  return all;
}

bool advised_alone(const std::string& key) {
  return std::find(kAdvisedAlone.begin(), kAdvisedAlone.end(), key) != kAdvisedAlone.end();
}

}  // namespace

std::string tried_volume(const Stack& stack, const std::string& place) {
  for (const auto& entry : entries(stack)) {
    const auto at = entry.rfind(":" + place);
    if (at == std::string::npos) continue;
    const std::string rest = entry.substr(at + 1 + place.size());
    if (rest.empty() || rest[0] == ':') return entry;
  }
  return "";
}

std::string as_tried(const Stack& stack, const std::string& place) {
  const std::string by_link = "/var" + place;
  const auto all = entries(stack);
  const bool linked =
      place.starts_with("/run/") && std::any_of(all.begin(), all.end(), [&](const auto& each) {
        return each == by_link || each.starts_with(by_link + ":");
      });
  return linked ? by_link : place;
}

std::string tried_otherwise(const Stack& stack) {
  std::string lines;
  for (const auto& file : stack.files) {
    if (!file.name.ends_with("/" + stack.profile + kEnding)) continue;
    bool inside = false;
    bool taken = false;
    for (const auto& line : core::split(file.text, '\n')) {
      const auto at = line.find_first_not_of(' ');
      if (at == std::string::npos) continue;
      if (at == 0) inside = line.starts_with("services:");
      if (at <= kKeyIndent)
        taken = at == kKeyIndent && line[at] != '#' && !advised_alone(line.substr(at, line.find(':') - at));
      if (inside && taken) lines += line.substr(kKeyIndent) + "\n";
    }
  }
  return lines;
}

Recommendation tried_files(const record::Record& record, const Stack& stack, bool smallest) {
  std::set<std::string> checks;
  for (const auto& check : record.checks) {
    if (of(check.stack, stack) && check.verdict == record::Verdict::pass && !harness_own(check))
      checks.insert(check.id);
  }
  const std::string& service = stack.service;
  Recommendation all;
  all.id = fmt::format("{}/file-{}", service, stack.profile);
  all.service = service;
  all.kind = "compose";
  all.title =
      fmt::format("The file that was tried: {}{}", stack.profile, smallest ? ", the smallest change" : "");
  all.lines = fmt::format("# docker compose -f compose/{0}/compose.yaml -f compose/{0}/{1}.yaml up -d\n",
                          service, stack.profile);
  std::vector<std::string> mounted;
  for (const auto& file : stack.files) {
    all.lines += fmt::format("\n# compose/{}:\n{}", file.name, file.text);
    if (!all.lines.ends_with('\n')) all.lines += '\n';
    all.evidence.push_back(fmt::format("{}: file {}", stack.id, file.name));
    if (!file.name.ends_with(kEnding)) mounted.push_back("./" + file.name.substr(file.name.find('/') + 1));
  }
  all.why = fmt::format(
      "{} check{} on {} with all of it. The run added a read-only /opt/rootseal for its own "
      "tools, labels, and what single scenarios say that they need.",
      checks.size(), checks.size() == 1 ? " passes" : "s pass", stack.id);
  if (stack.files.empty())
    all.why += " This record was made before the files were kept in it: look for them in the project.";
  if (!mounted.empty())
    all.why += fmt::format(" It mounts {} from beside it: put them there, readable for its user.",
                           core::join(mounted, ", "));
  all.why += fmt::format(
      " The image and the folder of the secret files are variables that you set; compose/{}/README.md names "
      "the "
      "secret files.",
      service);
  for (const auto& id : checks) all.evidence.push_back(fmt::format("{}: check {}", stack.id, id));
  return all;
}

}  // namespace rootseal::verdict
