// profile: one way to run a service: Compose overrides, claims and a role, loaded from
// compose/<service>/<name>.yaml (the claims stand there under x-rootseal). `baseline` is compose.yaml alone.
// Values; thread-safe.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/container.hpp"
#include "record/stack.hpp"

namespace rootseal::profile {

enum class Role { control, candidate, specimen };
std::string to_text(Role role);

struct ClaimSpec {
  std::string name;                        // "root", "writable", "tmpfs", "capabilities", ...
  std::vector<std::string> values;         // one, or a list
  [[nodiscard]] std::string text() const;  // "read-only"; lists joined by ", "
};

struct Profile {
  std::string service;
  std::string name;
  std::string summary;
  Role role = Role::candidate;
  std::vector<std::filesystem::path> files;  // base first
  std::vector<ClaimSpec> claims;
  std::vector<std::string> tmpfs;  // where its Compose files put one, as they write it
  // What else may differ from the control's server, globs: names of settings, targets of mounts. What the
  // claims `root` and `writable` say needs no entry.
  std::vector<std::string> settings;
  std::vector<std::string> mounts;
  std::vector<std::string> deviations;
  std::string logs = "console";  // or a directory inside the container
  [[nodiscard]] const ClaimSpec* claim(const std::string& claim_name) const;
  // Whether it claims `value`: the claim's value, or one of its list ("tmpfs" of noexec, nosuid claims
  // "noexec").
  [[nodiscard]] bool makes(const std::string& claim_name, const std::string& value) const;
};

// `compose_dir`: the project's compose/ folder. Throws UsageError: unknown service or profile (naming the
// known ones), malformed file, unknown key or claim (naming file, line and the nearest known).
Profile load(const std::filesystem::path& compose_dir, const std::string& service, const std::string& name);
std::vector<std::string> names(const std::filesystem::path& compose_dir, const std::string& service);

// The profile's Compose files, each without its x-rootseal, then the files that they mount from beside them
// ("./x"). Variables stay variables. A file that cannot be read, or is large, is left out.
std::vector<record::File> texts_of(const Profile& profile);

// What a further Compose file (its text) says under x-rootseal of the claims: `writable` adds to the
// profile's mounts, every other claim takes the place of the profile's. Texts without that key change
// nothing. Throws UsageError as load() does, `subject` in place of the file.
void amend(Profile& profile, const std::string& override_text, const std::string& subject);

// The names and values that a claim can have ("root" -> read-only, writable). Empty values: checked by form
// only (writable: absolute paths; uid, pids: numbers; memory: a size).
const std::map<std::string, std::vector<std::string>>& known_claims();

// Verifies every claim in the running container: from its mount table, the status of PID 1, its cgroup, and
// attempts to write by `scan` (path of the static helper inside the container; empty = no attempts). Never
// from the Compose file or the engine's word. `moment` goes into the rows. A container that does not run
// leaves `holds` empty.
std::vector<record::Claim> verify(const Profile& profile, const engine::Container& container,
                                  const std::string& scan, const std::string& moment);

}  // namespace rootseal::profile
