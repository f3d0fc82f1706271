// attack/steps: carrying out the steps of an attack, and looking at its effects from outside. Not part of the
// library's interface. Faults of the engine throw HarnessError.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "attack/attack.hpp"
#include "attack/decide.hpp"

namespace rootseal::attack {

// uid 0 for "root" and for "engine", whose holder enters as whom it likes; else the user that the server runs
// as.
engine::User user_of(const std::string& identity, const service::Service& service);

// Takes them in order, entering the container once for scan steps that follow each other. `until_refused`:
// ends with the first that is not done; else each is tried. One result for each step that was tried. A
// restart gives the site its new target.
std::vector<Tried> take(const std::vector<Step>& steps, bool until_refused, const std::string& identity,
                        Site& site);

// Text from inside a container, printable and short enough for a message.
std::string shown(const std::string& text);

// What is there of the effects and traces.
struct View {
  std::size_t effects_there = 0;
  std::vector<std::string> there;  // the paths, "a writable root": what undoing has to take away
  std::vector<std::string> lines;  // for evidence
};
// `answer`: of the last step, when all steps were done.
View look(const Definition& definition, const Site& site, const std::optional<std::string>& answer);

// Why the attack cannot be tried here; empty = it can.
std::string missing_prerequisite(const Definition& definition, const std::string& identity, const Site& site,
                                 const std::map<std::string, std::string>& environment);

}  // namespace rootseal::attack
