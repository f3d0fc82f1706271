// testing/workload: what a performance workload is, and how a file brings one along.
//
// A workload is one file scenarios/<service>/<name>_workload.cpp that holds a class derived from Workload and
// the line
//     ROOTSEAL_WORKLOAD("<service>", "<name>", ClassName);
// Order of calls, per pair (baseline, contender):
//   1. set_up(target) on each side: prepares data or queues. Idempotent: what an earlier run left does not
//   matter.
//   2. per epoch, on each side: make_lane(target, seed) opens new connections; the seed is the same on both
//   sides, so
//      that both do the same work. operation() is called many times, first to warm up, then measured;
//      verify() once after the epoch; then the lane is destroyed.
//   3. tear_down(target) on each side: leaves nothing behind. Called after failures too.
// Correct, then fast: operation() throws WrongResult when what came back is not what must come back, verify()
// when the effect of all operations of this lane (warm-up included) is not found in the server. No time is
// reported then. service::ServerError (the server refused, broke off) fails the check as well; any other
// exception counts as a fault of the environment. Measured loop: operation() should not allocate. Threads: a
// workload and its lanes are used by one thread at a time, but connections are opened on a short-lived thread
// of their own (inside the container's network namespace, workload_netns.hpp): nothing may be bound to one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "service/service.hpp"

namespace rootseal::workload {

// The server answered, and the answer is wrong: a failed check, not a fault of the environment.
class WrongResult : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// One closed loop on connections of its own.
class Lane {
 public:
  Lane() = default;
  virtual ~Lane() = default;
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;
  virtual void operation() = 0;
  virtual void verify() = 0;
};

class Workload {
 public:
  Workload() = default;
  virtual ~Workload() = default;
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;
  virtual void set_up(const service::Target& target) const = 0;
  [[nodiscard]] virtual std::unique_ptr<Lane> make_lane(const service::Target& target,
                                                        std::uint64_t seed) const = 0;
  virtual void tear_down(const service::Target& target) const = 0;
  // Operations in a row on one side before the other has its turn; see the README for how to choose it.
  [[nodiscard]] virtual unsigned slice() const { return 1; }
};

struct Entry {
  std::string name;     // "select_one_row": unique
  std::string service;  // whose stacks it runs on
  std::string file;     // from the project's root: "scenarios/<service>/select_one_row_workload.cpp"
  std::function<std::unique_ptr<Workload>()> make;
};

// The entries that the files brought along, by name. Only handed to Google Benchmark, which is the registry
// that filters and runs: entries have to wait here because its names need the stacks, known only after start.
const std::vector<Entry>& entries();

// At static initialisation only; aborts on a name that is taken.
struct Registration {
  explicit Registration(Entry entry);
};

// "/anywhere/scenarios/x/y.cpp" -> "scenarios/x/y.cpp".
std::string project_path(const std::string& file);
// A JSON array of {"name", "service", "file"}, a line each.
std::string list_as_json(const std::vector<Entry>& entries);

}  // namespace rootseal::workload

#define ROOTSEAL_WORKLOAD(service_name, workload_name, type)                      \
  static const ::rootseal::workload::Registration type##_registration(            \
      {workload_name, service_name, ::rootseal::workload::project_path(__FILE__), \
       [] { return std::unique_ptr<::rootseal::workload::Workload>(std::make_unique<type>()); }})
