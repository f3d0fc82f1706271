// engine/compose: one Compose project as RAII: what it started is gone when it is destroyed.
//
// Order of calls: construct with files and variables; up() (may throw; what was started is still owned);
// container(); down(), or the destructor, which takes down in spite of cancellation and logs instead of
// throwing. keep() gives ownership away (`rootseal up`, --keep). Not thread-safe; one project per thread.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "engine/container.hpp"
#include "engine/docker.hpp"

namespace rootseal::engine {

struct ProjectSpec {
  std::string name;                                // Compose project: [a-z0-9-], unique on the engine
  std::string subject;                             // for messages: the stack's id
  std::vector<std::filesystem::path> files;        // base first, then overrides
  std::vector<std::string> override_texts;         // further overrides (a scenario's, a liveness trial's)
  std::map<std::string, std::string> environment;  // ${...} of the files
  std::map<std::string, std::string>
      labels;  // put on the container, every volume and network; kRunLabel is a must
  std::vector<std::string> read_only_binds;                // "host:inside", mounted read-only (the tools)
  std::map<std::string, std::string> service_environment;  // further variables of the server
  std::map<std::string, std::string>
      volumes;                     // Compose volume key -> name of an existing volume to use instead
  std::filesystem::path work_dir;  // where generated files go; must exist
};

// Compose ended by itself and said no: the engine or the runtime refused what the files ask for. Whatever
// else keeps up() and recreate() from their end is another HarnessError, and says nothing about the files.
class ComposeRefused : public core::HarnessError {
 public:
  using core::HarnessError::HarnessError;
};

class ComposeProject {
 public:
  ComposeProject(const Docker& docker, ProjectSpec spec);
  ~ComposeProject();
  ComposeProject(const ComposeProject&) = delete;
  ComposeProject& operator=(const ComposeProject&) = delete;

  // Creates and starts, detached. Does not wait for readiness. Throws ComposeRefused with Compose's last
  // words; HarnessError when Compose did not come to its end, or when a project of this name is there that
  // this object did not make.
  void up();
  // Removes the container of a project that is up and creates and starts another on the same named volumes.
  // What the old one logged is gone. Throws as up() does; container() is the new one.
  void recreate();
  // Kills and removes in spite of cancellation, with anonymous volumes; volumes given in
  // `ProjectSpec::volumes` stay. Throws HarnessError naming what could not be removed. Nothing to do is no
  // error.
  void down();
  void keep() { owned_ = false; }
  // Name of the volume behind a Compose volume key ("data"); throws HarnessError when there is none (yet).
  [[nodiscard]] std::string volume(const std::string& key) const;
  [[nodiscard]] Container container() const;  // of the one service; throws before up()
  [[nodiscard]] const ProjectSpec& spec() const { return spec_; }

 private:
  [[nodiscard]] std::string run() const;
  [[nodiscard]] std::vector<std::string> containers() const;  // ids
  std::vector<std::filesystem::path> write_files() const;     // all files of the project, generated ones last
  void bring_up(const std::vector<std::string>& options);
  [[noreturn]] void refuse(const process::Outcome& outcome) const;
  process::Outcome compose(const std::vector<std::filesystem::path>& files, std::vector<std::string> args,
                           core::Milliseconds limit) const;
  const Docker& docker_;
  ProjectSpec spec_;
  std::optional<Container> container_;
  bool owned_ = false;
  bool whole_ = false;  // up() came to its end: nothing is being created any more
};

// What Compose does with a volume or network that stands in two files: version 1 takes the last, version 2
// puts them together (and refuses a label that is then there twice).
enum class Merging { replaces, merges };
// The text of the override that rootseal adds to the files of a project: labels on the service, on every
// named volume and every network, read-only binds, further variables, replaced volumes. A replaced volume
// gets a key of its own, since version 2 refuses `external` beside anything else. Pure but for reading the
// files. Throws UsageError naming the file and line when one is not a Compose file, when the files do not
// have exactly one service between them, and for a volume key that is not there.
std::string generated_override(const ProjectSpec& spec, Merging merging);

}  // namespace rootseal::engine
