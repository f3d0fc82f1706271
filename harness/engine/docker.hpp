// engine/docker: one Docker Engine, through its command line and Compose (v2 plug-in, else the v1 command).
//
// Order of calls: construct (throws HarnessError with the next move when no engine or no Compose answers),
// then anything. Thread-safe: holds no mutable state after construction; the Runner outlives it.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/deadline.hpp"
#include "core/ids.hpp"
#include "core/patience.hpp"
#include "process/command.hpp"
#include "record/environment.hpp"

namespace rootseal::engine {

// Labels on everything that we start.
inline constexpr const char* kRunLabel = "dev.rootseal.run";  // run id
inline constexpr const char* kOwnerLabel =
    "dev.rootseal.owner";  // "pid:start ticks:boot id" of the orchestrator
inline constexpr const char* kStackLabel = "dev.rootseal.stack";  // stack id
inline constexpr const char* kKeptLabel =
    "dev.rootseal.kept";  // "true": `rootseal up`, left standing on purpose
// That both versions of Compose put on everything they make.
inline constexpr const char* kProjectLabel = "com.docker.compose.project";

struct ImageFacts {
  std::string id;                             // "sha256:..."
  std::vector<std::string> registry_digests;  // "postgres@sha256:...", of every registry that has it
  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> labels;
};

class Docker {
 public:
  // `nothing`: does not ask whether an engine and Compose are there, which costs up to half a second;
  // environment() and compose() stay empty (the reaper, `rootseal clean`).
  enum class Ask { everything, nothing };
  // `own_compose`: a Compose of rootseal's own, for machines that have no version 2; may not exist.
  explicit Docker(process::Runner& runner, Ask ask = Ask::everything,
                  const std::filesystem::path& own_compose = {});

  [[nodiscard]] process::Runner& runner() const { return runner_; }
  [[nodiscard]] const record::Environment& environment() const { return environment_; }
  // {"docker", "compose"}, else {own_compose}, else {"docker-compose"}; ROOTSEAL_COMPOSE=<program> overrides
  // (either version, standing alone).
  [[nodiscard]] const std::vector<std::string>& compose() const { return compose_; }

  // `docker <args>`; must() throws HarnessError(step, subject) when it does not succeed. What a client that
  // was killed at its limit had asked for may still happen on the engine.
  process::Outcome run(std::vector<std::string> args, core::Milliseconds limit = core::patience()) const;
  process::Outcome must(std::vector<std::string> args, const std::string& step, const std::string& subject,
                        core::Milliseconds limit = core::patience()) const;

  [[nodiscard]] std::optional<ImageFacts> image(const std::string& reference) const;  // nullopt: not here
  bool pull(const std::string& reference, core::Milliseconds limit) const;            // false: cannot be had

  // Empty volume with these labels and options of the local driver; a copy of a volume's content (owners,
  // modes and times too) made in a short-lived container of `image`, which needs a `cp` and carries the same
  // labels. Nobody may write to `from` meanwhile. Throw HarnessError; a volume that was made is then left to
  // the labels' owner.
  void create_volume(const std::string& name, const std::map<std::string, std::string>& labels,
                     const std::map<std::string, std::string>& options = {}) const;
  void clone_volume(const std::string& from, const std::string& to, const std::string& image,
                    const std::map<std::string, std::string>& labels) const;
  // A container of `image` that does nothing but use the volume, so that what is in memory stays mounted;
  // returns its id. It carries the labels, and goes by `docker rm --force`.
  [[nodiscard]] std::string hold_volume(const std::string& name, const std::string& image,
                                        const std::map<std::string, std::string>& labels) const;

 private:
  process::Runner& runner_;
  std::vector<std::string> compose_;
  record::Environment environment_;
};

}  // namespace rootseal::engine
