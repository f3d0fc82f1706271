#include "report/figures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "report/text.hpp"

namespace rootseal::report {
namespace {

using record::Comparison;
using record::Epoch;
using record::Record;
using Side = std::map<std::string, double>;

// What stands in a column of a side, from one epoch; 0 when it cannot be had.
struct Figure {
  const char* name;
  const char* unit;
  double (*of)(const Side&);
};

double side_value(const Side& side, const char* key) {
  const auto at = side.find(key);
  return at == side.end() || !std::isfinite(at->second) ? 0 : at->second;
}

double quotient(double over, double under) { return under > 0 ? over / under : 0; }

double per_second(const Side& side) {
  const double parallel =
      quotient(side_value(side, "parallel_operations"), side_value(side, "parallel_seconds"));
  return parallel > 0 ? parallel : quotient(side_value(side, "operations"), side_value(side, "seconds"));
}

double per_operation(const Side& side, const char* key) {
  return quotient(side_value(side, key),
                  side_value(side, "operations") + side_value(side, "parallel_operations"));
}

constexpr std::array kFigures{
    Figure{"operations", "1/s", per_second},
    Figure{"p50", "s", [](const Side& side) { return side_value(side, "p50"); }},
    Figure{"p95", "s", [](const Side& side) { return side_value(side, "p95"); }},
    Figure{"p99", "s", [](const Side& side) { return side_value(side, "p99"); }},
    Figure{"p99.9", "s", [](const Side& side) { return side_value(side, "p999"); }},
    Figure{"max", "s", [](const Side& side) { return side_value(side, "max"); }},
    Figure{"server CPU", "s/op", [](const Side& side) { return per_operation(side, "server_cpu"); }},
    Figure{"client CPU", "s/op", [](const Side& side) { return per_operation(side, "client_cpu"); }},
    Figure{"written", "B/op", [](const Side& side) { return per_operation(side, "disk_written"); }},
    Figure{"memory", "B", [](const Side& side) { return side_value(side, "memory_high_water"); }}};

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

SideFigures figures_of(const std::vector<const Epoch*>& epochs, Side Epoch::*side, bool beside) {
  SideFigures row{beside ? epochs[0]->against : epochs[0]->stack, beside, {}};
  for (const Figure& figure : kFigures) {
    const double mean = over_launches(epochs, side, figure);
    row.figures.push_back(mean > 0 ? quantity(mean, figure.unit) : "-");
  }
  return row;
}

}  // namespace

bool belongs(const Comparison& row, const Workload& workload) {
  return row.service == workload.service && row.workload == workload.name;
}

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

std::string measure_of_mount(const std::string& resource) {
  return resource.starts_with("tmpfs_used:") ? "tmpfs: in use at the end"
                                             : "volume: in use at the end minus at the beginning";
}

std::string how_mounts_were_measured() {
  return "Bytes in use on each mount, looked up when the first launch of the performance suite began and "
         "when "
         "it ended. A volume with a figure below nothing held less at the end than at the beginning, one "
         "with "
         "0 B as much: a server also removes and reuses files. The control's writes to its own root are not "
         "counted here.";
}

std::vector<const char*> figure_names() {
  std::vector<const char*> names;
  for (const Figure& figure : kFigures) names.push_back(figure.name);
  return names;
}

std::vector<SideFigures> sides_of(const Record& record, const Workload& workload) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<const Epoch*>> pairs;
  for (const Epoch& epoch : record.epochs) {
    if (epoch.service != workload.service || epoch.workload != workload.name) continue;
    const std::string pair = epoch.stack + " against " + epoch.against;
    if (!pairs.contains(pair)) order.push_back(pair);
    pairs[pair].push_back(&epoch);
  }
  std::vector<SideFigures> rows;
  for (const std::string& pair : order) {
    rows.push_back(figures_of(pairs.at(pair), &Epoch::contender, false));
    rows.push_back(figures_of(pairs.at(pair), &Epoch::baseline, true));
  }
  return rows;
}

}  // namespace rootseal::report
