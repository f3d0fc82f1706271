// wire/context: what the orchestrator hands a child (one read-only JSON file), and what comes back (JSON
// lines). The child knows nothing else: no global crosses the boundary. Values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "record/record.hpp"

namespace rootseal::wire {

// One stack as a child sees it. Secrets stand in files, never here.
struct StackView {
  std::string id;       // "postgres-15/readonly"
  std::string service;  // "postgres"
  std::string version;  // "15"
  std::string profile;
  std::string role;
  std::string project;    // Compose project, names volumes and networks
  std::string container;  // id of the server's container
  std::string image;      // reference
  int port = 0;           // that the server listens on, inside
  std::string user;       // of the protocol
  std::string database;   // database or vhost
  std::filesystem::path password_file;
  std::map<std::string, std::string> claims;  // "root" -> "read-only", ...: declared and verified
  std::vector<std::string> writable;          // the declared writable mounts
  std::string logs;                           // "console" or a directory inside the container
};

// A profile that a further stack can be started with.
struct ProfileView {
  std::string name;
  std::string role;
};

// A scenario as a whole is so many waits of core::patience(). The orchestrator waits longer, so that the
// scenario can say itself what it waited for.
inline constexpr int kScenarioWaits = 10;

struct Context {
  std::string run;
  std::string suite;  // "function", "recovery", "workflow", "performance"
  std::string size;   // "quick", "default", "full"
  std::uint64_t seed = 0;
  std::int64_t patience_ms = 0;    // for core::set_patience(); 0: nothing is known of the machine
  std::filesystem::path work_dir;  // scratch of this child, removed afterwards
  std::vector<StackView> stacks;   // performance: stacks[0] is the baseline, "twin" among the others
  int launch = 0;                  // performance only
  std::vector<int> client_cpus;    // performance: where the lanes run; empty = pinning refused
  std::vector<int> server_cpus;
  bool prepared = false;              // performance: the data of every workload are there already
  std::string transport = "auto";     // performance: "auto", "netns", "socket", "published"
  std::vector<ProfileView> profiles;  // scenarios: of the service's profiles in this run, the control first
};

std::string to_json_text(const Context& context);
Context context_from_json_text(const std::string& text);  // throws UsageError
Context read_context(const std::filesystem::path& file);  // throws UsageError

// Messages from a child, one JSON text a line on descriptor 3.
struct Started {  // a check began: whoever dies now was in it
  std::string check;
  std::string stack;
};
// A request for one more stack like a given one, fresh and empty unless it says otherwise; answered by a
// StackReply on the child's stdin. The orchestrator owns it and takes it down when the child says Release or
// the check ends; the data volumes of the further stacks last until the check ends.
struct StackRequest {
  std::string like;                    // id of a stack of the context
  std::string tag;                     // "restore": the new one is "<like>+restore"
  std::vector<std::string> overrides;  // texts of further Compose files; their x-rootseal amends the claims
  std::string profile;                 // one of Context::profiles; empty: as `like`
  std::string data;                    // id of a stack that does not run (any more): start on its data volume
  bool copy = false;                   // on a copy of it
  std::uint64_t data_size = 0;         // bytes: on a volume of that size, in memory
};
// A request to make a stack's container anew, by Compose, on the same volume; answered by a StackReply.
struct Recreate {
  std::string stack;
};
struct StackReply {
  std::optional<StackView> stack;
  std::string error;    // why not
  bool server = false;  // the server did not come up, or its claims do not hold: nobody else's fault
};
struct Release {
  std::string stack;
};
struct Message {  // exactly one is set
  std::optional<Started> started;
  std::optional<record::Check> check;
  std::optional<record::Task> task;  // of the check that began
  std::optional<record::Finding> finding;
  std::optional<record::Epoch> epoch;
  std::optional<StackRequest> request;
  std::optional<Recreate> recreate;
  std::optional<Release> release;
};

std::string to_line(const Message& message);         // without the newline
Message message_from_line(const std::string& line);  // throws HarnessError: the child printed garbage
std::string to_line(const StackReply& reply);
StackReply reply_from_line(const std::string& line);

}  // namespace rootseal::wire
