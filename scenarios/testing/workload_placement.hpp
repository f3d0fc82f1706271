// testing/workload_placement: which cores the client and the servers really run on. Placement is the largest
// noise there is, so it is looked at, not assumed: the record says what was found, and why when it is not as
// asked. Functions; pin_this_thread changes the calling thread (threads started later inherit it).
#pragma once

#include <array>
#include <string>
#include <vector>

namespace rootseal::workload {

using Cpus = std::vector<int>;  // sorted, without duplicates

std::string cpus_text(const Cpus& cpus);  // "0-2,5"; "none" when empty

// Empty, or why not ("pinning to 7: Invalid argument").
std::string pin_this_thread(const Cpus& cpus);

// The cores that a process may use (0: the calling thread): the cpuset of its cgroup and its own mask
// together. Empty when the process cannot be asked.
Cpus affinity_of(int pid);

struct PlacementFacts {
  Cpus wanted_client, wanted_servers;
  std::string refused;          // what pin_this_thread() said
  Cpus client;                  // as found
  std::array<Cpus, 2> servers;  // PID 1 of either side, as found
  std::string asleep;           // why the cores may go to sleep (AwakeCores); empty: they are kept awake
};

struct Placement {
  bool pinned = false;
  // "client 0, servers 1, kept awake"; "client 0, servers 1, cores may sleep: <why>";
  // "unpinned: <why>; client 0-1, servers 0-1, kept awake"
  std::string text;
};

// Pinned: the client and both servers are where they were wanted, on cores apart.
Placement judge_placement(const PlacementFacts& facts);

}  // namespace rootseal::workload
