#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "report/answers.hpp"
#include "report/html.hpp"
#include "report/text.hpp"

namespace rootseal::report {
namespace {

using record::Attack;
using record::Observed;
using record::Record;
using record::Verdict;

// What an error means, in words.
std::string stopped_by(const Attack& row) {
  if (row.stopped_by == "EROFS" && row.credit.given) return "read-only root (EROFS)";
  if (row.stopped_by == "EROFS") return "read-only mount (EROFS)";
  if (row.stopped_by == "EACCES") return "ownership or mode (EACCES)";
  if (row.stopped_by == "EPERM") return "capabilities or seccomp (EPERM)";
  if (row.stopped_by == "ENOSPC") return "no space (ENOSPC)";
  if (row.stopped_by == "EXDEV") return "other filesystem (EXDEV)";
  if (row.stopped_by == "noexec") return "noexec mount";
  if (row.stopped_by == "server") return "the server refused";
  return row.stopped_by.empty() ? "blocked" : row.stopped_by;
}

Markup small(const std::string& text) {
  return text.empty() ? Markup() : element("span", Markup::text(text), {{"class", "where"}});
}

std::string in_words(std::string classification) {
  std::replace(classification.begin(), classification.end(), '-', ' ');
  return classification;
}

Cell cell_of(const Attack& row) {
  Markup text;
  Mood mood = Mood::quiet;
  switch (row.observed) {
    case Observed::succeeded:
      mood = row.verdict == Verdict::fail             ? Mood::bad
             : row.role == "control" || row.by_design ? Mood::quiet
                                                      : Mood::open;
      text = badge(mood, row.verdict == Verdict::fail ? "succeeded, must be blocked" : "succeeded");
      break;
    case Observed::blocked:
      text = row.verdict == Verdict::inconclusive ? badge(Mood::open, "blocked, never seen to succeed")
                                                  : badge(Mood::good, "blocked");
      text += Markup::text(" " + stopped_by(row));
      if (row.verdict == Verdict::inconclusive) mood = Mood::open;
      break;
    case Observed::inconclusive:
      mood = Mood::open;
      text = badge(mood, "not known");
      break;
    case Observed::skipped:
      text = Markup::text("skipped");
      break;
  }
  if (row.credit.given) text += Markup::raw(" ") + badge(Mood::good, "credit");
  if (row.role != "control" || row.observed != Observed::succeeded)
    text += small(in_words(row.classification));
  if (!row.note.empty()) text += small(row.note);
  return {text, mood};
}

struct Attempt {
  const Attack* like;                     // its first row
  std::vector<const Attack*> by_profile;  // in the order of the columns; nullptr where it was not tried
};

std::vector<const record::Stack*> stacks_with_attacks(const Record& record, const std::string& server) {
  std::vector<const record::Stack*> all;
  for (const auto& stack : record.stacks) {
    const bool tried = std::any_of(record.attacks.begin(), record.attacks.end(), [&](const Attack& row) {
      return row.stack == stack.id && !row.throwaway;
    });
    if (tried && server_of(stack.id) == server) all.push_back(&stack);
  }
  return all;
}

const Attack* find(const Record& record, const Attack& like, const std::string& stack) {
  for (const auto& row : record.attacks) {
    if (!row.throwaway && row.stack == stack && row.id == like.id && row.identity == like.identity)
      return &row;
  }
  return nullptr;
}

std::vector<Attempt> attempts_of(const Record& record, const std::string& server, const std::string& threat,
                                 const std::vector<const record::Stack*>& columns) {
  std::vector<Attempt> all;
  std::set<std::pair<std::string, std::string>> known;
  for (const auto& row : record.attacks) {
    if (row.throwaway || row.threat != threat || server_of(row.stack) != server) continue;
    if (!known.emplace(row.id, row.identity).second) continue;
    Attempt attempt{&row, {}};
    for (const auto* stack : columns) attempt.by_profile.push_back(find(record, row, stack->id));
    all.push_back(std::move(attempt));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Attempt& a, const Attempt& b) { return a.like->id < b.like->id; });
  return all;
}

// Whether somebody has to do something about it: it succeeds where it is not expected to.
bool needs_remedy(const Attempt& attempt) {
  return std::any_of(attempt.by_profile.begin(), attempt.by_profile.end(), [](const Attack* row) {
    return row != nullptr && row->role != "control" && row->observed == Observed::succeeded;
  });
}

// The second identity of an attack needs no second description.
Markup heading_of(const Attempt& attempt, bool again) {
  std::vector<std::string> lines;
  for (const Attack* row : attempt.by_profile) {
    if (row == nullptr || row->evidence.empty()) continue;
    lines.push_back("on " + row->profile + ":");
    lines.insert(lines.end(), row->evidence.begin(), row->evidence.end());
  }
  const Attack& like = *attempt.like;
  Markup text = element("strong", Markup::text(like.id));
  if (!again) {
    text += Markup::text(" " + like.title);
    text += small(fmt::format("severity {}{}{}", like.severity, like.references.empty() ? "" : "; ",
                              fmt::join(like.references, ", ")));
  }
  if (!like.remedy.empty() && needs_remedy(attempt)) text += small("what would stop it: " + like.remedy);
  return text + evidence("evidence", lines);
}

Markup matrix(const Record& record, const std::string& server, const std::string& threat) {
  const auto columns = stacks_with_attacks(record, server);
  std::vector<Markup> head = heads({"attack", "as"});
  for (const auto* stack : columns)
    head.push_back(Markup::text(
        stack->role == "candidate" ? stack->profile : fmt::format("{} ({})", stack->profile, stack->role)));
  std::vector<CellRow> rows;
  std::string before;
  for (const auto& attempt : attempts_of(record, server, threat, columns)) {
    CellRow row{{heading_of(attempt, attempt.like->id == before)}, {Markup::text(attempt.like->identity)}};
    before = attempt.like->id;
    for (const Attack* seen : attempt.by_profile)
      row.push_back(seen == nullptr ? Cell{Markup::text("-")} : cell_of(*seen));
    rows.push_back(std::move(row));
  }
  return cells(fmt::format("{}: {}", server, threat), head, rows);
}

// What it came to on the candidates of a server.
std::string counted(const Record& record, const std::string& threat) {
  std::size_t root = 0, other = 0, design = 0, residual = 0, unknown = 0;
  for (const auto& row : record.attacks) {
    if (row.threat != threat || row.role != "candidate" || row.throwaway || row.observed == Observed::skipped)
      continue;
    root += row.classification == "prevented-by-read-only-root" ? 1 : 0;
    other +=
        row.classification == "prevented-by-other-control" || row.classification == "prevented-on-both-sides";
    design += row.classification == "allowed-by-design" ? 1 : 0;
    residual += row.classification == "residual-risk" ? 1 : 0;
    unknown += row.classification == "unknown" ? 1 : 0;
  }
  return fmt::format(
      "Attempts on the candidates: {} stopped by the read-only root, {} by something else, {} allowed by "
      "design, {} "
      "residual, {} not known.",
      root, other, design, residual, unknown);
}

// The verdict on a threat, one line for each stack that it was tried on.
Markup verdicts(const Record& record, const std::string& threat) {
  std::vector<Markup> all;
  for (const auto& row : record.threats) {
    if (row.threat != threat) continue;
    const bool remains = row.verdict == Verdict::pass && row.residual > 0;
    all.push_back(
        element("strong", Markup::text(row.stack)) + Markup::raw(" ") +
        badge(remains ? Mood::quiet : mood_of(row.verdict), remains ? "residual" : to_text(row.verdict)) +
        Markup::text(": " + row.text));
  }
  return items(all);
}

std::string title_of(const std::string& threat) {
  for (const auto& name : record::kThreats) {
    if (name.key == threat) return sentence(std::string(name.title));
  }
  return threat;
}

std::vector<std::string> threats_of(const Record& record) {
  std::vector<std::string> names;
  for (const auto& row : record.attacks) {
    if (std::find(names.begin(), names.end(), row.threat) == names.end()) names.push_back(row.threat);
  }
  return names;
}

}  // namespace

Markup html_attacks(const Record& record) {
  if (record.attacks.empty()) return {};
  Markup out = paragraph(Markup::text(
      "A cell says what was seen: the attack succeeded, or what blocked it. Credit: the read-only root "
      "stopped it, and "
      "the same attack by the same identity succeeded on baseline in this run. Never seen to succeed: "
      "\"blocked\" may "
      "mean \"broken\". On the control success is expected: that is what the candidates are compared with."));
  for (const auto& threat : threats_of(record)) {
    out += element("h3", Markup::text(title_of(threat))) + Markup::raw("\n") +
           paragraph(Markup::text(counted(record, threat))) + verdicts(record, threat);
    for (const auto& server : answers(record)) out += matrix(record, server.server, threat);
  }
  return section("attacks", "What an attacker inside tried", out);
}

}  // namespace rootseal::report
