// testing/workload_server: one side of a pair as a workload needs it: a way to connect, its CPU time, its
// cores. Does not own the container. One thread. Order of calls: any, while the container runs.
#pragma once

#include <functional>
#include <string>

#include "engine/container.hpp"
#include "service/service.hpp"
#include "testing/workload_placement.hpp"
#include "wire/context.hpp"

namespace rootseal::workload {

class Server {
 public:
  virtual ~Server() = default;
  [[nodiscard]] virtual const wire::StackView& view() const = 0;
  // Runs `work` where connections to the target are to be opened; they can be used elsewhere afterwards.
  virtual void connect(const std::function<void(const service::Target&)>& work) const = 0;
  [[nodiscard]] virtual std::string transport() const = 0;      // "netns", "published"
  [[nodiscard]] virtual std::string why_transport() const = 0;  // why not "netns"; empty when it is
  [[nodiscard]] virtual double cpu_seconds() const = 0;         // cumulative, of the container's cgroup
  [[nodiscard]] virtual Cpus cpus() const = 0;                  // that its PID 1 may use
  // Empty while the container runs; else how it ended, with its last log line.
  [[nodiscard]] virtual std::string how_it_ended() const = 0;
};

class ContainerServer final : public Server {
 public:
  // Reads the password file and finds out which transport works. Throws HarnessError when the container does
  // not run or the file cannot be read. `docker` outlives it.
  ContainerServer(const engine::Docker& docker, wire::StackView view);
  [[nodiscard]] const wire::StackView& view() const override { return view_; }
  void connect(const std::function<void(const service::Target&)>& work) const override;
  [[nodiscard]] std::string transport() const override {
    return why_published_.empty() ? "netns" : "published";
  }
  [[nodiscard]] std::string why_transport() const override { return why_published_; }
  [[nodiscard]] double cpu_seconds() const override { return container_.cpu_seconds(); }
  [[nodiscard]] Cpus cpus() const override { return affinity_of(pid_); }
  [[nodiscard]] std::string how_it_ended() const override;

 private:
  wire::StackView view_;
  engine::Container container_;
  service::Target target_;
  int pid_ = 0;
  std::string why_published_;
};

}  // namespace rootseal::workload
