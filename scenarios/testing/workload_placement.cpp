#include "testing/workload_placement.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace rootseal::workload {

namespace {

std::string why_unpinned(const PlacementFacts& facts) {
  if (facts.wanted_client.empty() || facts.wanted_servers.empty()) {
    return "no cores were given";
  }
  if (!facts.refused.empty()) {
    return facts.refused;
  }
  if (facts.client != facts.wanted_client) {
    return fmt::format("the client was to be on {}", cpus_text(facts.wanted_client));
  }
  for (const auto& server : facts.servers) {
    if (server != facts.wanted_servers) {
      return fmt::format("the servers were to be on {}", cpus_text(facts.wanted_servers));
    }
  }
  const bool apart = std::none_of(facts.client.begin(), facts.client.end(), [&](int cpu) {
    return std::find(facts.wanted_servers.begin(), facts.wanted_servers.end(), cpu) !=
           facts.wanted_servers.end();
  });
  return apart ? "" : "client and servers share cores";
}

}  // namespace

std::string cpus_text(const Cpus& cpus) {
  std::string text;
  for (std::size_t i = 0; i < cpus.size();) {
    std::size_t last = i;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) {
      ++last;
    }
    text += text.empty() ? "" : ",";
    text += last == i ? fmt::format("{}", cpus[i]) : fmt::format("{}-{}", cpus[i], cpus[last]);
    i = last + 1;
  }
  return text.empty() ? "none" : text;
}

std::string pin_this_thread(const Cpus& cpus) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : cpus) {
    if (cpu < 0 || cpu >= CPU_SETSIZE) {
      return fmt::format("there is no core {}", cpu);
    }
    CPU_SET(static_cast<std::size_t>(cpu), &set);
  }
  if (::sched_setaffinity(0, sizeof set, &set) != 0) {
    return fmt::format("pinning the client to {}: {}", cpus_text(cpus), std::strerror(errno));
  }
  return "";
}

Cpus affinity_of(int pid) {
  cpu_set_t set;
  CPU_ZERO(&set);
  Cpus cpus;
  if (::sched_getaffinity(pid, sizeof set, &set) != 0) {
    return cpus;
  }
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) {
      cpus.push_back(cpu);
    }
  }
  return cpus;
}

Placement judge_placement(const PlacementFacts& facts) {
  const std::string servers = facts.servers[0] == facts.servers[1]
                                  ? cpus_text(facts.servers[0])
                                  : fmt::format("{} (baseline) and {} (contender)",
                                                cpus_text(facts.servers[0]), cpus_text(facts.servers[1]));
  const std::string awake = facts.asleep.empty() ? "kept awake" : "cores may sleep: " + facts.asleep;
  const std::string found = fmt::format("client {}, servers {}, {}", cpus_text(facts.client), servers, awake);
  const std::string why = why_unpinned(facts);
  return {why.empty(), why.empty() ? found : fmt::format("unpinned: {}; {}", why, found)};
}

}  // namespace rootseal::workload
