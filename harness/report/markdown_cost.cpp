#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "report/markdown.hpp"
#include "report/text.hpp"

namespace rootseal::report {
namespace {

using record::Comparison;
using record::Epoch;
using record::Record;
using Rows = std::vector<std::vector<std::string>>;
using Side = std::map<std::string, double>;

// What stands in a column of a side, from one epoch; 0 when it cannot be had.
struct Figure {
  const char* name;
  const char* unit;
  double (*of)(const Side&);
};

double value(const Side& side, const char* key) {
  const auto at = side.find(key);
  return at == side.end() || !std::isfinite(at->second) ? 0 : at->second;
}

double quotient(double over, double under) { return under > 0 ? over / under : 0; }

double per_second(const Side& side) {
  const double parallel = quotient(value(side, "parallel_operations"), value(side, "parallel_seconds"));
  return parallel > 0 ? parallel : quotient(value(side, "operations"), value(side, "seconds"));
}

double per_operation(const Side& side, const char* key) {
  return quotient(value(side, key), value(side, "operations") + value(side, "parallel_operations"));
}

constexpr std::array kFigures{
    Figure{"operations", "1/s", per_second},
    Figure{"p50", "s", [](const Side& side) { return value(side, "p50"); }},
    Figure{"p95", "s", [](const Side& side) { return value(side, "p95"); }},
    Figure{"p99", "s", [](const Side& side) { return value(side, "p99"); }},
    Figure{"p99.9", "s", [](const Side& side) { return value(side, "p999"); }},
    Figure{"max", "s", [](const Side& side) { return value(side, "max"); }},
    Figure{"server CPU", "s/op", [](const Side& side) { return per_operation(side, "server_cpu"); }},
    Figure{"client CPU", "s/op", [](const Side& side) { return per_operation(side, "client_cpu"); }},
    Figure{"written", "B/op", [](const Side& side) { return per_operation(side, "disk_written"); }},
    Figure{"memory", "B", [](const Side& side) { return value(side, "memory_high_water"); }}};

// The geometric mean over launches, and over epochs in them, of what could be had.
class Mean {
 public:
  void add(double each) {
    if (each <= 0) return;
    logs_ += std::log(each);
    ++count_;
  }
  [[nodiscard]] double get() const { return count_ > 0 ? std::exp(logs_ / count_) : 0; }

