// testing/workload_server: one side of a pair as a workload needs it: a way to connect, what the kernel has
// counted for it, its cores. Does not own the container. One thread. Order of calls: any, while the container
// runs; refresh() after it was restarted.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "engine/container.hpp"
#include "engine/counters.hpp"
#include "service/service.hpp"
#include "testing/workload.hpp"
#include "testing/workload_placement.hpp"
#include "testing/workload_transport.hpp"
#include "wire/context.hpp"

namespace rootseal::workload {

class Server {
 public:
  virtual ~Server() = default;
  [[nodiscard]] virtual const wire::StackView& view() const = 0;
  // Runs `work` where connections to the target are to be opened; they can be used elsewhere afterwards.
  virtual void connect(const std::function<void(const Site&)>& work) const = 0;
  [[nodiscard]] virtual Transport transport() const = 0;
  // Of the container's cgroup: cumulative seconds of CPU time, cumulative bytes, bytes since its start. The
  // latter two are empty where the kernel does not keep them.
  [[nodiscard]] virtual double cpu_seconds() const = 0;
  [[nodiscard]] virtual std::optional<std::uint64_t> disk_written() const = 0;
  [[nodiscard]] virtual std::optional<std::uint64_t> memory_high_water() const = 0;
  [[nodiscard]] virtual Cpus cpus() const = 0;  // that its PID 1 may use
  // After a restart that was meant: finds out anew where it is. A container that does not run is left as it
  // was, for how_it_ended() to say so.
  virtual void refresh() = 0;
  // Empty while the container runs as it did at the start or the last refresh(); else how it ended, with its
  // last log line.
  [[nodiscard]] virtual std::string how_it_ended() const = 0;
};

class ContainerServer final : public Server {
 public:
  // Reads the password file and finds out which transport works; `wanted` as for choose_transport(). Throws
  // HarnessError when the container does not run or the file cannot be read. `docker` outlives it.
  ContainerServer(const engine::Docker& docker, wire::StackView view, std::string wanted);
  [[nodiscard]] const wire::StackView& view() const override { return view_; }
  void connect(const std::function<void(const Site&)>& work) const override;
  [[nodiscard]] Transport transport() const override { return transport_; }
  [[nodiscard]] double cpu_seconds() const override { return counters_->cpu_seconds(); }
  [[nodiscard]] std::optional<std::uint64_t> disk_written() const override {
    return counters_->disk_written();
  }
  [[nodiscard]] std::optional<std::uint64_t> memory_high_water() const override {
    return counters_->memory_high_water();
  }
  [[nodiscard]] Cpus cpus() const override { return affinity_of(pid_); }
  void refresh() override;
  [[nodiscard]] std::string how_it_ended() const override;

 private:
  [[nodiscard]] std::string why_no_socket() const;
  void find_the_way();
  wire::StackView view_;
  engine::Container container_;
  std::string wanted_;
  const service::Service& service_;
  std::optional<engine::Counters> counters_;
  service::Target target_;
  int pid_ = 0;
  std::filesystem::path socket_;  // its directory as seen from here; empty: there is none
  Transport transport_;
};

}  // namespace rootseal::workload
