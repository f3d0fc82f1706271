#include "verdict/differences.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/text.hpp"
#include "verdict/names.hpp"

namespace rootseal::verdict {
namespace {

using record::Stack;

bool listed(const std::vector<std::string>& globs, const std::string& name) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return core::glob_matches(glob, name); });
}

bool claims(const Stack& stack, const std::string& name, const std::string& value) {
  for (const record::Claim& claim : stack.claims) {
    if (claim.name != name) continue;
    for (const std::string& each : core::split(claim.value, ',')) {
      if (each.substr(std::min(each.find_first_not_of(' '), each.size())) == value) return true;
    }
  }
  return false;
}

using Named = std::map<std::string, std::string>;

// By target; of several over one place the last is the one that is seen.
Named mounts_of(const Stack& stack) {
  Named mounts;
  for (const std::string& line : stack.mounts) {
    const std::size_t space = std::min(line.find(' '), line.size());
    mounts[line.substr(0, space)] = line.substr(std::min(space + 1, line.size()));
  }
  return mounts;
}

// "overlay ro,relatime" of "overlay rw,relatime".
std::string made_read_only(std::string options) {
  const std::size_t at = options.find(" rw");
  if (at != std::string::npos) options.replace(at, 3, " ro");
  return options;
}

// With a read-only root the engine mounts the files that it manages read-only as well.
bool follows_the_root(const std::string& target) {
  static const std::set<std::string> all{"/", "/etc/resolv.conf", "/etc/hostname", "/etc/hosts"};
  return all.contains(target);
}

bool mount_is_declared(const Stack& contender, const std::string& target, const std::string* here,
                       const std::string* there) {
  if (listed(contender.declared_mounts, target)) return true;
  if (here == nullptr) return false;
  if (there == nullptr) return claims(contender, "writable", target);
  return follows_the_root(target) && claims(contender, "root", "read-only") &&
         *here == made_read_only(*there);
}

const std::string* at(const Named& all, const std::string& name) {
  const auto found = all.find(name);
  return found == all.end() ? nullptr : &found->second;
}

// `absent`: what to say of a name that one of them does not have.
template <class Declared>
void compare_named(std::vector<std::string>& found, const char* what, const char* absent,
                   const Stack& contender, const Stack& control, const std::array<Named, 2>& values,
                   const Declared& declared) {
  std::set<std::string> names;
  for (const Named& side : values) {
    for (const auto& [name, value] : side) names.insert(name);
  }
  for (const std::string& name : names) {
    const std::string* here = at(values[0], name);
    const std::string* there = at(values[1], name);
    if (here != nullptr && there != nullptr && *here == *there) continue;
    if (declared(name, here, there)) continue;
    const auto text = [&](const std::string* value) {
      return value == nullptr ? absent : value->empty() ? "empty" : value->c_str();
    };
    found.push_back(fmt::format("{} {} is {} on {}, {} on {}", what, name, text(here), contender.id,
                                text(there), control.id));
  }
}

}  // namespace

std::vector<std::string> undeclared_differences(const Stack& contender, const Stack& control) {
  std::vector<std::string> found;
  compare_named(found, "setting", "the default", contender, control, {contender.settings, control.settings},
                [&](const std::string& name, const std::string*, const std::string*) {
                  return listed(contender.declared_settings, name);
                });
  for (const Stack* stack : {&contender, &control}) {
    if (stack->mounts.empty()) found.push_back("the mounts of " + stack->id + " were not recorded");
  }
  if (contender.mounts.empty() || control.mounts.empty()) return found;
  compare_named(found, "mount", "absent", contender, control, {mounts_of(contender), mounts_of(control)},
                [&](const std::string& target, const std::string* here, const std::string* there) {
                  return mount_is_declared(contender, target, here, there);
                });
  return found;
}

std::vector<std::string> undeclared_differences(const std::vector<Stack>& stacks,
                                                const std::string& contender, const std::string& control) {
  const Stack* here = find_stack(stacks, contender);
  const Stack* there = find_stack(stacks, control);
  if (here != nullptr && there != nullptr) return undeclared_differences(*here, *there);
  return {
      fmt::format("settings and mounts of {} are not in the record", here == nullptr ? contender : control)};
}

}  // namespace rootseal::verdict
