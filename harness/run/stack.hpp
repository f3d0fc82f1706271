// run/stack: one stack from its start to its end: Compose project, readiness, claims, logs.
//
// Order of calls: make a Workshop for the run; start() a stack (never throws for a server that does not come
// up: that is a value, in the row); use it; verify() between suites; end() or the destructor takes it down
// and saves its log. A RunningStack belongs to one thread at a time; the Workshop is thread-safe.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/secret.hpp"
#include "engine/compose.hpp"
#include "profile/profile.hpp"
#include "record/stack.hpp"
#include "run/options.hpp"
#include "run/progress.hpp"
#include "run/recorder.hpp"
#include "service/service.hpp"
#include "wire/context.hpp"

namespace rootseal::run {

struct ImageChoice {
  record::Image image;
  std::string why;  // "given by --image", "official, pulled", "built here: no registry answered"
};

// What to start.
struct StackSpec {
  core::StackId id;
  const service::Service* service = nullptr;
  profile::Profile profile;
  record::Image image;
  std::vector<std::string> overrides;          // texts of further Compose files
  std::map<std::string, std::string> volumes;  // Compose volume key -> existing volume
  // Cores that the server is confined to once it is ready, "1": it boots on all of them, because several
  // booting side by side on few cores take long. Empty: all.
  std::string cpuset;
  std::map<std::string, std::string> environment;  // further variables of the server
  bool ask_settings = true;  // read the server's effective settings into the row; can cost a second of CPU
  std::string label_tag;     // goes into project and log names where one id is started more than once:
                             // "recovery", "launch-2"
};

class Workshop;

class RunningStack {
 public:
  ~RunningStack();
  RunningStack(const RunningStack&) = delete;
  RunningStack& operator=(const RunningStack&) = delete;

  [[nodiscard]] const StackSpec& spec() const { return spec_; }
  [[nodiscard]] const std::string& id() const { return spec_.id.text; }
  [[nodiscard]] bool usable() const { return usable_; }  // started, and every claim holds so far
  [[nodiscard]] const record::Stack& row() const { return row_; }
  [[nodiscard]] engine::Container container() const { return project_->container(); }
  [[nodiscard]] service::Target target() const;
  [[nodiscard]] wire::StackView view() const;
  [[nodiscard]] std::string volume() const;  // name of the data volume

  // Verifies the claims and records the outcome as a check. A claim that does not hold makes the stack
  // unusable.
  void verify(const std::string& moment, Recorder& recorder);
  // Makes its container anew on the same volume and waits until the server answers; container() is the new
  // one. Throws ServerError when it does not come up, which leaves the stack unusable.
  void recreate();
  void end();   // takes down, saves the log; idempotent
  void keep();  // leaves it standing

 private:
  friend class Workshop;
  RunningStack(Workshop& workshop, StackSpec spec);
  void start();
  void bring_up(const std::function<void()>& work);
  void wait_until_ready();
  void save_log();

  Workshop& workshop_;
  StackSpec spec_;
  record::Stack row_;
  std::unique_ptr<engine::ComposeProject> project_;
  std::string earlier_log_;  // of containers that were made anew
  bool usable_ = false;
  bool ended_ = false;
};

// What all stacks of a run share. Outlives them.
class Workshop {
 public:
  Workshop(const engine::Docker& docker, const Paths& paths, core::RunId run,
           std::filesystem::path private_folder, std::filesystem::path logs, bool kept = false);

  // Brings the stack up and waits until it answers. A server that does not come up gives a stack that is not
  // usable, with row().start_error; a fault of the engine throws.
  std::unique_ptr<RunningStack> start(StackSpec spec);

  [[nodiscard]] const engine::Docker& docker() const { return docker_; }
  [[nodiscard]] const Paths& paths() const { return paths_; }
  [[nodiscard]] const core::RunId& run() const { return run_; }
  [[nodiscard]] const std::filesystem::path& private_folder() const { return private_folder_; }
  [[nodiscard]] const std::filesystem::path& logs() const { return logs_; }
  // A log's path for messages: from the project's folder when it lies there.
  [[nodiscard]] std::string log_path(const std::string& name) const;
  [[nodiscard]] std::map<std::string, std::string> labels(const std::string& stack) const;
  // One random password per service and run, in files under the private folder.
  std::filesystem::path secrets(const service::Service& service);
  core::Secret password(const service::Service& service);
  Progress progress;  // for whoever waits; drawn once the run has asked for it
  std::atomic<bool> something_kept{
      false};  // a stack was left standing: it needs the files of the private folder

 private:
  const engine::Docker& docker_;
  const Paths& paths_;
  core::RunId run_;
  std::filesystem::path private_folder_;
  std::filesystem::path logs_;
  bool kept_;
  std::mutex mutex_;
  std::map<std::string, core::Secret> passwords_;
};

// What to start for one service and profile, with nothing added.
StackSpec spec_of_service(const service::Service* service, const record::Image& image,
                          const profile::Profile& profile);

// The sentence and the path that a server which could not start needed, from its log: the first line that
// speaks of a refused write, else the last line. Pure.
struct StartFailure {
  std::string message;
  std::string path;  // empty when the line names none
};
StartFailure read_start_failure(const std::string& log);

}  // namespace rootseal::run
