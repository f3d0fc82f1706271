// testing/workload: what a performance workload is, and how a file brings one along.
//
// A workload is one file scenarios/<service>/<name>_workload.cpp (or scenarios/any/, for every service) that
// holds a class derived from Workload and the line
//     ROOTSEAL_WORKLOAD("<service>", "<name>", ClassName);      // "" as service: for every service
// Order of calls:
//   1. set_up(site) once per data: on the server whose data become the snapshot, or on each side when a
//   person
//      runs the program by hand. Idempotent: what an earlier run left does not matter.
//   2. per epoch, on both sides: reset(site) brings the data into the same state; make_lane(site, seat) opens
//      new connections, shape().connections times, at least once; the seat is the same on both sides, so that
//      both do the same work. operation() is called many times, first to warm up, then measured, one lane at
//      a time (latency), then all of a side together (throughput); settle() whenever the lane hands its turn
//      over; verify() once after both parts; then the lane is destroyed.
//   3. tear_down(site), where set_up was called by the same program: leaves nothing behind. Also after
//   failures.
// Correct, then fast: operation() throws WrongResult when what came back is not what must come back, verify()
// when the effect of all operations of this lane (warm-up included) is not found in the server. No time is
// reported then. service::ServerError (the server refused, broke off) fails the check as well; any other
// exception counts as a fault of the environment. Measured loop: operation() should not allocate. Threads: a
// workload is const and used by several threads; a lane is used by one thread at a time, but made on a
// short-lived thread of its own (inside the container's network namespace, workload_netns.hpp): nothing may
// be bound to one.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/text.hpp"
#include "service/service.hpp"

namespace rootseal::workload {

// The server answered, and the answer is wrong: a failed check, not a fault of the environment.
class WrongResult : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// One side as a workload meets it.
struct Site {
  service::Target target;                        // to connect to
  const engine::Container* container = nullptr;  // the server's; null only in tests with fakes
  const service::Service* service = nullptr;     // likewise
};

// Which of the lanes of a side this is.
struct Seat {
  std::uint64_t seed = 0;  // the same on both sides, another for every seat and epoch
  unsigned number = 0;     // 0 ... of-1
  unsigned of = 1;         // lanes that work on this side at the same time
};

// How a workload is measured. The defaults suit an operation of some 10 microseconds to some milliseconds.
struct Shape {
  bool judged = true;            // false: recorded with its interval, never judged, and only from the size
                                 // default on
  bool in_quick = false;         // measured in the size quick as well, which has minutes for everything
  bool only_when_named = false;  // part of no suite; runs when --workload names it without a wildcard
  unsigned slice = 1;            // latency: operations in a row on one side; see the README for how to choose
  double latency_spans = 1;      // how long its latency part is, in those of the plan
  double throughput_spans =
      1;                // likewise; both so that p50 and throughput are known to within 1 % by default
  unsigned epochs = 1;  // of a launch, in those of the plan (not in quick): more where new connections and
                        // queues differ by more than servers do
  unsigned connections = 4;  // throughput: lanes that switch sides together; 0 = it is not measured
  std::chrono::nanoseconds turn{1'000'000};  // throughput: how long one side works before the other
  unsigned turn_operations = 0;              // not 0: each lane does so many per turn instead
  std::uint64_t max_operations = 200'000;    // per side and part: bounds what is left in the server
  bool restarts = false;  // an operation restarts the server: comes after everything else of a launch, one
                          // operation a side
};

// One closed loop on connections of its own.
class Lane {
 public:
  Lane() = default;
  virtual ~Lane() = default;
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;
  virtual void operation() = 0;
  // Waits until what the server still does after its last reply is done. Not timed.
  virtual void settle() {}
  virtual void verify() = 0;
};

class Workload {
 public:
  Workload() = default;
  virtual ~Workload() = default;
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;
  [[nodiscard]] virtual Shape shape() const { return {}; }
  virtual void set_up(const Site& site) const = 0;
  virtual void reset(const Site& /*site*/) const {}
  [[nodiscard]] virtual std::unique_ptr<Lane> make_lane(const Site& site, const Seat& seat) const = 0;
  virtual void tear_down(const Site& site) const = 0;
};

struct Entry {
  std::string name;     // "select_one_row": unique
  std::string service;  // whose stacks it runs on; empty: every service's
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

// A JSON array of {"name", "service", "file", "judged", "only_when_named", "restarts"}, a line each;
// "service" is empty for every service.
std::string list_as_json(const std::vector<Entry>& entries);

}  // namespace rootseal::workload

#define ROOTSEAL_WORKLOAD(service_name, workload_name, type)                   \
  static const ::rootseal::workload::Registration type##_registration(         \
      {workload_name, service_name, ::rootseal::core::scenario_path(__FILE__), \
       [] { return std::unique_ptr<::rootseal::workload::Workload>(std::make_unique<type>()); }})
