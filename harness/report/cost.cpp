#include "report/cost.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/text.hpp"

namespace rootseal::report {
namespace {

using record::Comparison;
using record::Record;
using record::Verdict;

constexpr std::string_view kGuard = "stalls_included";

double bare_ratio(const Comparison& row) {
  return row.baseline_value > 0 ? row.value / row.baseline_value : 1;
}

// How far to the slow side a throughput may lie.
double low_end(const Comparison& row) { return row.interval ? row.interval->ci_low : bare_ratio(row); }

// As the verdict has it: how many times as slow, at least.
bool is_slower(const Comparison& row) {
  if (!row.interval || row.interval->ci_low <= 0) return false;
  const double least = row.better == "lower" ? row.interval->ci_low : 1 / row.interval->ci_high;
  return least > 1 + row.margin;
}

void count(Cost& cost, const Comparison& row) {
  if (row.metric == kGuard && !row.judged) return;  // it speaks up when it finds something
  if (!row.judged) {
    ++cost.recorded;
    cost.not_judged.push_back(&row);
  } else if (row.verdict == Verdict::fail) {
    ++cost.slower;
  } else if (row.verdict == Verdict::inconclusive) {
    ++cost.open;
  } else if (row.verdict == Verdict::pass) {
    ++cost.within;
  }
}

}  // namespace

bool is_for_judging(const Record& record, const Comparison& row) {
  return row.judged ||
         std::any_of(record.epochs.begin(), record.epochs.end(), [&](const record::Epoch& epoch) {
           return epoch.judged && epoch.service == row.service && epoch.workload == row.workload;
         });
}

Cost cost_of(const Record& record, const std::string& stack) {
  Cost cost;
  for (const Comparison& row : record.comparisons) {
    if (row.stack != stack || row.unit == "s/op") continue;
    const bool plain = row.metric == "throughput" || row.metric == "p50";
    if (plain && !row.judged && is_slower(row)) cost.recorded_slower.push_back(&row);
    if (!is_for_judging(record, row)) continue;
    count(cost, row);
    if (row.metric == "throughput" && (cost.worst == nullptr || low_end(row) < low_end(*cost.worst)))
      cost.worst = &row;
  }
  return cost;
}

std::string counted(const Cost& cost) {
  std::string text;
  const auto add = [&](std::size_t number, const char* what) {
    if (number > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", number, what);
  };
  add(cost.slower, "slower than the margin");
  add(cost.open, "open");
  add(cost.within, "within the margin");
  add(cost.recorded, "recorded and not judged");
  return text;
}

std::string figure(const Comparison& row) {
  return row.interval ? interval(*row.interval) : ratio(bare_ratio(row)) + " (no interval)";
}

std::string worst_figure(const Cost& cost) {
  return cost.worst == nullptr ? "" : fmt::format("{} of {}", figure(*cost.worst), cost.worst->workload);
}

std::string slowdown(const Comparison& row) {
  const auto& of = *row.interval;
  if (row.better == "lower")
    return fmt::format("{:.2f} times as long ({}, {:.2f} to {:.2f})", of.ratio, row.metric, of.ci_low,
                       of.ci_high);
  return fmt::format("{:.2f} of the {} ({:.2f} to {:.2f})", of.ratio, row.metric, of.ci_low, of.ci_high);
}

std::string slowdowns(const Cost& cost) {
  std::string text;
  for (const std::string& workload : slower_workloads(cost)) {
    std::vector<std::string> figures;
    for (const Comparison* row : cost.recorded_slower) {
      if (row->workload != workload) continue;
      figures.push_back((row->better == "lower" ? "takes " : "has ") + slowdown(*row));
    }
    std::reverse(figures.begin(), figures.end());  // what one operation takes, first
    text += fmt::format("{}{} {}", text.empty() ? "" : "; ", workload, fmt::join(figures, " and "));
  }
  return text;
}

std::vector<std::string> slower_workloads(const Cost& cost) {
  std::vector<std::string> all;
  for (const Comparison* row : cost.recorded_slower) {
    if (std::find(all.begin(), all.end(), row->workload) == all.end()) all.push_back(row->workload);
  }
  return all;
}

}  // namespace rootseal::report
