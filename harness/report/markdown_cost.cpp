#include <fmt/format.h>

#include "report/answers.hpp"
#include "report/cost.hpp"
#include "report/figures.hpp"
#include "report/markdown.hpp"
#include "report/text.hpp"

namespace rootseal::report {
namespace {

using record::Comparison;
using record::Record;
using Rows = std::vector<std::vector<std::string>>;

std::string verdict_cell(const Comparison& row) {
  if (!row.judged || !row.verdict) return "recorded";
  return *row.verdict == record::Verdict::pass ? "pass" : "**" + to_text(*row.verdict) + "**";
}

Rows ratio_rows(const Record& record, const Workload& workload) {
  Rows rows;
  for (const Comparison& row : record.comparisons) {
    if (!belongs(row, workload)) continue;
    rows.push_back({row.stack, markdown_text(row.metric), figure(row), row.twin ? interval(*row.twin) : "-",
                    fmt::format("{:g} %", row.margin * 100), verdict_cell(row),
                    row.smallest_detectable ? fmt::format("{:.1f} %", *row.smallest_detectable * 100) : "-",
                    std::to_string(row.launches.size()), std::to_string(row.samples)});
  }
  return rows;
}

std::string cell(double figure, const char* unit) { return figure > 0 ? quantity(figure, unit) : "-"; }

Rows absolute_rows(const Record& record, const Workload& workload) {
  Rows rows;
  for (const SideFigures& side : sides_of(record, workload)) {
    rows.push_back({side.beside ? "beside it: " + side.stack : side.stack});
    rows.back().insert(rows.back().end(), side.figures.begin(), side.figures.end());
  }
  return rows;
}

std::string workload_text(const Record& record, const Workload& workload) {
  const Rows absolute = absolute_rows(record, workload);
  std::vector<std::string> head{"side"};
  for (const char* name : figure_names()) head.emplace_back(name);
  std::string out;
  if (!absolute.empty()) out += table(head, absolute) + "\n";
  return out + table({"stack", "metric", "ratio (95 %)", "twin (noise)", "margin", "verdict",
                      "would be found", "launches", "operations"},
                     ratio_rows(record, workload));
}

// The throughput of the candidates, for judging: the cost at a glance.
std::string overview(const Record& record) {
  Rows rows;
  for (const Workload& workload : workloads_of(record)) {
    if (!workload.judged) continue;
    for (const Comparison& row : record.comparisons) {
      if (!belongs(row, workload) || row.metric != "throughput" || role_of(record, row.stack) == "control")
        continue;
      rows.push_back({markdown_text(row.workload), row.stack, figure(row),
                      row.twin ? interval(*row.twin) : "-", fmt::format("{:g} %", row.margin * 100),
                      verdict_cell(row)});
    }
  }
  if (rows.empty()) return "";
  return table({"workload", "stack", "throughput, ratio (95 %)", "twin (noise)", "margin", "verdict"}, rows);
}

// Every figure that was judged and did not pass, with what limits it.
std::string not_passed(const Record& record) {
  std::string out;
  for (const Comparison& row : record.comparisons) {
    if (!row.judged || row.verdict == record::Verdict::pass) continue;
    out += fmt::format("- {}, {} of {}: {}\n", markdown_text(row.workload), markdown_text(row.metric),
                       row.stack, markdown_text(row.note));
  }
  return out.empty() ? "" : "\nWhat did not pass:\n\n" + out;
}

// Beyond its margin by its whole interval, and without a verdict.
std::string recorded_slower_table(const Record& record) {
  std::string out;
  for (const auto& stack : record.stacks) {
    const Cost cost = cost_of(record, stack.id);
    if (stack.role != "candidate" || cost.recorded_slower.empty()) continue;
    out += fmt::format("- {}: {}\n", stack.id, markdown_text(slowdowns(cost), 2000));
  }
  return out.empty() ? "" : "\nSlower by more than the margin, but recorded and not judged:\n\n" + out;
}

std::string recorded_workloads(const Record& record, const std::vector<Workload>& workloads) {
  Rows rows;
  for (const Workload& workload : workloads) {
    if (workload.judged) continue;
    for (const Comparison& row : record.comparisons) {
      if (!belongs(row, workload)) continue;
      rows.push_back({markdown_text(row.workload), markdown_text(row.metric), row.stack,
                      cell(row.baseline_value, row.unit.c_str()), cell(row.value, row.unit.c_str()),
                      figure(row), row.twin ? interval(*row.twin) : "-", std::to_string(row.launches.size()),
                      std::to_string(row.samples)});
    }
  }
  if (rows.empty()) return "";
  return "These have an interval and no verdict.\n\n" +
         table({"workload", "metric", "stack", "baseline", "here", "ratio (95 %)", "twin (noise)", "launches",
                "operations"},
               rows);
}

// What the first launch left on the mounts of each side.
std::string filled(const Record& record) {
  Rows rows;
  for (const std::string prefix : {"tmpfs_used:", "volume_growth:"}) {
    for (const auto& resource : record.resources) {
      if (!resource.name.starts_with(prefix)) continue;
      rows.push_back({resource.stack, markdown_text(resource.name.substr(prefix.size())),
                      measure_of_mount(resource.name), quantity(resource.value, resource.unit)});
    }
  }
  if (rows.empty()) return "";
  return how_mounts_were_measured() + "\n\n" + table({"stack", "mount", "measured", ""}, rows);
}

}  // namespace

std::string cost_section(const Record& record) {
  if (record.comparisons.empty()) return "";
  return "\n## Cost\n\nRatios: 1.0 = equal to baseline, with the 95 % interval over launches (Student's t). "
         "The twin is "
         "a second baseline, measured in the same way at the same time: a difference within its interval is "
         "not a "
         "difference. *Recorded* rows change no exit status. Latencies and absolute figures stand under "
         "Details, "
         "drawn in report.html.\n\n" +
         overview(record) + not_passed(record) + recorded_slower_table(record);
}

std::vector<Folded> cost_details(const Record& record) {
  std::vector<Folded> all;
  if (record.comparisons.empty()) return all;
  const std::vector<Workload> workloads = workloads_of(record);
  for (const Workload& workload : workloads) {
    if (!workload.judged) continue;
    all.push_back({fmt::format("{} ({})", markdown_text(workload.name), markdown_text(workload.service)),
                   workload_text(record, workload)});
  }
  all.push_back({"Workloads that are recorded only", recorded_workloads(record, workloads)});
  all.push_back({"What the first launch left on each mount", filled(record)});
  all.push_back(
      {"How to read the figures",
       "*Would be found*: the true slowdown that these launches find with 95 % power. Latencies are those "
       "of one connection; operations are those of several at once where that was measured; CPU time and "
       "bytes written to block devices are per operation; memory is the most that the container had "
       "since its start.\n"});
  return all;
}

}  // namespace rootseal::report
