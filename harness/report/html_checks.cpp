#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/answers.hpp"
#include "report/html.hpp"
#include "report/text.hpp"

namespace rootseal::report {
namespace {

using record::Check;
using record::Record;
using record::Verdict;

// What one check came to on one profile: on its stack and those beside it, as often as it ran.
struct Seen {
  Verdict worst = Verdict::skipped;
  double seconds = 0;
  std::size_t times = 0;
  std::vector<const Check*> rows;
};

struct Line {
  std::string suite, id;
  std::map<std::string, Seen> by_stack;
  int weight = 0;  // what weighs more stands first
};

int weight_of(Verdict verdict, bool specimen) {
  switch (verdict) {
    case Verdict::fail:
      return specimen ? 2 : 4;
    case Verdict::inconclusive:
      return specimen ? 1 : 3;
    case Verdict::skipped:
      return 1;
    case Verdict::pass:
      break;
  }
  return 0;
}

std::vector<Line> lines_of(const Record& record, const std::string& server) {
  std::vector<Line> all;
  for (const Check& check : record.checks) {
    if (check.suite == "performance" || server_of(check.stack) != server) continue;
    // A check of the harness itself runs in every suite.
    const bool own = check.id == record::kStartCheck || check.id == record::kClaimsCheck;
    const std::string suite = own ? "every" : check.suite;
    auto at = std::find_if(all.begin(), all.end(),
                           [&](const Line& line) { return line.id == check.id && line.suite == suite; });
    if (at == all.end()) at = all.insert(all.end(), {suite, check.id, {}, 0});
    Seen& seen = at->by_stack[base_of(check.stack)];
    seen.worst = seen.times == 0 ? check.verdict : record::worst(seen.worst, check.verdict);
    seen.seconds += check.seconds;
    ++seen.times;
    seen.rows.push_back(&check);
    at->weight = std::max(at->weight, weight_of(check.verdict, role_of(record, check.stack) == "specimen"));
  }
  std::stable_sort(all.begin(), all.end(), [](const Line& a, const Line& b) { return a.weight > b.weight; });
  return all;
}

std::vector<const record::Stack*> columns_of(const Record& record, const std::string& server) {
  std::vector<const record::Stack*> all;
  for (const auto& stack : record.stacks) {
    if (is_main(stack) && server_of(stack.id) == server) all.push_back(&stack);
  }
  return all;
}

std::vector<std::string> said(const Seen& seen) {
  std::vector<std::string> lines;
  for (const Check* check : seen.rows) {
    if (seen.worst != Verdict::pass && check->verdict == Verdict::pass) continue;
    const bool beside = check->stack != base_of(check->stack);
    if (beside && (!check->message.empty() || !check->evidence.empty()))
      lines.push_back("on " + check->stack + ":");
    if (!check->message.empty()) lines.push_back(check->message);
    lines.insert(lines.end(), check->evidence.begin(), check->evidence.end());
  }
  return lines;
}

Cell cell_of(const Seen& seen, bool specimen) {
  const Mood mood = mood_of(seen.worst);
  std::string word = to_text(seen.worst);
  if (specimen && seen.worst == Verdict::fail) word = "fails: a finding";
  Markup summary = badge(mood, word);
  if (seen.seconds > 0) summary += Markup::text(" " + duration(seen.seconds));
  if (seen.times > 1) summary += Markup::text(fmt::format(", {} times", seen.times));
  const auto lines = said(seen);
  if (lines.empty()) return {summary};
  return {summary + evidence(seen.worst == Verdict::pass ? "seen" : "message and evidence", lines),
          seen.worst == Verdict::pass ? Mood::quiet : mood};
}

Markup table_of(const std::vector<const Line*>& lines, const std::vector<const record::Stack*>& columns,
                const std::string& caption) {
  std::vector<Markup> head = heads({"check"});
  for (const auto* stack : columns)
    head.push_back(Markup::text(stack->role == "specimen" ? stack->profile + " (specimen)" : stack->profile));
  std::vector<CellRow> rows;
  for (const Line* line : lines) {
    CellRow row{{Markup::text(line->id) + element("span", Markup::text(line->suite), {{"class", "where"}})}};
    for (const auto* stack : columns) {
      const auto at = line->by_stack.find(stack->id);
      row.push_back(at == line->by_stack.end() ? Cell{Markup::text("-")}
                                               : cell_of(at->second, stack->role == "specimen"));
    }
    rows.push_back(std::move(row));
  }
  return cells(caption, head, rows);
}

Markup one_server(const Record& record, const std::string& server) {
  const auto lines = lines_of(record, server);
  if (lines.empty()) return {};
  const auto columns = columns_of(record, server);
  std::vector<const Line*> attention, passed;
  for (const Line& line : lines) (line.weight > 0 ? attention : passed).push_back(&line);
  Markup out = element("h3", Markup::text(server)) + Markup::raw("\n");
  out += table_of(attention, columns, server + ": checks that did not pass everywhere, failures first");
  if (!passed.empty())
    out += details(Markup::text(fmt::format("{} passed on every profile where {} ran",
                                            plural(passed.size(), "check", "checks"),
                                            passed.size() == 1 ? "it" : "they")),
                   table_of(passed, columns, server + ": checks that passed"));
  return out;
}

}  // namespace

Mood mood_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return Mood::good;
    case Verdict::fail:
      return Mood::bad;
    case Verdict::inconclusive:
      return Mood::open;
    case Verdict::skipped:
      break;
  }
  return Mood::quiet;
}

Markup html_checks(const Record& record) {
  Markup out;
  for (const auto& server : answers(record)) out += one_server(record, server.server);
  return section("checks", "Does it work, does it recover: every check", out);
}

Markup html_findings(const Record& record) {
  std::vector<Markup> all;
  for (const auto& finding : record.findings) {
    const Mood mood = finding.severity == "high" || finding.severity == "critical" ? Mood::bad
                      : finding.severity == "medium"                               ? Mood::open
                                                                                   : Mood::quiet;
    all.push_back(badge(mood, one_line(finding.severity, 40)) + Markup::text(" ") +
                  element("strong", Markup::text(finding.stack)) + Markup::text(" " + finding.text, 1200) +
                  evidence("evidence", finding.evidence));
  }
  return section("findings", "Findings", items(all));
}

Markup html_claims(const Record& record) {
  std::vector<CellRow> rows;
  std::size_t hold = 0;
  for (const auto& stack : record.stacks) {
    for (const auto& claim : stack.claims) {
      const bool holds = claim.holds == true;
      if (holds && !is_main(stack)) {
        ++hold;
        continue;
      }
      const Mood mood = holds ? Mood::good : claim.holds ? Mood::bad : Mood::open;
      rows.push_back({{Markup::text(stack.id)},
                      {Markup::text(claim.name + ": " + claim.value)},
                      {badge(mood, holds         ? "holds"
                                   : claim.holds ? "does not hold"
                                                 : "not established"),
                       holds ? Mood::quiet : mood},
                      {Markup::text(claim.evidence)},
                      {Markup::text(claim.verified)}});
    }
  }
  Markup out = cells("what each profile says of itself, looked up in the running container",
                     heads({"stack", "claim", "", "seen", "when"}), rows);
  if (hold > 0)
    out += paragraph(Markup::text(
        fmt::format("{} on further stacks of the same profiles hold too.", plural(hold, "claim", "claims"))));
  return section("claims", "Is each profile what it says it is", out);
}

}  // namespace rootseal::report
