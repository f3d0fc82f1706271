// record/comparison: one workload's metric on one stack against `baseline`. Values. Ratios: 1.0 = equal,
// value / baseline_value whatever the metric; `better` says which direction is good.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "record/verdict.hpp"

namespace rootseal::record {

struct Interval {
  double ratio = 0;
  double ci_low = 0;  // 95 %, over launches
  double ci_high = 0;
};

// One launch: both sides started afresh from one snapshot. `epochs`: the paired ratios inside it.
struct Launch {
  int number = 0;
  double baseline_value = 0;
  double value = 0;
  double ratio = 0;
  std::vector<double> epochs;
};

struct Comparison {
  std::string service;
  std::string workload;  // "select_one_row"
  std::string metric;    // "throughput", "stalls_included", "p50", "p99", "server_cpu", "client_cpu"
  std::string unit;      // "1/s", "s", "s/op"
  std::string better;    // "higher", "lower"
  std::string stack;     // "postgres-15/readonly"
  std::string profile;
  std::string against;        // "postgres-15/baseline"
  double baseline_value = 0;  // geometric mean over launches
  double value = 0;
  std::optional<Interval> interval;   // empty when it cannot be computed (one launch)
  double margin = 0;                  // declared equivalence margin, 0.03 = 3 %
  bool judged = false;                // false: recorded only, no verdict, does not change the exit status
  std::optional<Interval> bootstrap;  // BCa over the same launches, beside it; empty with too few launches
  std::optional<double> sign_flip_p;  // exact, over launches; 1.0 = nothing speaks against equal
  std::optional<double>
      smallest_detectable;             // true slowdown found with 95 % power by these launches, 0.04 = 4 %
  std::optional<int> launches_needed;  // for 95 % power at twice the margin; empty when it has that power
  std::optional<Interval> twin;        // baseline-twin against baseline, the noise floor
  std::optional<Verdict> verdict;      // empty when not judged
  std::string note;                    // what limits it: launches, pinning refused, transport
  std::uint64_t samples = 0;           // verified operations on both sides
  std::vector<Launch> launches;
};

// One measured epoch of one pair, as the workloads child reported it: the raw data of comparisons and
// benchmark.json.
struct Epoch {
  std::string service;
  std::string workload;
  std::string stack;  // contender
  std::string against;
  int launch = 0;
  int number = 0;
  std::string transport;  // "netns", "socket", "published"
  std::string placement;  // "client 0, servers 1"; "unpinned: ..."
  double seconds = 0;     // measured, both sides together
  bool judged = true;     // false: the workload is only recorded
  // Per side. Latency, one connection: "operations", "seconds" (spent in them), "p50", "p95", "p99", "p999",
  // "max" (seconds). Throughput, several connections at once: "parallel_operations", "parallel_seconds"
  // (while this side was active), "connections"; of these "steady_operations", "steady_seconds" in blocks of
  // turns without a stall, and "stalled_turns", "stalled_seconds" of this side. Both parts together:
  // "server_cpu", "client_cpu" (seconds), "disk_written" (bytes, see engine/counters.hpp),
  // "memory_high_water" (bytes, since the container's start). What could not be had is absent.
  std::map<std::string, double> baseline;
  std::map<std::string, double> contender;
};

}  // namespace rootseal::record
