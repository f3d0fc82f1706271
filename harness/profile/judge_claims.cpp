#include "profile/judge_claims.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/text.hpp"
#include "core/units.hpp"

namespace rootseal::profile {
namespace {

using Texts = std::vector<std::string>;

std::string engine_word(const Seen& seen) {
  return fmt::format("the engine says {}", seen.engine_says_read_only ? "read-only" : "writable");
}

// The mount table, every attempt, and the engine's word: the last for contrast only.
std::string root_evidence(const Seen& seen, const engine::Mount& root) {
  Texts lines{"mount table: " + root.text()};
  for (const auto& [directory, answer] : seen.root_attempts) {
    lines.push_back(fmt::format("attempt as uid 0 in {}", answer.text));
  }
  if (!seen.tried) lines.emplace_back("no attempts were made");
  lines.push_back(engine_word(seen));
  return core::join(lines, "; ");
}

template <typename Predicate>
long count_attempts(const Seen& seen, Predicate predicate) {
  return std::count_if(seen.root_attempts.begin(), seen.root_attempts.end(),
                       [&](const auto& attempt) { return predicate(attempt.second); });
}

Finding read_only_root(const Seen& seen, const engine::Mount& root) {
  Finding finding{std::nullopt, root_evidence(seen, root)};
  const auto all = static_cast<long>(seen.root_attempts.size());
  const long succeeded = count_attempts(seen, [](const auto& a) { return a.understood && a.ok; });
  const long refused =
      count_attempts(seen, [](const auto& a) { return a.understood && a.errno_name == "EROFS"; });
  if (root.writable() || succeeded > 0) {
    finding.holds = false;
  } else if (refused == all) {
    finding.holds = true;
  } else {
    finding.evidence = "an attempt was not refused with EROFS; " + finding.evidence;
  }
  return finding;
}

Finding writable_root(const Seen& seen, const engine::Mount& root) {
  Finding finding{std::nullopt, root_evidence(seen, root)};
  if (!root.writable()) {
    finding.holds = false;
  } else if (!seen.tried) {
    finding.holds = true;
  } else if (count_attempts(seen, [](const auto& a) { return a.understood && a.ok; }) > 0) {
    finding.holds = true;
  } else if (count_attempts(seen, [](const auto& a) { return a.understood; }) > 0) {
    finding.holds = false;  // a control whose root is not writable is no control
  }
  return finding;
}

Finding root_claim(const ClaimSpec& claim, const Seen& seen) {
  const engine::Mount* root = engine::mount_of(seen.mounts, "/");
  if (root == nullptr || root->target != "/") return {std::nullopt, "the mount table shows no '/'"};
  return claim.values.front() == "read-only" ? read_only_root(seen, *root) : writable_root(seen, *root);
}

// /etc/hosts and its like: the engine mounts them in every container, and read-only where the root is.
bool given_by_engine(const engine::Mount& mount, bool root_writable) {
  const bool follows_root = mount.target.rfind("/etc/", 0) == 0;
  return engine::engine_provided(mount) && (root_writable || !follows_root);
}

Texts undeclared_of(const Texts& found, const Texts& declared) {
  Texts rest;
  for (const auto& place : found) {
    if (std::find(declared.begin(), declared.end(), place) == declared.end()) rest.push_back(place);
  }
  return rest;
}

Texts writable_mounts(const Seen& seen) {
  const engine::Mount* root = engine::mount_of(seen.mounts, "/");
  const bool root_writable = root != nullptr && root->writable();
  Texts found;
  for (const auto& mount : seen.mounts) {
    const bool topmost = engine::mount_of(seen.mounts, mount.target) == &mount;
    if (mount.target == "/" || !topmost || !mount.writable()) continue;
    if (!given_by_engine(mount, root_writable)) found.push_back(mount.target);
  }
  return found;
}

std::string resolved(const Seen& seen, const std::string& place) {
  const auto found = seen.resolved.find(place);
  return found == seen.resolved.end() ? place : found->second;
}

Finding writable_claim(const ClaimSpec& claim, const Seen& seen) {
  Texts declared, refused;
  bool unclear = false;
  for (const auto& place : claim.values) {
    declared.push_back(resolved(seen, place));
    const auto attempt = seen.place_attempts.find(place);
    if (attempt == seen.place_attempts.end()) continue;
    if (!attempt->second.ok) refused.push_back(attempt->second.text);
    unclear = unclear || !attempt->second.understood;
  }
  const Texts found = writable_mounts(seen);
  const Texts undeclared = undeclared_of(found, declared);
  const Texts absent = undeclared_of(declared, found);
  Texts lines;
  if (!undeclared.empty()) lines.push_back("writable but not declared: " + core::join(undeclared, ", "));
  if (!absent.empty()) lines.push_back("declared but no writable mount: " + core::join(absent, ", "));
  if (!refused.empty()) lines.push_back("declared but refused: " + core::join(refused, ", "));
  lines.push_back("writable mounts: " + (found.empty() ? "none" : core::join(found, ", ")));
  lines.push_back(seen.tried ? "each declared one was tried" : "no attempts were made");
  const bool same = undeclared.empty() && absent.empty();
  if (same && unclear) return {std::nullopt, core::join(lines, "; ")};
  return {same && refused.empty(), core::join(lines, "; ")};
}

bool sized(const engine::Mount& mount, std::uint64_t host_memory) {
  for (const auto& option : mount.super_options) {
    if (option.rfind("size=", 0) != 0) continue;
    try {
      return core::parse_bytes(option.substr(5)).count < host_memory / 2;
    } catch (const core::UsageError&) {
      return false;
    }
  }
  return false;
}

// Declared as a tmpfs, and something else lies there: a volume over it, or in its stead.
Texts replaced_tmpfs(const Seen& seen) {
  Texts wrong;
  for (const auto& place : seen.declared_tmpfs) {
    const std::string target = resolved(seen, place);
    const engine::Mount* mount = engine::mount_of(seen.mounts, target);
    if (mount != nullptr && mount->target == target && mount->type == "tmpfs") continue;
    wrong.push_back(fmt::format("{} is declared as a tmpfs, but there is {}", place,
                                mount == nullptr ? "no mount" : mount->text()));
  }
  return wrong;
}

Finding tmpfs_claim(const ClaimSpec& claim, const Seen& seen) {
  Texts wrong = replaced_tmpfs(seen), fine;
  for (const auto& mount : engine::reachable(seen.mounts)) {
    if (mount.type != "tmpfs" || !mount.writable() || engine::engine_provided(mount)) continue;
    Texts missing;
    for (const auto& option : claim.values) {
      const bool there = option == "sized" ? sized(mount, seen.host_memory) : mount.has(option);
      if (!there) missing.push_back(option);
    }
    if (missing.empty())
      fine.push_back(mount.text());
    else
      wrong.push_back(fmt::format("{} is not {}", mount.text(), core::join(missing, ", ")));
  }
  if (!wrong.empty()) return {false, core::join(wrong, "; ")};
  if (fine.empty()) return {false, "there is no tmpfs but the engine's own"};
  return {true, core::join(fine, "; ")};
}

// "CapEff" -> "0000000000000000" as the status verb prints them.
Finding capabilities_claim(const Seen& seen) {
  const auto& s = seen.status;
  const std::uint64_t all =
      s.cap_effective | s.cap_permitted | s.cap_bounding | s.cap_inheritable | s.cap_ambient;
  Finding finding{
      all == 0,
      fmt::format("PID 1: CapEff {:x}, CapPrm {:x}, CapBnd {:x}, CapInh {:x}, CapAmb {:x}", s.cap_effective,
                  s.cap_permitted, s.cap_bounding, s.cap_inheritable, s.cap_ambient)};
  if (!seen.exec_status) return finding;
  if (!seen.exec_status->understood || !seen.exec_status->ok) {
    finding.evidence += "; uid 0 through exec: " + seen.exec_status->text;
    if (all == 0) finding.holds = std::nullopt;
    return finding;
  }
  finding.evidence += "; uid 0 through exec:";
  for (const char* name : {"CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb"}) {
    const std::string value = seen.exec_status->json.value(name, "unknown");
    finding.evidence += fmt::format(" {} {}", name, value);
    if (value.find_first_not_of('0') != std::string::npos) finding.holds = false;
  }
  return finding;
}

// Of PID 1 and of whoever comes in by exec: an entrypoint can set it for itself alone.
Finding no_new_privileges_claim(const Seen& seen) {
  Finding finding{seen.status.no_new_privileges,
                  fmt::format("PID 1: NoNewPrivs {}", seen.status.no_new_privileges ? 1 : 0)};
  if (!seen.exec_status) return finding;
  if (!seen.exec_status->understood || !seen.exec_status->ok) {
    finding.evidence += "; through exec: " + seen.exec_status->text;
    if (finding.holds == true) finding.holds = std::nullopt;
    return finding;
  }
  const std::string value = seen.exec_status->json.value("NoNewPrivs", "unknown");
  finding.evidence += "; through exec: NoNewPrivs " + value;
  if (value != "1") finding.holds = false;
  return finding;
}

Finding limit_claim(const ClaimSpec& claim, const Limit& limit) {
  if (!limit.value) return {std::nullopt, limit.source};
  return {*limit.value == claim.values.front(), fmt::format("{}: {}", limit.source, *limit.value)};
}

}  // namespace

Finding judge_claim(const ClaimSpec& claim, const Seen& seen) {
  if (!seen.unobservable.empty()) return {std::nullopt, seen.unobservable};
  if (claim.name == "root") return root_claim(claim, seen);
  if (claim.name == "writable") return writable_claim(claim, seen);
  if (claim.name == "tmpfs") return tmpfs_claim(claim, seen);
  if (claim.name == "capabilities") return capabilities_claim(seen);
  if (claim.name == "pids") return limit_claim(claim, seen.pids);
  if (claim.name == "memory") return limit_claim(claim, seen.memory);
  if (claim.name == "no-new-privileges") {
    return no_new_privileges_claim(seen);
  }
  if (claim.name == "uid") {
    const std::string uid = std::to_string(seen.status.uids.at(1));
    return {uid == claim.values.front(), fmt::format("PID 1: effective uid {}", uid)};
  }
  return {std::nullopt, fmt::format("nobody knows how to verify the claim '{}'", claim.name)};
}

std::vector<record::Claim> verify(const Profile& profile, const engine::Container& container,
                                  const std::string& scan, const std::string& moment) {
  const Seen seen = observe(profile, container, scan);
  std::vector<record::Claim> rows;
  for (const auto& claim : profile.claims) {
    const Finding finding = judge_claim(claim, seen);
    rows.push_back({claim.name, claim.text(), finding.holds, finding.evidence, moment});
  }
  return rows;
}

}  // namespace rootseal::profile
