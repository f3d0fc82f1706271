// verdict/sample_epochs: epochs and stacks for the tests of comparisons. For verdict/'s tests only.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "verdict/compare.hpp"

namespace rootseal::verdict::sample_parts {

inline constexpr const char* kReadonly = "postgres-15/readonly";
inline constexpr const char* kHardened = "postgres-15/hardened";
inline constexpr const char* kTwin = "postgres-15/baseline-twin";
inline constexpr const char* kBaseline = "postgres-15/baseline";

// 1000 operations in 2 s and 4000 at once in 2 s on the baseline; the contender's times are `slowdown` of
// that.
inline record::Epoch epoch(const std::string& stack, int launch, double slowdown = 1) {
  record::Epoch epoch;
  epoch.service = "postgres";
  epoch.workload = "select_one_row";
  epoch.stack = stack;
  epoch.against = stack.substr(0, stack.find('/')) + "/baseline";
  epoch.launch = launch;
  epoch.number = 1;
  epoch.transport = "netns";
  epoch.placement = "client 0, servers 1";
  epoch.baseline = {{"operations", 1000},
                    {"seconds", 2},
                    {"p50", 2e-3},
                    {"p99", 4e-3},
                    {"parallel_operations", 4000},
                    {"parallel_seconds", 2},
                    {"connections", 4},
                    {"server_cpu", 1},
                    {"client_cpu", 0.5}};
  epoch.contender = epoch.baseline;
  epoch.contender["parallel_operations"] = 4000 / slowdown;
  epoch.contender["p50"] = 2e-3 * slowdown;
  epoch.contender["p99"] = 4e-3 * slowdown;
  return epoch;
}

// An even number of launches whose log slowdowns have this mean and exactly this standard deviation.
inline std::vector<record::Epoch> launches(const std::string& stack, int count, double mean,
                                           double deviation) {
  std::vector<record::Epoch> all;
  const double away = deviation * std::sqrt((count - 1.0) / count);
  for (int i = 1; i <= count; ++i)
    all.push_back(epoch(stack, i, std::exp(mean + (i % 2 == 0 ? away : -away))));
  return all;
}

inline std::vector<record::Epoch> operator+(std::vector<record::Epoch> a,
                                            const std::vector<record::Epoch>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline record::Stack stack(const std::string& id, const std::string& role) {
  record::Stack stack;
  stack.id = id;
  stack.role = role;
  stack.started = true;
  stack.settings = {{"fsync", "on"}, {"shared_buffers", "128MB"}};
  stack.mounts = {"/ overlay rw,relatime", "/etc/hosts ext4 rw,relatime", "/data ext4 rw,relatime",
                  "/dev/shm tmpfs rw,nosuid size=65536k"};
  return stack;
}

inline record::Stack candidate(const std::string& id) {
  record::Stack made = stack(id, "candidate");
  made.claims = {{"root", "read-only", true, "", ""}, {"writable", "/data, /run/db", true, "", ""}};
  made.mounts[0] = "/ overlay ro,relatime";
  made.mounts[1] = "/etc/hosts ext4 ro,relatime";
  made.mounts.push_back("/run/db tmpfs rw,noexec size=1024k");
  return made;
}

inline std::vector<record::Stack> stacks() {
  return {stack(kBaseline, "control"), stack(kTwin, "control"), candidate(kReadonly), candidate(kHardened)};
}

inline const record::Comparison* find(const std::vector<record::Comparison>& all, const std::string& stack,
                                      const std::string& metric) {
  for (const record::Comparison& row : all) {
    if (row.stack == stack && row.metric == metric) return &row;
  }
  return nullptr;
}

}  // namespace rootseal::verdict::sample_parts
