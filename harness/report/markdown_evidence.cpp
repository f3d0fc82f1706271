#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "report/answers.hpp"
#include "report/markdown.hpp"
#include "report/text.hpp"
#include "report/threats.hpp"

namespace rootseal::report {
namespace {

using record::Attack;
using record::Observed;
using record::Record;
using Rows = std::vector<std::vector<std::string>>;

std::string cell(const Attack& row) {
  std::string text;
  switch (row.observed) {
    case Observed::succeeded:
      text = row.classification == "allowed-by-design" ? "succeeded, by design" : "**succeeded**";
      break;
    case Observed::blocked:
      text = row.stopped_by.empty() ? "blocked" : row.stopped_by;
      break;
    case Observed::inconclusive:
      text = "not known";
      break;
    case Observed::skipped:
      text = "skipped";
      break;
  }
  if (row.credit.given) text += " (credit)";
  if (row.verdict == record::Verdict::fail) text += " FAIL";
  if (row.verdict == record::Verdict::inconclusive && row.observed == Observed::blocked)
    text += " (never live)";
  return text;
}

struct Matrix {
  std::vector<std::string> profiles;
  Rows rows;
};

const Attack* find_attack(const Record& record, const Attack& like, const std::string& stack) {
  for (const auto& row : record.attacks) {
    if (!row.throwaway && row.stack == stack && row.id == like.id && row.identity == like.identity)
      return &row;
  }
  return nullptr;
}

Matrix matrix_of(const Record& record, const std::string& server) {
  std::vector<std::string> stacks;
  Matrix matrix;
  for (const auto& stack : record.stacks) {
    const bool tried = std::any_of(record.attacks.begin(), record.attacks.end(), [&](const Attack& row) {
      return row.stack == stack.id && !row.throwaway;
    });
    if (!tried || server_of(stack.id) != server) continue;
    stacks.push_back(stack.id);
    matrix.profiles.push_back(stack.profile);
  }
  std::set<std::pair<std::string, std::string>> done;
  for (const auto& row : record.attacks) {
    if (row.throwaway || server_of(row.stack) != server || !done.emplace(row.id, row.identity).second)
      continue;
    std::vector<std::string> line{fmt::format("{} {}", row.id, markdown_text(row.title)), row.identity};
    for (const auto& stack : stacks) {
      const Attack* seen = find_attack(record, row, stack);
      line.push_back(seen == nullptr ? "-" : cell(*seen));
    }
    matrix.rows.push_back(std::move(line));
  }
  std::stable_sort(matrix.rows.begin(), matrix.rows.end(),
                   [](const auto& a, const auto& b) { return a[0] < b[0]; });
  return matrix;
}

std::string threats(const Record& record) {
  std::string out;
  for (const auto& server : answers(record)) {
    auto rows = threat_table(record, server.server);
    if (rows.size() == 1) continue;
    const auto head = rows.front();
    rows.erase(rows.begin());
    out += fmt::format("\n**{}**\n\n", server.server) + table(head, rows);
  }
  for (const auto& row : record.threats) {
    if (row.verdict == record::Verdict::pass) continue;
    out += fmt::format("\n{}, {}: {}.\n", row.stack, markdown_text(row.threat), markdown_text(row.text));
  }
  return out;
}

}  // namespace

std::string attacks_section(const Record& record) {
  if (record.attacks.empty()) return "";
  return "\n## Attacks\n\nBy threat: attempts (an attack by an identity) that something prevented, that "
         "succeeded, and that "
         "are meant to succeed.\n" +
         threats(record);
}

std::string attack_details(const Record& record) {
  if (record.attacks.empty()) return "";
  std::string out;
  for (const auto& server : answers(record)) {
    const Matrix matrix = matrix_of(record, server.server);
    if (matrix.rows.empty()) continue;
    std::vector<std::string> head{"attack", "as"};
    head.insert(head.end(), matrix.profiles.begin(), matrix.profiles.end());
    out += fmt::format("**{}**\n\n", server.server) + table(head, matrix.rows) + "\n";
  }
  return out +
         "A cell says what was seen: the attack succeeded, or what stopped it. *Credit*: the read-only root "
         "stopped "
         "it, and the same attack by the same identity succeeded on baseline in this run. *Never live*: it "
         "was not "
         "seen to succeed anywhere in this run, so that \"blocked\" may mean \"broken\".\n";
}

}  // namespace rootseal::report
