// attack: write-escape attempts as data. One YAML file is one attack; this loads, validates and runs them.
//
// Order of calls: load_all (throws UsageError for a malformed file, naming file, line and the nearest known
// key), validate() once the service is known, then run() per attack, identity and stack, which tries, looks
// at the effect from outside, and undoes. Values; run() is thread-safe for different stacks. The format:
// scenarios/attacks/README.md.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/container.hpp"
#include "profile/profile.hpp"
#include "record/attack.hpp"
#include "service/service.hpp"

namespace rootseal::attack {

// One step of an action or of its undoing. Exactly one kind.
struct Step {
  enum class Kind { scan, exec, admin, copy, restart } kind = Kind::exec;
  // scan: verb and arguments of rootseal-scan; exec: program; copy: path and text; may hold ${facts}
  std::vector<std::string> argv;
  std::string statement;              // admin
  std::optional<std::string> expect;  // text that the step's answer must equal to count as done
};

// How the effect is seen, from outside. All must be there for "succeeded"; some of them are neither that nor
// "blocked".
struct Effect {
  enum class Kind {
    file_contains,
    file_same_as,
    file_exists,
    root_writable,
    full,
    answer
  } kind = Kind::file_exists;
  std::string path;
  std::string value;  // text, or the path to compare with, or the answer of the last step
};

struct Expectation {
  std::map<std::string, std::string> claims;  // all of which the stack must make: "root" -> "read-only"
  // Places that its claim `writable` must leave out: neither they nor a folder above them is named there.
  std::vector<std::string> not_writable;
  std::vector<std::string> identities;
};

struct Definition {
  std::string id, title, threat, severity;
  std::vector<std::string> references;
  std::vector<std::string> services;  // empty = every service (scenarios/attacks/any); else its folder's
  std::vector<std::string> identities;
  std::vector<std::string> needs_tools;  // programs inside the container; missing = skipped with the reason
  std::map<std::string, std::string>
      needs_claims;                // without which the attack means nothing; not made = skipped
  std::vector<Step> action, undo;  // of root: as uid 0; of service and admin: as the service's user
  std::vector<std::string>
      traces;  // further paths that must be absent before the action and after the undoing
  std::vector<Effect> effects;
  std::vector<Expectation> blocked_when;
  bool by_design = false;
  bool own_stack = false;  // restarts, fills or destroys: never in a stack that others use
  std::string remedy;
  // Where the server has this setting, what the attack leaves behind does nothing by itself; `note` says why.
  struct Dormant {
    std::string setting, value, note;
  };
  std::optional<Dormant> dormant_where;
  struct Liveness {
    std::string override_text;  // Compose override (of the service `server`) that takes one protection away
    std::string protection;     // "capabilities: SYS_ADMIN added"
    std::map<std::string, std::string> on;  // claims that the throw-away stack's profile must make
  };
  std::optional<Liveness> liveness;
  std::filesystem::path file;
};

// `folder`: scenarios/attacks. Sorted by id; a duplicate id is an error.
std::vector<Definition> load_all(const std::filesystem::path& folder);
Definition load(const std::filesystem::path& file);
// Throws UsageError naming the file when it uses a ${fact} that the service does not have, or is of this
// service alone and about a threat that does not concern it.
void validate(const Definition& definition, const service::Description& service);
// Those of `service` whose id matches the glob ("*", "G0?"). Empty result is the caller's to refuse.
std::vector<Definition> select(const std::vector<Definition>& all, const std::string& service,
                               const std::string& glob);

// Threats (record::kThreats) that concern this service, by its kind, and about which none of `all` is that is
// tried on it.
std::vector<std::string> threats_without_attack(const std::vector<Definition>& all,
                                                const service::Description& service);

// The stack an attack acts in. The caller owns everything behind it.
struct Site {
  std::string stack;
  const profile::Profile* profile = nullptr;
  const service::Service* service = nullptr;
  const engine::Container* container = nullptr;
  service::Target target;
  std::function<service::Target()> target_now;  // after a restart, which changes the port; for own stacks
  std::string scan = "/opt/rootseal/rootseal-scan";  // inside the container
  std::filesystem::path payloads;                    // on this machine: files for ${hex:NAME}
  std::string version;  // of the server, for ${version}; empty = asked of the image's environment
  // Of the container, by environment_of(); empty = asked for each attempt.
  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> settings;  // of the server, as far as they were asked for
  bool throwaway = false;
  std::string protection_off;
};

// The environment of the container as the engine has it: PATH, and what tells the server's version.
std::map<std::string, std::string> environment_of(const engine::Container& container);

// Tries one identity and undoes. Faults of the harness become an inconclusive row, not an exception
// (Interrupted passes).
record::Attack run(const Definition& definition, const std::string& identity, const Site& site);

// What `identity` ("root", "service") can write inside, by rootseal-scan, and what of it the profile does not
// declare.
record::Surface measure_surface(const Site& site, const std::string& identity);
// Of the mounts in which somebody can write: neither declared, nor a mount that the engine makes in every
// container. Pure.
std::vector<std::string> undeclared(const std::vector<std::string>& writable,
                                    const std::vector<std::string>& declared, bool root_declared,
                                    const std::vector<engine::Mount>& table);

}  // namespace rootseal::attack
