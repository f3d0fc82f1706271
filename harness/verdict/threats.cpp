#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "verdict/judge.hpp"
#include "verdict/names.hpp"

namespace rootseal::verdict {
namespace {

using record::Attack;
using record::Observed;
using Attempts = std::vector<const Attack*>;
using Which = std::function<bool(const Attack&)>;

bool prevented(const Attack& row) { return row.classification.starts_with("prevented-"); }
bool residual(const Attack& row) { return row.classification == "residual-risk"; }
bool by_design(const Attack& row) { return row.classification == "allowed-by-design"; }
bool skipped(const Attack& row) { return row.observed == Observed::skipped; }
bool not_known(const Attack& row) {
  return !prevented(row) && !residual(row) && !by_design(row) && !skipped(row);
}

std::size_t count(const Attempts& rows, const Which& which) {
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [&](const Attack* row) { return which(*row); }));
}

// "; residual risk: G10 (root), G11 (root, service)"; nothing when there is none.
std::string named(const std::string& what, const Attempts& rows, const Which& which) {
  std::map<std::string, std::string> identities;
  for (const Attack* row : rows) {
    if (!which(*row)) continue;
    std::string& all = identities[row->id];
    all += (all.empty() ? "" : ", ") + row->identity;
  }
  std::string list;
  for (const auto& [id, who] : identities)
    list += fmt::format("{}{} ({})", list.empty() ? "" : ", ", id, who);
  return list.empty() ? "" : fmt::format("; {}: {}", what, list);
}

std::string text_of(const Attempts& rows) {
  const std::size_t tried = rows.size() - count(rows, skipped);
  if (tried == 0) return "not tried" + named("skipped", rows, skipped);
  const std::size_t credited = count(rows, [](const Attack& row) { return row.credit.given; });
  std::string text = fmt::format("{} of {} attempts prevented", count(rows, prevented), tried);
  if (credited > 0) text += fmt::format(", {} of them by the read-only root", credited);
  return text + named("residual risk", rows, residual) + named("allowed by design", rows, by_design) +
         named("not known", rows, not_known) + named("skipped", rows, skipped);
}

record::Threat judged(const std::string& stack, const std::string& threat, const Attempts& rows) {
  record::Threat row;
  row.service = rows.front()->service;
  row.stack = stack;
  row.profile = rows.front()->profile;
  row.threat = threat;
  row.verdict = record::Verdict::skipped;
  for (const Attack* attack : rows) row.verdict = record::worst(row.verdict, attack->verdict);
  row.prevented = count(rows, prevented);
  row.residual = count(rows, residual);
  row.by_design = count(rows, by_design);
  row.text = text_of(rows);
  return row;
}

// What the record does not know comes last.
std::size_t rank_of(const std::vector<record::Stack>& stacks, const std::string& id) {
  const auto found =
      std::find_if(stacks.begin(), stacks.end(), [&](const auto& one) { return one.id == id; });
  return static_cast<std::size_t>(found - stacks.begin());
}

std::size_t rank_of(const std::string& threat) {
  const auto* const found = std::find_if(record::kThreats.begin(), record::kThreats.end(),
                                         [&](const auto& one) { return one.key == threat; });
  return static_cast<std::size_t>(found - record::kThreats.begin());
}

}  // namespace

std::vector<record::Threat> judge_threats(const std::vector<Attack>& attacks,
                                          const std::vector<record::Stack>& stacks) {
  std::map<std::pair<std::string, std::string>, Attempts> groups;
  for (const Attack& row : attacks) {
    if (!row.throwaway) groups[{base_of(row.stack), row.threat}].push_back(&row);
  }
  std::vector<record::Threat> threats;
  for (const auto& [of, rows] : groups) threats.push_back(judged(of.first, of.second, rows));
  std::stable_sort(threats.begin(), threats.end(), [&](const auto& a, const auto& b) {
    return std::pair(rank_of(stacks, a.stack), rank_of(a.threat)) <
           std::pair(rank_of(stacks, b.stack), rank_of(b.threat));
  });
  return threats;
}

}  // namespace rootseal::verdict
