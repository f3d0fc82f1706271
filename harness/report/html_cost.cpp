#include <fmt/format.h>

#include <algorithm>

#include "report/answers.hpp"
#include "report/cost.hpp"
#include "report/figures.hpp"
#include "report/html.hpp"
#include "report/text.hpp"

namespace rootseal::report {
namespace {

using record::Comparison;
using record::Record;
using record::Verdict;

bool is_twin(const Record& record, const Comparison& row) { return role_of(record, row.stack) == "control"; }
// Throughput and latencies; CPU time stands apart.
bool is_figure(const Comparison& row) { return row.unit != "s/op"; }

Cell detectable(const Comparison& row) {
  return {
      Markup::text(row.smallest_detectable ? fmt::format("{:.1f} %", *row.smallest_detectable * 100) : "-")};
}

Cell side_heading(const std::string& stack, const std::string& what) {
  return {Markup::text(what) + element("span", Markup::text(stack), {{"class", "where"}})};
}

// Figures that belong together stay on one line.
Cell figures(const Markup& text) { return {element("span", text, {{"class", "figures"}})}; }

CellRow ratio_row(const Comparison& row, const std::string& heading) {
  return {side_heading(row.stack, heading),
          {forest_row(row)},
          figures(Markup::text(figure(row))),
          verdict_cell(row),
          {Markup::text(fmt::format("{:g} %", row.margin * 100))},
          figures(Markup::text(row.twin ? interval(*row.twin) : "-")),
          detectable(row),
          {Markup::text(std::to_string(row.launches.size()))},
          {Markup::text(std::to_string(row.samples))}};
}

std::vector<Markup> ratio_heads(const char* first) {
  auto all = heads({first, "", "ratio (95 %)", "verdict", "margin", "twin (noise)", "would be found",
                    "launches", "operations"});
  all[1] = forest_scale();
  return all;
}

// The throughput of every workload for judging, of one server: the cost at a glance.
Markup overview(const Record& record, const std::string& server) {
  std::vector<CellRow> rows;
  for (const Workload& workload : workloads_of(record)) {
    if (!workload.judged) continue;
    for (const Comparison& row : record.comparisons) {
      const bool here =
          belongs(row, workload) && row.metric == "throughput" && server_of(row.stack) == server;
      if (here && !is_twin(record, row)) rows.push_back(ratio_row(row, row.workload));
    }
  }
  return cells(server + ": throughput of every workload that is for judging", ratio_heads("workload"), rows);
}

Markup absolute(const Record& record, const Workload& workload) {
  std::vector<Markup> head = heads({"side"});
  for (const char* name : figure_names()) head.push_back(Markup::text(name));
  std::vector<CellRow> rows;
  for (const SideFigures& side : sides_of(record, workload)) {
    CellRow row{side_heading(side.stack, side.beside ? "beside it" : "measured")};
    for (const auto& figure : side.figures) row.push_back(figures(Markup::text(figure)));
    rows.push_back(std::move(row));
  }
  return cells("both sides, measured in turns", head, rows);
}

Markup ratios(const Record& record, const Workload& workload, bool timed, const char* caption) {
  std::vector<CellRow> rows;
  for (const Comparison& row : record.comparisons) {
    if (belongs(row, workload) && is_figure(row) == timed && !is_twin(record, row))
      rows.push_back(ratio_row(row, row.metric));
  }
  return cells(caption, ratio_heads("metric"), rows);
}

Markup notes(const Record& record, const Workload& workload) {
  std::vector<Markup> all;
  for (const Comparison& row : record.comparisons) {
    if (!belongs(row, workload) || !is_figure(row) || row.note.empty() || is_twin(record, row)) continue;
    all.push_back(Markup::text(fmt::format("{} of {}: {}", row.metric, row.stack, row.note), 900));
  }
  return all.empty() ? Markup() : details(Markup::text("What was said of each figure"), items(all));
}

bool needs_reading(const Record& record, const Workload& workload) {
  return std::any_of(record.comparisons.begin(), record.comparisons.end(), [&](const Comparison& row) {
    return belongs(row, workload) && row.judged && row.verdict && *row.verdict != Verdict::pass;
  });
}

// Shown slower by its interval, and without a verdict.
bool is_recorded_slower(const Record& record, const Workload& workload) {
  for (const auto& stack : record.stacks) {
    if (stack.role != "candidate") continue;
    for (const Comparison* row : cost_of(record, stack.id).recorded_slower) {
      if (belongs(*row, workload)) return true;
    }
  }
  return false;
}

Markup one_workload(const Record& record, const Workload& workload) {
  Markup summary =
      element("strong", Markup::text(workload.name)) + Markup::text(" (" + workload.service + ") ");
  std::size_t good = 0, bad = 0, open = 0;
  for (const Comparison& row : record.comparisons) {
    if (!belongs(row, workload) || !row.judged || !row.verdict) continue;
    good += *row.verdict == Verdict::pass ? 1 : 0;
    bad += *row.verdict == Verdict::fail ? 1 : 0;
    open += *row.verdict == Verdict::inconclusive ? 1 : 0;
  }
  if (bad > 0) summary += badge(Mood::bad, fmt::format("{} slower than the margin", bad));
  if (open > 0) summary += badge(Mood::open, fmt::format("{} open", open));
  if (good > 0) summary += badge(Mood::good, fmt::format("{} within the margin", good));
  if (!workload.judged) summary += badge(Mood::quiet, "recorded only");
  if (is_recorded_slower(record, workload))
    summary += Markup::raw(" ") + badge(Mood::open, "slower, not judged");
  return details(summary,
                 ratios(record, workload, true, "throughput and latency, against baseline") +
                     absolute(record, workload) +
                     ratios(record, workload, false, "CPU time per operation, recorded only") +
                     notes(record, workload),
                 needs_reading(record, workload)) +
         Markup::raw("\n");
}

// What nobody may have to unfold a row for.
Markup recorded_slower(const Record& record) {
  std::vector<CellRow> rows;
  for (const auto& stack : record.stacks) {
    if (stack.role != "candidate") continue;
    for (const Comparison* row : cost_of(record, stack.id).recorded_slower)
      rows.push_back(ratio_row(*row, row->workload + ", " + row->metric));
  }
  return cells(
      "Slower by more than the margin, and not judged: the whole interval lies beyond the margin, but these "
      "figures were only recorded and change no verdict",
      ratio_heads("workload"), rows);
}

// A workload whose results were wrong or which did not end: no time is kept for it.
Markup unverified(const Record& record) {
  std::vector<Markup> all;
  for (const auto& check : record.checks) {
    if (check.suite != "performance" || check.verdict == Verdict::pass) continue;
    all.push_back(badge(mood_of(check.verdict), to_text(check.verdict)) +
                  Markup::text(fmt::format(" {} on {}: {}", check.id, check.stack, check.message)));
  }
  return all.empty() ? Markup()
                     : paragraph(Markup::text("Work that was not verified, or did not start:")) + items(all);
}

}  // namespace

Cell verdict_cell(const Comparison& row) {
  if (!row.judged || !row.verdict) return {Markup::text("recorded")};
  switch (*row.verdict) {
    case Verdict::pass:
      return {badge(Mood::good, "within the margin")};
    case Verdict::fail:
      return {badge(Mood::bad, "slower than the margin"), Mood::bad};
    case Verdict::inconclusive:
      return {badge(Mood::open, "open"), Mood::open};
    case Verdict::skipped:
      break;
  }
  return {Markup::text("skipped")};
}

Markup html_cost(const Record& record) {
  Markup out = unverified(record);
  if (!record.comparisons.empty()) {
    out +=
        paragraph(prose("How to read it: the dot is the ratio to baseline (1.0 = equal), the thin line its "
                        "95 % interval over "
                        "launches, the shaded band the margin that was declared beforehand, the broad grey "
                        "line a second baseline "
                        "measured in the same way (the noise). Left of the middle is slower, for latencies "
                        "too, which are drawn "
                        "mirrored. A line wholly inside the band: shown to be equal. Wholly outside on the "
                        "left: shown to be slower. "
                        "Anything else settles nothing by itself."));
    for (const auto& server : answers(record)) out += overview(record, server.server);
    out += recorded_slower(record);
    out += element("h3", Markup::text("Each workload, with the figures of both sides")) + Markup::raw("\n");
    for (const Workload& workload : workloads_of(record)) out += one_workload(record, workload);
    out +=
        paragraph(Markup::text("Latencies are those of one connection; operations are those of several at "
                               "once where that was measured. "
                               "CPU time and bytes written to block devices are per operation; memory is the "
                               "most that the container had "
                               "since its start. Would be found: the true slowdown that these launches find "
                               "with 95 % power. Recorded rows "
                               "change no exit status."));
  }
  return section("cost", "What it costs", out);
}

}  // namespace rootseal::report
