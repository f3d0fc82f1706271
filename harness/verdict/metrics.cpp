#include "verdict/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <tuple>

#include "stats/estimate.hpp"
#include "stats/inference.hpp"

namespace rootseal::verdict {
namespace {

using record::Epoch;
using Side = std::map<std::string, double>;

// A figure that can be part of a ratio, or nothing.
std::optional<double> figure(const Side& side, const char* key) {
  const auto at = side.find(key);
  if (at == side.end() || !std::isfinite(at->second) || at->second <= 0) return std::nullopt;
  return at->second;
}

std::optional<double> quotient(std::optional<double> over, std::optional<double> under) {
  return over && under ? std::optional(*over / *under) : std::nullopt;
}

std::optional<double> in_parallel(const Side& side) {
  return quotient(figure(side, "parallel_operations"), figure(side, "parallel_seconds"));
}

// Nothing where most of the operations were in blocks that something stalled: then that is how it runs.
std::optional<double> steady(const Side& side) {
  const auto operations = figure(side, "steady_operations");
  if (!operations || 2 * *operations < figure(side, "parallel_operations").value_or(0)) return std::nullopt;
  return quotient(operations, figure(side, "steady_seconds"));
}

std::optional<double> one_by_one(const Side& side) {
  return quotient(figure(side, "operations"), figure(side, "seconds"));
}

// CPU time covers both parts of an epoch.
std::optional<double> per_operation(const Side& side, const char* key) {
  const double all = figure(side, "operations").value_or(0) + figure(side, "parallel_operations").value_or(0);
  return all > 0 ? quotient(figure(side, key), all) : std::nullopt;
}

struct Values {
  double baseline = 0;
  double contender = 0;
};

std::optional<Values> both(std::optional<double> baseline, std::optional<double> contender) {
  return baseline && contender ? std::optional(Values{*baseline, *contender}) : std::nullopt;
}

std::optional<Values> values_of(std::string_view metric, const Epoch& epoch) {
  const Side& a = epoch.baseline;
  const Side& b = epoch.contender;
  const auto parallel = both(in_parallel(a), in_parallel(b));
  const auto without_stalls = both(steady(a), steady(b));
  if (metric == "stalls_included") return without_stalls ? parallel : std::nullopt;
  if (metric == "throughput") {  // never the one part of one side with the other part of the other
    if (without_stalls) return without_stalls;
    return parallel ? parallel : both(one_by_one(a), one_by_one(b));
  }
  const std::string key(metric);
  if (key.ends_with("_cpu")) return both(per_operation(a, key.c_str()), per_operation(b, key.c_str()));
  return both(figure(a, key.c_str()), figure(b, key.c_str()));
}

std::uint64_t operations_wanted(std::string_view metric, const Policy& policy) {
  if (metric == "p50") return policy.p50_operations;
  return metric == "p99" ? policy.p99_operations : 0;
}

bool has_operations(const Epoch& epoch, std::uint64_t wanted) {
  return std::min(figure(epoch.baseline, "operations").value_or(0),
                  figure(epoch.contender, "operations").value_or(0)) >= static_cast<double>(wanted);
}

struct Paired {
  std::vector<double> baseline;
  std::vector<double> contender;
};

record::Launch summary(int number, const Paired& epochs) {
  record::Launch launch;
  launch.number = number;
  launch.baseline_value = stats::geometric_mean(epochs.baseline);
  launch.value = stats::geometric_mean(epochs.contender);
  launch.ratio = stats::robust_ratio(epochs.baseline, epochs.contender);
  for (std::size_t i = 0; i < epochs.baseline.size(); ++i) {
    launch.epochs.push_back(epochs.contender[i] / epochs.baseline[i]);
  }
  return launch;
}

}  // namespace

const std::vector<Metric>& metrics() {
  static const std::vector<Metric> all{{"throughput", "1/s", "higher", 0.03, true},
                                       {"stalls_included", "1/s", "higher", 0.03, true, true},
                                       {"p50", "s", "lower", 0.05, true},
                                       {"p99", "s", "lower", 0.10, true},
                                       {"server_cpu", "s/op", "lower", 0.05, false},
                                       {"client_cpu", "s/op", "lower", 0.05, false}};
  return all;
}

std::vector<Group> groups_of(const std::vector<Epoch>& epochs) {
  std::vector<Group> all;
  for (const Epoch& epoch : epochs) {
    const auto same = [&](const Group& group) {
      return std::tie(group.service, group.workload, group.stack, group.against) ==
             std::tie(epoch.service, epoch.workload, epoch.stack, epoch.against);
    };
    auto at = std::find_if(all.begin(), all.end(), same);
    if (at == all.end())
      at = all.insert(all.end(), {epoch.service, epoch.workload, epoch.stack, epoch.against, {}});
    at->epochs.push_back(&epoch);
  }
  return all;
}

std::vector<record::Launch> launches_of(const Metric& metric, const Group& group, const Policy& policy) {
  const std::uint64_t wanted = operations_wanted(metric.name, policy);
  std::map<int, Paired> by_number;
  for (const Epoch* epoch : group.epochs) {
    if (!has_operations(*epoch, wanted)) return {};  // not a figure of this workload at all
    const auto values = values_of(metric.name, *epoch);
    if (!values) continue;
    by_number[epoch->launch].baseline.push_back(values->baseline);
    by_number[epoch->launch].contender.push_back(values->contender);
  }
  std::vector<record::Launch> launches;
  for (const auto& [number, paired] : by_number) launches.push_back(summary(number, paired));
  return launches;
}

std::vector<double> slowdowns(const Metric& metric, const std::vector<record::Launch>& launches) {
  const bool higher = std::string_view(metric.better) == "higher";
  std::vector<double> all;
  for (const auto& launch : launches) all.push_back(higher ? 1 / launch.ratio : launch.ratio);
  return all;
}

int launches_for(const Metric& metric, double deviation, double level, const Policy& policy) {
  const double distance = std::log((1 + 2 * metric.margin) / (1 + metric.margin));
  return stats::replicates_needed(distance, deviation, {level, policy.power}, kMostLaunches)
      .value_or(kMostLaunches);
}

}  // namespace rootseal::verdict
