// record/environment: where a run took place, as read from the engine and the kernel. Values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rootseal::record {

struct Tool {
  std::string version;  // of rootseal
  std::string git;      // commit it was built from, "-dirty" appended when the tree was changed; "unknown"
};

struct Environment {
  std::string kernel;        // uname -r
  int cpus = 0;              // that this process may use
  std::uint64_t memory = 0;  // bytes
  std::string docker;        // engine's version
  std::string docker_client;
  std::string compose;           // "v1 1.29.2", "v2 2.26.1"
  std::string runtime;           // "runc 1.1.5"
  std::string storage_driver;    // "overlay2"
  std::string cgroup;            // "v1", "v2"
  std::vector<std::string> lsm;  // the engine's security options: "seccomp", "apparmor"
  std::string os;                // of the engine's host
};

}  // namespace rootseal::record
