// engine/resources: everything on the engine that carries a run's label, and taking it away. Used by
// tear-down, the reaper and `rootseal clean`. Touches only what carries the label (anonymous volumes are
// found through the labelled containers that mount them). Thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/docker.hpp"

namespace rootseal::engine {

struct Resource {
  enum class Kind { container, network, volume } kind;
  std::string id;  // or name
  std::string name;
  std::string run;    // value of kRunLabel
  std::string owner;  // value of kOwnerLabel
  std::string stack;
  bool kept = false;
};

// All with kRunLabel, or those of one run, or of that those that one Compose project made. Throws
// HarnessError.
std::vector<Resource> labelled(const Docker& docker, const std::string& run = "",
                               const std::string& project = "");

struct Removal {
  int containers = 0, networks = 0, volumes = 0;  // that are gone now, by our hand or already
  std::vector<std::string> failed;                // a message each, of the last attempt
};
// Containers (at once, by force, with their anonymous volumes), then networks, then volumes. What the engine
// refuses is in `failed`; throws HarnessError only when it cannot be asked at all, Interrupted on
// cancellation (shield it).
Removal remove(const Docker& docker, const std::vector<Resource>& resources);
// Repeats until nothing of the run (and project, as for labelled()) is found `stable` times in a row (a
// Compose that was killed may still create), at most until the deadline. What is left then is in `failed`.
Removal remove_run(const Docker& docker, const std::string& run, const core::Deadline& deadline,
                   int stable = 2, const std::string& project = "");

// "pid:start ticks:boot id" of this process, and whether the process that wrote such a text is alive.
std::string owner_of_this_process();
bool owner_alive(const std::string& owner);

}  // namespace rootseal::engine
