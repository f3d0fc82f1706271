#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "report/report.hpp"

namespace rootseal::report {
namespace {

using nlohmann::ordered_json;
using Side = std::map<std::string, double>;

double value(const Side& side, const char* key) {
  const auto at = side.find(key);
  return at == side.end() || !std::isfinite(at->second) ? 0 : at->second;
}

// "select_one_row/postgres-15/readonly"; all epochs of a stack are repetitions of one benchmark, which is
// what compare.py's U test wants.
class Benchmarks {
 public:
  void add(const record::Epoch& epoch, const std::string& stack, const Side& side) {
    const double operations = value(side, "operations");
    const double seconds = value(side, "seconds");
    if (operations <= 0 || seconds <= 0) return;
    const std::string name = epoch.workload + "/" + stack;
    const auto family = families_.try_emplace(name, families_.size()).first->second;
    const bool cpu_known = value(side, "server_cpu") > 0;
    const double all = operations + value(side, "parallel_operations");  // CPU time covers both parts
    const double parallel_seconds = value(side, "parallel_seconds");
    const double per_second =
        parallel_seconds > 0 ? value(side, "parallel_operations") / parallel_seconds : operations / seconds;
    ordered_json row = {{"name", name},
                        {"family_index", family},
                        {"per_family_instance_index", 0},
                        {"run_name", name},
                        {"run_type", "iteration"},
                        {"repetitions", 0},
                        {"repetition_index", repetitions_[name]++},
                        {"threads", 1},
                        {"iterations", std::llround(operations)},
                        {"real_time", seconds / operations * 1e9},
                        {"cpu_time", cpu_known ? value(side, "server_cpu") / all * 1e9 : 0.0},
                        {"time_unit", "ns"},
                        {"items_per_second", per_second},
                        {"p50", value(side, "p50")},
                        {"p95", value(side, "p95")},
                        {"p99", value(side, "p99")},
                        {"p999", value(side, "p999")},
                        {"max", value(side, "max")},
                        {"client_cpu", value(side, "client_cpu") / all * 1e9},
                        {"label", label(epoch, stack, cpu_known)}};
    rows_.push_back(std::move(row));
  }

  [[nodiscard]] ordered_json take() {
    for (auto& row : rows_) row["repetitions"] = repetitions_.at(row["name"].get<std::string>());
    return std::move(rows_);
  }

 private:
  static std::string label(const record::Epoch& epoch, const std::string& stack, bool cpu_known) {
    return fmt::format("launch {} epoch {}, with {}; {}{}", epoch.launch, epoch.number,
                       stack == epoch.stack ? epoch.against : epoch.stack, epoch.transport,
                       cpu_known ? "" : "; the server's CPU time was not measured");
  }

  ordered_json rows_ = ordered_json::array();
  std::map<std::string, std::size_t> families_;
  std::map<std::string, int> repetitions_;
};

}  // namespace

std::string benchmark_json(const record::Record& record) {
  Benchmarks benchmarks;
  for (const auto& epoch : record.epochs) {
    benchmarks.add(epoch, epoch.against, epoch.baseline);
    benchmarks.add(epoch, epoch.stack, epoch.contender);
  }
  const ordered_json json = {
      {"context",
       {{"date", record.run.started},
        {"host_name", ""},
        {"executable", "rootseal-workloads"},
        {"num_cpus", record.environment.cpus},
        {"mhz_per_cpu", 0},
        {"cpu_scaling_enabled", false},
        {"caches", ordered_json::array()},
        {"load_avg", ordered_json::array()},
        {"library_build_type", "release"},
        {"rootseal_run", record.run.id},
        {"rootseal_version", record.tool.version},
        {"cpu_time",
         "of the server, from its cgroup; client_cpu of the client; ns per operation, 0 = not measured"}}},
      {"benchmarks", benchmarks.take()}};
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace rootseal::report
