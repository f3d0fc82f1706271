#include "report/threats.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/answers.hpp"
#include "report/text.hpp"

namespace rootseal::report {
namespace {

using record::Threat;

std::string cell(const Threat& row) {
  std::string text;
  const auto add = [&](std::uint64_t number, const char* word) {
    if (number > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", number, word);
  };
  add(row.prevented, "prevented");
  add(row.residual, "residual");
  add(row.by_design, "by design");
  if (row.verdict == record::Verdict::pass) return text.empty() ? "none tried" : text;
  return text + (text.empty() ? "" : ", ") + upper(to_text(row.verdict));
}

const Threat* find(const record::Record& record, const std::string& stack, std::string_view threat) {
  const auto found = std::find_if(record.threats.begin(), record.threats.end(), [&](const Threat& row) {
    return row.stack == stack && row.threat == threat;
  });
  return found == record.threats.end() ? nullptr : &*found;
}

}  // namespace

std::vector<std::vector<std::string>> threat_table(const record::Record& record, const std::string& server) {
  std::vector<std::vector<std::string>> rows{{"threat"}};
  std::vector<std::string> stacks;
  for (const auto& row : record.threats) {
    const bool new_stack = std::find(stacks.begin(), stacks.end(), row.stack) == stacks.end();
    if (server_of(row.stack) != server || !new_stack) continue;
    stacks.push_back(row.stack);
    rows.front().push_back(row.profile);
  }
  for (const auto& name : record::kThreats) {
    std::vector<std::string> line{std::string(name.title)};
    bool any = false;
    for (const auto& stack : stacks) {
      const Threat* seen = find(record, stack, name.key);
      any = any || seen != nullptr;
      line.push_back(seen == nullptr ? "-" : cell(*seen));
    }
    if (any) rows.push_back(std::move(line));
  }
  return rows;
}

}  // namespace rootseal::report
