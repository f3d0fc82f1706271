#include "report/risks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "record/finding_ids.hpp"
#include "report/answers.hpp"

namespace rootseal::report {
namespace {

using record::Attack;
using record::Record;
using record::Stack;

// A finding has no remedy of its own in the record. What is said of smaller entries, a check showed.
std::string remedy_of(const Record& record, const Stack& stack, const record::Finding& finding) {
  if (finding.id != record::kLostWhenFull) return "";
  const bool smaller_stay = std::any_of(record.checks.begin(), record.checks.end(), [&](const auto& check) {
    return check.stack == stack.id && check.id.starts_with("FullVolume.") &&
           check.verdict == record::Verdict::pass;
  });
  return std::string(
             "an alert on free space, long before the volume is full; a volume of a size of its own, "
             "which nothing else fills") +
         (smaller_stay ? "; smaller entries: of these none was lost (FullVolume)" : "");
}

void add_note(Risk& risk, const std::string& text, const std::string& profile) {
  if (text.empty()) return;
  auto at = std::find_if(risk.notes.begin(), risk.notes.end(),
                         [&](const Risk::Note& note) { return note.text == text; });
  if (at == risk.notes.end()) at = risk.notes.insert(at, {text, {}});
  at->profiles.push_back(profile);
}

void add(std::vector<Risk>& all, Risk risk, const std::string& profile, const std::string& note) {
  const auto at = std::find_if(all.begin(), all.end(), [&](const Risk& each) {
    return each.server == risk.server && each.name == risk.name && each.identity == risk.identity &&
           (!each.name.empty() || each.title == risk.title) &&
           std::find(each.profiles.begin(), each.profiles.end(), profile) == each.profiles.end();
  });
  Risk& where = at == all.end() ? all.emplace_back(std::move(risk)) : *at;
  where.profiles.push_back(profile);
  add_note(where, note, profile);
}

std::size_t weight(const std::string& severity) {
  static constexpr std::array kSeverities{"critical", "high", "medium", "low"};
  return static_cast<std::size_t>(std::find(kSeverities.begin(), kSeverities.end(), severity) -
                                  kSeverities.begin());
}

}  // namespace

bool remains(const Attack& row) {
  return row.classification == "residual-risk" && row.verdict != record::Verdict::fail && !row.throwaway &&
         row.observed != record::Observed::skipped;
}

bool is_grave(const record::Finding& finding) {
  return finding.severity == "medium" || finding.severity == "high";
}

std::vector<std::string> in_words(const std::vector<Risk::Note>& notes) {
  std::vector<std::string> all;
  for (const auto& note : notes)
    all.push_back(fmt::format("on {}: {}", fmt::join(note.profiles, ", "), note.text));
  return all;
}

std::vector<Risk> risks(const Record& record) {
  std::vector<Risk> all;
  for (const auto& server : answers(record)) {
    std::vector<Risk> here;
    for (const Stack& stack : record.stacks) {
      if (stack.role != "candidate" || !is_main(stack) || server_of(stack.id) != server.server) continue;
      for (const Attack& row : record.attacks) {
        if (row.stack == stack.id && remains(row))
          add(here, {server.server, row.id, row.title, row.identity, row.severity, row.remedy, {}},
              stack.profile, row.note);
      }
      for (const auto& finding : record.findings) {
        if (base_of(finding.stack) == stack.id && is_grave(finding))
          add(here,
              {server.server, "", finding.text, "", finding.severity, remedy_of(record, stack, finding), {}},
              stack.profile, "");
      }
    }
    std::stable_sort(here.begin(), here.end(),
                     [](const Risk& a, const Risk& b) { return weight(a.severity) < weight(b.severity); });
    all.insert(all.end(), here.begin(), here.end());
  }
  return all;
}

}  // namespace rootseal::report
