// testing/workload_benchmarks: the workloads as Google Benchmark sees them, one benchmark per workload and
// contender, one epoch per repetition, and what goes back to the orchestrator about each.
//
// Order of calls: construct, register_all() once, then benchmark::RunSpecifiedBenchmarks(), then tally(). The
// object must outlive the run. One thread. Why a benchmark looks as it does (traps of Google
// Benchmark 1.7.1): Iterations(1), because the body is a whole epoch and iteration counts are inferred from
// CPU time; UseManualTime, because wall time is not what was measured; one thread (the default), because
// times and counters of several are merged wrongly; counters are plain, because rates divide by CPU time; our
// order, because its random interleaving can neither be seeded nor balanced.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "testing/workload.hpp"
#include "testing/workload_pair.hpp"
#include "testing/workload_results.hpp"
#include "testing/workload_server.hpp"
#include "wire/context.hpp"

namespace benchmark {
class State;
}

namespace rootseal::workload {

struct Session {
  std::vector<Entry> entries;  // all; takes_part() chooses
  std::string glob = "*";
  std::set<std::string> done;  // pairs to leave out, "<workload>/<contender's stack id>"
  wire::Context context;
  PairSettings settings;
  // Called once per stack, at its first use.
  std::function<std::unique_ptr<Server>(const wire::StackView&)> server;
};

// The largest resident set of this process so far, bytes.
std::uint64_t largest_resident_set();

struct Tally {
  int epochs = 0;
  int passed = 0;  // pairs
  int failed = 0;  // fail or inconclusive
};

class Benchmarks {
 public:
  Benchmarks(Session session, Clock& clock, Results& results);
  ~Benchmarks();
  Benchmarks(const Benchmarks&) = delete;
  Benchmarks& operator=(const Benchmarks&) = delete;
  // In the scheduled order. Names: "<workload>/<contender's stack id>". Returns how many.
  std::size_t register_all();
  [[nodiscard]] Tally tally() const { return tally_; }

 private:
  struct Progress;
  void run_epoch(benchmark::State& state, Progress& progress);
  void next_epoch(benchmark::State& state, Progress& progress);
  void begin(Progress& progress);
  void heat(const Entry& entry);
  void passed(Progress& progress);
  void side_failed(Progress& progress, const SideFault& fault);
  void failed(Progress& progress, record::Verdict verdict, const std::string& message);
  void report(const Progress& progress, const wire::StackView& stack, record::Verdict verdict,
              const std::string& message, std::vector<std::string> evidence);
  [[nodiscard]] bool is_twin(const wire::StackView& contender) const;
  [[nodiscard]] std::vector<Turn> turns_of_launch() const;
  Server& server(const wire::StackView& view);

  Session session_;
  Clock& clock_;
  Results& results_;
  std::map<std::string, std::unique_ptr<Server>> servers_;
  std::vector<std::unique_ptr<Progress>> pairs_;
  std::set<std::pair<std::string, std::string>> baseline_reported_;
  std::set<std::string> heated_;  // workloads
  Tally tally_;
};

}  // namespace rootseal::workload
