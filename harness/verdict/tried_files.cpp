#include "verdict/tried_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "core/text.hpp"
#include "verdict/advice_parts.hpp"

namespace rootseal::verdict {
namespace {

using record::Stack;

constexpr std::size_t kServiceKeyIndent = 4;  // of a key of the service: "services:", "  server:", " image:"
constexpr std::array<const char*, 8> kAdvisedAlone{"read_only", "tmpfs",      "user",      "cap_drop",
                                                   "volumes",   "pids_limit", "mem_limit", "security_opt"};

// Entries of lists in the Compose files, without the dash and a remark.
std::vector<std::string> entries(const Stack& stack) {
  std::vector<std::string> all;
  for (const auto& file : stack.files) {
    if (!is_compose_file(file)) continue;
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

// What only the trying needs: the run's own user and the variables by which it says image and secrets.
std::string with_own_marked(const record::File& file) {
  if (!is_compose_file(file)) return file.text;
  std::string text;
  for (const auto& line : core::split(file.text, '\n')) {
    const bool own = line.find("ROOTSEAL_") != std::string::npos || line.ends_with(": rootseal");
    text += line + (own ? "  # for the trial only: put yours\n" : "\n");
  }
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
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

std::string own_file(const Stack& stack) { return stack.service + "/" + stack.profile + ".yaml"; }

std::string tried_otherwise(const Stack& stack) {
  std::string lines;
  for (const auto& file : stack.files) {
    if (file.name != own_file(stack)) continue;
    bool inside = false;
    bool taken = false;
    for (const auto& line : core::split(file.text, '\n')) {
      const auto at = line.find_first_not_of(' ');
      if (at == std::string::npos) continue;
      if (at == 0) inside = line.starts_with("services:");
      if (at <= kServiceKeyIndent)
        taken = at == kServiceKeyIndent && line[at] != '#' &&
                !advised_alone(line.substr(at, line.find(':') - at));
      if (inside && taken) lines += line.substr(kServiceKeyIndent) + "\n";
    }
  }
  return lines;
}

Recommendation tried_files(const record::Record& record, const Stack& stack, bool smallest) {
  const Passed checks = passed(record, stack);
  const std::string& service = stack.service;
  Recommendation all;
  all.id = fmt::format("{}/file-{}", service, stack.profile);
  all.service = service;
  all.kind = "compose";
  all.whole = true;
  all.title = fmt::format("The whole files that were tried: {}{}", stack.profile,
                          smallest ? ", the smallest change" : "");
  all.lines = fmt::format("# docker compose -f compose/{0}/compose.yaml -f compose/{0}/{1}.yaml up -d\n",
                          service, stack.profile);
  std::vector<std::string> mounted;
  for (const auto& file : stack.files) {
    all.lines += fmt::format("\n# compose/{}:\n{}", file.name, with_own_marked(file));
    if (!all.lines.ends_with('\n')) all.lines += '\n';
    all.evidence.push_back(fmt::format("{}: file {}", stack.id, file.name));
    if (!is_compose_file(file)) mounted.push_back("./" + file.name.substr(file.name.find('/') + 1));
  }
  all.why = fmt::format(
      "{} on {} with all of it. The run added a read-only /opt/rootseal for its own "
      "tools, labels, and what single scenarios say that they need.",
      checks.text, stack.id);
  if (stack.files.empty())
    all.why += " This record was made before the files were kept in it: look for them in the project.";
  if (!mounted.empty())
    all.why += fmt::format(" It mounts {} from beside it: put them there, readable for its user.",
                           core::join(mounted, ", "));
  all.why += fmt::format(
      " The image and the folder of the secret files are variables that you set, and the user is that of the "
      "trial (marked); compose/{}/README.md names the secret files.",
      service);
  for (const auto& id : checks.ids) all.evidence.push_back(fmt::format("{}: check {}", stack.id, id));
  return all;
}

}  // namespace rootseal::verdict
