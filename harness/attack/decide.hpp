// attack/decide: what an attempt came to, from what was seen of it. Pure. Not part of the library's
// interface.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "attack/attack.hpp"
#include "profile/profile.hpp"

namespace rootseal::attack {

// One step as it went.
struct Tried {
  bool done = false;
  // When not done: "EROFS", ..., "server", "engine"; "other" = no known protection, so perhaps ours.
  std::string stopped_by;
  std::string answer;  // what the step printed or the server answered
  std::string text;    // for evidence
};

// Everything that decides.
struct Outcome {
  bool refused = false;  // some step was not done
  std::string stopped_by;
  std::size_t effects_there = 0, effects_all = 0;
  bool running = true;        // the container, afterwards
  std::string last_log_line;  // of a container that does not run
  bool gone = true;           // after undoing, nothing of it is left
  std::string left;           // what is
};

struct Decision {
  record::Observed observed = record::Observed::inconclusive;
  std::string stopped_by;
  std::string note;
};

Decision decide(const Outcome& outcome);

// What stopped a scan verb. A program or library that must not be executed where it lies is "noexec",
// whatever errno.
std::string stopper_of_scan(const std::string& verb, const std::string& errno_name, bool noexec);
// EROFS of a path that leads to a read-only mount other than the root is not the root's: "ro-mount".
std::string stopper_of_mount(const std::string& stopper, const std::string& path,
                             const std::vector<engine::Mount>& table);
// The first absolute path that stands in quotes in a message; empty when there is none.
std::string path_in(const std::string& text);
// What the words of a program or a server say. `noexec`: the program lies on a noexec mount. `server`: it is
// the answer of a server, which also refuses by its own rules.
std::string stopper_of_text(const std::string& text, bool noexec, bool server);

// Why what a successful attack left behind does nothing on a server with these settings; empty: it does.
std::string dormant_because(const Definition& definition, const std::map<std::string, std::string>& settings);

// "root: read-only", ...: the claims by which this profile must block this identity. Empty = no expectation.
std::vector<std::string> must_be_blocked_by(const Definition& definition, const profile::Profile& profile,
                                            const std::string& identity);

}  // namespace rootseal::attack
