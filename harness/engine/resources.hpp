// engine/resources: everything on the engine that carries a run's label, and taking it away. Used by tear-down, the
// reaper and `rootseal clean`. Touches only what carries the label (anonymous volumes are found through the labelled
// containers that mount them). Thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/docker.hpp"

namespace rootseal::engine {

struct Resource {
  enum class Kind { container, network, volume } kind;
  std::string id;     // or name
  std::string name;
  std::string run;    // value of kRunLabel
  std::string owner;  // value of kOwnerLabel
  std::string stack;
  bool kept = false;
};

// All with kRunLabel, or those of one run.
std::vector<Resource> labelled(const Docker& docker, const std::string& run = "");

struct Removal {
  int containers = 0, networks = 0, volumes = 0;
  std::vector<std::string> failed;  // a message each
};
Removal remove(const Docker& docker, const std::vector<Resource>& resources);
// Repeats until nothing of the run is found `stable` times in a row (a Compose that was killed may still create), at
// most until the deadline.
Removal remove_run(const Docker& docker, const std::string& run, const core::Deadline& deadline, int stable = 2);

// "pid:start ticks:boot id" of this process, and whether the process that wrote such a text is alive.
std::string owner_of_this_process();
bool owner_alive(const std::string& owner);

}  // namespace rootseal::engine
