// record/attack: one write-escape attempt by one identity on one stack, and the surface. Values.
// The first group of fields is what was seen (written by attack/); the second is judged from all rows of a
// run (verdict/) and can be judged again from disk.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record/verdict.hpp"

namespace rootseal::record {

enum class Observed { blocked, succeeded, inconclusive, skipped };
std::string to_text(Observed observed);

struct Attack {
  std::string id;  // "G01"
  std::string title;
  std::string stack;  // a liveness trial's stack carries a tag: "postgres-15/readonly+live-G16"
  std::string service;
  std::string profile;
  std::string role;      // of the profile
  std::string identity;  // "root", "service", "admin", "client", "engine"
  std::string threat;
  std::string severity;                 // "low", "medium", "high", "critical"
  std::vector<std::string> references;  // "ATT&CK T1105", "CIS 5.13"
  Observed observed = Observed::inconclusive;
  // "EROFS", "ro-mount" (EROFS of a read-only mount other than the root), "noexec", "EACCES", "EPERM",
  // "ENOSPC", "EXDEV", "server", "engine", "prerequisite", "other"; empty when it succeeded
  std::string stopped_by;
  // The claims (e.g. "root: read-only") that this stack makes and that must block this identity; empty = no
  // expectation.
  std::vector<std::string> must_be_blocked_by;
  bool by_design = false;             // the attack's own file says that the data path is meant to allow it
  bool throwaway = false;             // a liveness trial with a protection taken away: never judged by itself
  std::string protection_off;         // of a trial: what was taken away ("cap_add: SYS_ADMIN")
  std::string note;                   // why skipped or inconclusive; the residual control
  std::string remedy;                 // what would stop it where nothing does
  std::vector<std::string> evidence;  // steps, errors and outside views, a line each
  double seconds = 0;

  struct Credit {
    bool given = false;  // the read-only root gets it
    std::string reason;
  } credit;
  struct Liveness {
    bool seen = false;  // this attack by this identity was seen to succeed in this run
    std::string where;  // stack
  } liveness;
  // "prevented-by-read-only-root", "prevented-by-other-control", "prevented-on-both-sides",
  // "allowed-by-design", "residual-risk", "unknown"
  std::string classification;
  Verdict verdict = Verdict::inconclusive;
};

struct SurfaceMount {
  std::string path;
  std::string type;         // "overlay", "tmpfs", "ext4"
  std::string options;      // "rw,nosuid,nodev"
  bool executable = false;  // not mounted noexec
  std::uint64_t size = 0;   // bytes, 0 = unknown
};

// What one identity can write inside one stack, as measured.
struct Surface {
  std::string stack;
  std::string service;
  std::string profile;
  std::string identity;  // "root" or "service"
  bool measured = false;
  std::string note;  // how it was measured, what was left out; why not
  std::uint64_t directories_seen = 0;
  std::uint64_t files_seen = 0;
  std::uint64_t writable_dirs = 0;
  std::uint64_t writable_files = 0;
  std::uint64_t executable_dirs = 0;  // writable and not on a noexec mount
  std::uint64_t replaceable_executables = 0;
  std::uint64_t replaceable_configs = 0;
  std::uint64_t setuid_files = 0;
  std::vector<std::string> examples;  // the topmost writable directories, at most 50
  std::vector<SurfaceMount> mounts;   // those that hold a writable directory
  // Of these, what the profile does not declare and the engine does not make in every container.
  std::vector<std::string> undeclared;
};

}  // namespace rootseal::record
