// record/stack: one running Compose project and what was seen of it. Values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rootseal::record {

struct Image {
  std::string reference;
  std::string digest;           // image id, "sha256:..."
  std::string registry_digest;  // "postgres@sha256:..."; empty when it came from no registry
  std::string version;          // of the server, "15", "3.10"
  bool built_here = false;
};

// A file by which a stack was made, as it stands in compose/: a Compose file without its claims (they are in
// the stack's row), or one that it mounts from beside it.
struct File {
  std::string name;  // below compose/: "postgres/hardened.yaml", "postgres/hardened/pg_hba.conf"
  std::string text;
};

// A property that the profile asserts. `holds` is empty when it could not be established (never counts as
// holding).
struct Claim {
  std::string
      name;  // "root", "writable", "tmpfs", "capabilities", "no-new-privileges", "uid", "pids", "memory"
  std::string value;  // as in the profile: "read-only"; lists joined by ", "
  std::optional<bool> holds;
  std::string evidence;  // what was seen, of the last verification or of the first that failed
  std::string verified;  // "before the first suite", "after security", ... of that evidence
};

struct Stack {
  std::string id;  // "postgres-15/readonly"
  std::string service;
  std::string profile;
  std::string role;  // "control", "candidate", "specimen"
  Image image;
  bool started = false;
  double started_in = 0;    // seconds from `up` to the first protocol exchange; 0 when it did not start
  std::string start_error;  // why not; the server's last words
  std::string user;         // of process 1 when it answered, "999:999"; empty: not known
  std::string logs;         // where the profile says that logs go: "console", or a folder inside
  std::vector<Claim> claims;
  std::map<std::string, std::string> settings;  // effective settings of the server that are not its defaults
  std::vector<std::string>
      mounts;  // the container's mount table, a line each: "/run/postgresql tmpfs rw,nosuid,..."
  // Where the profile says that it differs from its control: names of settings and paths of mounts, globs.
  // What its claims `root` and `writable` say of mounts needs no entry.
  std::vector<std::string> declared_settings;
  std::vector<std::string> declared_mounts;
  std::vector<std::string> deviations;  // permitted deviations that the profile declares
  // Of a candidate as its profile has it, in the order in which Compose reads them, then what they mount;
  // empty for every other stack, and in records of before this was kept.
  std::vector<File> files;
  std::string log;  // path of the saved log, relative to the run's folder
};

}  // namespace rootseal::record
