#include <fmt/format.h>

#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <tuple>

#include "stats/estimate.hpp"
#include "verdict/judge.hpp"
#include "verdict/names.hpp"

namespace rootseal::verdict {
namespace {

using record::Comparison;
using record::Epoch;
using Side = std::map<std::string, double>;

// A figure that can be part of a ratio, or nothing.
std::optional<double> figure(const Side& side, const char* key) {
  const auto at = side.find(key);
  if (at == side.end() || !std::isfinite(at->second) || at->second <= 0) return std::nullopt;
  return at->second;
}

std::optional<double> quotient(const Side& side, const char* over, const char* under) {
  const auto a = figure(side, over);
  const auto b = figure(side, under);
  return a && b ? std::optional(*a / *b) : std::nullopt;
}

// What is compared. The margins were declared before anything was measured.
struct Metric {
  const char* name;
  const char* unit;
  const char* better;
  double margin;
  std::optional<double> (*of)(const Side&);
};

constexpr std::array kMetrics{
    Metric{"throughput", "1/s", "higher", 0.03,
           [](const Side& s) { return quotient(s, "operations", "seconds"); }},
    Metric{"p50", "s", "lower", 0.05, [](const Side& s) { return figure(s, "p50"); }},
    Metric{"p99", "s", "lower", 0.10, [](const Side& s) { return figure(s, "p99"); }},
    Metric{"server_cpu", "s/op", "lower", 0.05,
           [](const Side& s) { return quotient(s, "server_cpu", "operations"); }}};

struct Key {
  std::string service, workload, stack, against;
  auto operator<=>(const Key&) const = default;
};

struct Paired {
  std::vector<double> baseline;
  std::vector<double> contender;
};

record::Launch summarise(int number, const Paired& epochs) {
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

std::vector<double> collect(const std::vector<record::Launch>& launches, double record::Launch::*member) {
  std::vector<double> all;
  for (const auto& launch : launches) all.push_back(launch.*member);
  return all;
}

double operations(const Epoch& epoch) {
  return figure(epoch.baseline, "operations").value_or(0) + figure(epoch.contender, "operations").value_or(0);
}

void add_part(std::string& note, const std::string& part) {
  if (!part.empty() && note.find(part) == std::string::npos) note += "; " + part;
}

std::string note_of(std::size_t launches, const std::vector<const Epoch*>& epochs) {
  std::string note = fmt::format("recorded, not judged: {} launch{}", launches, launches == 1 ? "" : "es");
  for (const Epoch* epoch : epochs) {
    add_part(note, epoch->transport);
    add_part(note, epoch->placement);
  }
  return note;
}

std::vector<record::Launch> launches_of(const Metric& metric, const std::vector<const Epoch*>& epochs) {
  std::map<int, Paired> by_launch;
  for (const Epoch* epoch : epochs) {
    const auto baseline = metric.of(epoch->baseline);
    const auto contender = metric.of(epoch->contender);
    if (!baseline || !contender) continue;
    by_launch[epoch->launch].baseline.push_back(*baseline);
    by_launch[epoch->launch].contender.push_back(*contender);
  }
  std::vector<record::Launch> launches;
  for (const auto& [number, paired] : by_launch) launches.push_back(summarise(number, paired));
  return launches;
}

std::optional<Comparison> compare_one(const Key& key, const Metric& metric,
                                      const std::vector<const Epoch*>& epochs) {
  Comparison row;
  row.launches = launches_of(metric, epochs);
  if (row.launches.empty()) return std::nullopt;
  row.service = key.service;
  row.workload = key.workload;
  row.metric = metric.name;
  row.unit = metric.unit;
  row.better = metric.better;
  row.stack = key.stack;
  row.profile = profile_of(key.stack);
  row.against = key.against;
  row.margin = metric.margin;
  row.baseline_value = stats::geometric_mean(collect(row.launches, &record::Launch::baseline_value));
  row.value = stats::geometric_mean(collect(row.launches, &record::Launch::value));
  if (row.launches.size() >= 2) {
    const auto interval = stats::t_interval(collect(row.launches, &record::Launch::ratio));
    row.interval = record::Interval{interval.ratio, interval.low, interval.high};
  }
  row.note = note_of(row.launches.size(), epochs);
  const double verified =
      std::accumulate(epochs.begin(), epochs.end(), 0.0,
                      [](double sum, const Epoch* epoch) { return sum + operations(*epoch); });
  row.samples = static_cast<std::uint64_t>(std::llround(verified));
  return row;
}

const Comparison* twin_of(const std::vector<Comparison>& all, const Comparison& row) {
  for (const Comparison& each : all) {
    const bool same = each.service == row.service && each.workload == row.workload &&
                      each.metric == row.metric && each.against == row.against;
    if (same && is_twin(each.stack)) return &each;
  }
  return nullptr;
}

}  // namespace

std::vector<Comparison> compare(const std::vector<Epoch>& epochs) {
  std::vector<Key> order;  // as they were first seen, so that the record reads as the run went
  std::map<Key, std::vector<const Epoch*>> groups;
  for (const Epoch& epoch : epochs) {
    const Key key{epoch.service, epoch.workload, epoch.stack, epoch.against};
    auto& group = groups[key];
    if (group.empty()) order.push_back(key);
    group.push_back(&epoch);
  }
  std::vector<Comparison> all;
  for (const Key& key : order) {
    for (const Metric& metric : kMetrics) {
      if (auto row = compare_one(key, metric, groups.at(key))) all.push_back(std::move(*row));
    }
  }
  for (Comparison& row : all) {
    if (const Comparison* twin = twin_of(all, row)) row.twin = twin->interval;
  }
  return all;
}

}  // namespace rootseal::verdict
