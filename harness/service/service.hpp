// service: what a service is to rootseal: a description (data) and small optional capabilities. A service
// registers itself by one static Registration in its folder; everything else looks it up by name and asks
// what it can do. Implementations are stateless and thread-safe; connections live inside one call or one
// returned object.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/deadline.hpp"
#include "core/error.hpp"
#include "core/secret.hpp"
#include "engine/container.hpp"

namespace rootseal::service {

// The server under test refused, broke off, died or did not answer in time. An observation about the server,
// not a fault of the harness: a scenario in which it is thrown fails. Everything here that talks to a server
// may throw it.
class ServerError : public core::HarnessError {
 public:
  using core::HarnessError::HarnessError;
};

// How to reach a server and as whom.
struct Target {
  std::string subject;  // stack id, for messages
  std::string host = "127.0.0.1";
  int port = 0;
  std::string user;
  core::Secret password;
  std::string database;  // database or vhost
};

struct Description {
  std::string name;            // "postgres": its folders everywhere are called so
  std::string title;           // "PostgreSQL"
  std::string kind;            // "database", "message-queue": which threats concern it
  int port = 0;                // inside the container
  engine::User user;           // that the server runs as
  std::string login;           // protocol user of the run
  std::string database;        // database or vhost of the run
  std::string official_image;  // pinned: "postgres:15.14-bookworm"
  // ${...} of attack files: "data_dir", "config_dir", "plugins_dir", ..., for the version of the official
  // image; Service::facts() has them for another.
  std::map<std::string, std::string> facts;
  std::string compose_volume = "data";  // the volume that holds the data
  // Each of these ends it in order: nothing lost, status 0 ("TERM", "INT").
  std::vector<std::string> stop_signals;
  // What its log says, in one of these texts, when there is no space left for its data.
  std::vector<std::string> says_full;
  std::string socket;  // directory inside with a unix socket that clients can use; empty: there is none
};

// A prepared answer of the server to an administrator's statement.
struct AdminReply {
  bool ok = false;
  std::string text;   // first column of the first row, or what was printed; untrusted
  std::string error;  // the server's refusal, with its SQLSTATE or the like
};

// Someone who talks to the server as its most powerful user (SQL superuser; holder of the Erlang cookie).
class Admin {
 public:
  virtual ~Admin() = default;
  virtual AdminReply execute(const Target& target, const engine::Container& container,
                             const std::string& statement, const core::Deadline& deadline) const = 0;
};

// An append-only journal kept in the server: what a writer was told is safe must be there afterwards.
class Ledger {
 public:
  class Writer {
   public:
    virtual ~Writer() = default;
    // Writes entry `number` with `payload`; returns true once the server acknowledged it as durable, false
    // when the connection died or the deadline passed (the entry may or may not be there). Throws ServerError
    // when the server says that it takes nothing: then there is nothing to wait for.
    virtual bool append(std::uint64_t number, const std::string& payload, const core::Deadline& deadline) = 0;
  };
  virtual ~Ledger() = default;
  // Returns once the empty journal itself would survive a kill; entries are what a scenario is about.
  virtual void create(const Target& target, const engine::Container& container,
                      const std::string& name) const = 0;
  virtual std::unique_ptr<Writer> writer(const Target& target, const std::string& name) const = 0;
  // Every entry, number -> payload; one found twice, or before an earlier one of its writer, or whose payload
  // does not match the checksum it was stored with, throws ServerError naming it.
  virtual std::map<std::uint64_t, std::string> read(const Target& target, const std::string& name) const = 0;
  // Also when there is none of that name.
  virtual void drop(const Target& target, const std::string& name) const = 0;
};

class Service {
 public:
  virtual ~Service() = default;
  [[nodiscard]] virtual const Description& description() const = 0;
  // "15", "3.10": from the image's environment, as the official images set it. Empty when it does not say.
  [[nodiscard]] virtual std::string version(
      const std::map<std::string, std::string>& image_environment) const = 0;
  // description().facts as they are in an image of `version` (empty = not known).
  [[nodiscard]] virtual std::map<std::string, std::string> facts(const std::string& /*version*/) const {
    return description().facts;
  }
  // Entries of the ledger up to so many bytes are written before they are acknowledged; larger ones, in
  // `version`, may be acknowledged and then refused by a full volume. That is the server's own, whatever its
  // root.
  [[nodiscard]] virtual std::size_t written_before_acknowledged(const std::string& /*version*/) const {
    return std::numeric_limits<std::size_t>::max();
  }
  // Files for ${ROOTSEAL_SECRETS}: name -> content, of which one is named "password" and holds the password
  // alone.
  [[nodiscard]] virtual std::map<std::string, core::Secret> secret_files(
      const core::Secret& password) const = 0;
  // One real protocol exchange. Empty = it succeeded; else why not, for the last message of the wait.
  [[nodiscard]] virtual std::string probe(const Target& target, const core::Deadline& deadline) const = 0;
  // Effective settings that are not the server's defaults.
  [[nodiscard]] virtual std::map<std::string, std::string> settings(
      const Target& target, const engine::Container& container) const = 0;
  // Variables for a server that boots on all `cores` of the machine and is confined to `confined` of them
  // once it is ready: with them it sizes itself as if it had booted there. The same on all sides of a
  // comparison. Empty: it does not look at the number of cores.
  [[nodiscard]] virtual std::map<std::string, std::string> sized_for(int /*cores*/, int /*confined*/) const {
    return {};
  }
  // Makes the data on the volume complete for a snapshot (CHECKPOINT); the caller then stops the server.
  virtual void quiesce(const Target& target) const = 0;
  // A line that a scenario can make the server log: causes it, returns the text to look for (contains
  // `token`).
  [[nodiscard]] virtual std::string provoke_log_line(const Target& target,
                                                     const std::string& token) const = 0;
  [[nodiscard]] virtual const Ledger* ledger() const { return nullptr; }
  [[nodiscard]] virtual const Admin* admin() const { return nullptr; }
};

// Registry. Registration at static initialisation only; reading is thread-safe.
struct Registration {
  explicit Registration(std::unique_ptr<Service> service);  // aborts on a name that is taken
};
const Service& find(const std::string& name);  // throws UsageError naming the known ones and the nearest
std::vector<std::string> names();              // sorted

// A server that recovers first, or boots beside several others, may take so many waits of core::patience().
inline constexpr int kReadyWaits = 5;

// Waits until probe() succeeds on a started container. `subject` names the stack in messages. Throws
// ServerError: at once with the last log lines when the container died, at the deadline with the last reason.
// `target` is asked again for every try, because the published port changes with every start.
void wait_ready(const Service& service, const std::function<Target()>& target,
                const engine::Container& container, const core::Deadline& deadline,
                const std::string& subject = "");

}  // namespace rootseal::service