 private:
  double logs_ = 0;
  int count_ = 0;
};

double over_launches(const std::vector<const Epoch*>& epochs, Side Epoch::*side, const Figure& figure) {
  std::map<int, Mean> launches;
  for (const Epoch* epoch : epochs) launches[epoch->launch].add(figure.of(epoch->*side));
  Mean all;
  for (const auto& [number, mean] : launches) all.add(mean.get());
  return all.get();
}

struct Workload {
  std::string service, name;
  bool judged = true;
  auto operator<=>(const Workload&) const = default;
};

bool belongs(const Comparison& row, const Workload& workload) {
  return row.service == workload.service && row.workload == workload.name;
}

// As they stand in the record; one without epochs counts as judged when one of its rows is.
std::vector<Workload> workloads_of(const Record& record) {
  std::vector<Workload> all;
  for (const Comparison& row : record.comparisons) {
    if (std::any_of(all.begin(), all.end(), [&](const Workload& w) { return belongs(row, w); })) continue;
    bool judged = row.judged;
    for (const Epoch& epoch : record.epochs) {
      if (epoch.service == row.service && epoch.workload == row.workload) judged = epoch.judged;
    }
    all.push_back({row.service, row.workload, judged});
  }
  return all;
}

std::string ratio_cell(const Comparison& row) {
  const double bare = row.baseline_value > 0 ? row.value / row.baseline_value : 0;
  return row.interval ? interval(*row.interval) : ratio(bare) + " (no interval)";
}

std::string verdict_cell(const Comparison& row) {
  if (!row.judged || !row.verdict) return "recorded";
  return *row.verdict == record::Verdict::pass ? "pass" : "**" + to_text(*row.verdict) + "**";
}

Rows ratio_rows(const Record& record, const Workload& workload) {
  Rows rows;
  for (const Comparison& row : record.comparisons) {
    if (!belongs(row, workload)) continue;
    rows.push_back({row.stack, markdown_text(row.metric), ratio_cell(row),
                    row.twin ? interval(*row.twin) : "-", fmt::format("{:g} %", row.margin * 100),
                    verdict_cell(row),
                    row.smallest_detectable ? fmt::format("{:.1f} %", *row.smallest_detectable * 100) : "-",
                    std::to_string(row.launches.size()), std::to_string(row.samples)});
  }
  return rows;
}

std::string cell(double figure, const char* unit) { return figure > 0 ? quantity(figure, unit) : "-"; }

// Both sides of every pair, in the same units.
Rows absolute_rows(const Record& record, const Workload& workload) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<const Epoch*>> pairs;
  for (const Epoch& epoch : record.epochs) {
    if (epoch.service != workload.service || epoch.workload != workload.name) continue;
    const std::string pair = epoch.stack + " against " + epoch.against;
    if (!pairs.contains(pair)) order.push_back(pair);
    pairs[pair].push_back(&epoch);
  }
  Rows rows;
  for (const std::string& pair : order) {
    const auto& epochs = pairs.at(pair);
    for (const auto& [side, name] : {std::pair{&Epoch::contender, epochs[0]->stack},
                                     std::pair{&Epoch::baseline, "beside it: " + epochs[0]->against}}) {
      std::vector<std::string> row{name};
      for (const Figure& figure : kFigures)
        row.push_back(cell(over_launches(epochs, side, figure), figure.unit));
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

std::string judged_workload(const Record& record, const Workload& workload) {
  std::string out =
      fmt::format("\n### {} ({})\n\n", markdown_text(workload.name), markdown_text(workload.service));
  const Rows absolute = absolute_rows(record, workload);
  std::vector<std::string> head{"side"};
  for (const Figure& figure : kFigures) head.emplace_back(figure.name);
  if (!absolute.empty()) out += table(head, absolute) + "\n";
  out += table({"stack", "metric", "ratio (95 %)", "twin (noise)", "margin", "verdict", "would be found",
                "launches", "operations"},
               ratio_rows(record, workload));
  for (const Comparison& row : record.comparisons) {
    if (!belongs(row, workload) || !row.judged || row.verdict == record::Verdict::pass) continue;
    out += fmt::format("\n{} of {}: {}\n", sentence(markdown_text(row.metric)), row.stack,
                       markdown_text(row.note));
  }
  return out;
}

std::string recorded_workloads(const Record& record, const std::vector<Workload>& workloads) {
  Rows rows;
  for (const Workload& workload : workloads) {
    if (workload.judged) continue;
    for (const Comparison& row : record.comparisons) {
      if (!belongs(row, workload)) continue;
      rows.push_back({markdown_text(row.workload), markdown_text(row.metric), row.stack,
                      cell(row.baseline_value, row.unit.c_str()), cell(row.value, row.unit.c_str()),
                      ratio_cell(row), row.twin ? interval(*row.twin) : "-",
                      std::to_string(row.launches.size()), std::to_string(row.samples)});
    }
  }
  if (rows.empty()) return "";
  return "\n### Recorded only\n\nThese have an interval and no verdict.\n\n" +
         table({"workload", "metric", "stack", "baseline", "here", "ratio (95 %)", "twin (noise)", "launches",
                "operations"},
               rows);
}

// What the first launch left on the mounts of each side.
std::string filled(const Record& record) {
  Rows rows;
  for (const auto& [prefix, what] :
       {std::pair{"tmpfs_used:", "tmpfs holds"}, std::pair{"volume_growth:", "volume grew by"}}) {
    for (const auto& resource : record.resources) {
      if (!resource.name.starts_with(prefix)) continue;
      rows.push_back({resource.stack, markdown_text(resource.name.substr(std::string(prefix).size())), what,
                      quantity(resource.value, resource.unit)});
    }
  }
  if (rows.empty()) return "";
  return "\n### What the first launch left on each mount\n\n" + table({"stack", "mount", "", ""}, rows);
}

}  // namespace

std::string cost_section(const Record& record) {
  if (record.comparisons.empty()) return "";
  std::string out =
      "\n## Cost\n\nRatios: 1.0 = equal to baseline, with the 95 % interval over launches (Student's t). The "
      "twin is a "
      "second baseline, measured in the same way at the same time: a difference within its interval is not a "
      "difference. *Would be found*: the true slowdown that these launches find with 95 % power. *Recorded* "
      "rows "
      "change no exit status. Latencies are those of one connection; operations are those of several at once "
      "where "
      "that was measured; CPU time and bytes written to block devices are per operation; memory is the most "
      "that the container had since its start.\n";
  const std::vector<Workload> workloads = workloads_of(record);
  for (const Workload& workload : workloads) {
    if (workload.judged) out += judged_workload(record, workload);
  }
  return out + recorded_workloads(record, workloads) + filled(record);
}

}  // namespace rootseal::report
