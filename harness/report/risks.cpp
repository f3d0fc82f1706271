#include "report/risks.hpp"

#include <algorithm>
#include <array>

#include "report/answers.hpp"

namespace rootseal::report {
namespace {

using record::Attack;
using record::Record;
using record::Stack;

void add(std::vector<Risk>& all, Risk risk, const std::string& profile) {
  const auto at = std::find_if(all.begin(), all.end(), [&](const Risk& each) {
    return each.server == risk.server && each.name == risk.name && each.identity == risk.identity &&
           (!each.name.empty() || each.title == risk.title) &&
           std::find(each.profiles.begin(), each.profiles.end(), profile) == each.profiles.end();
  });
  Risk& where = at == all.end() ? all.emplace_back(std::move(risk)) : *at;
  where.profiles.push_back(profile);
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

std::vector<Risk> risks(const Record& record) {
  std::vector<Risk> all;
  for (const auto& server : answers(record)) {
    std::vector<Risk> here;
    for (const Stack& stack : record.stacks) {
      if (stack.role != "candidate" || !is_main(stack) || server_of(stack.id) != server.server) continue;
      for (const Attack& row : record.attacks) {
        if (row.stack == stack.id && remains(row))
          add(here, {server.server, row.id, row.title, row.identity, row.severity, row.remedy, {}},
              stack.profile);
      }
      for (const auto& finding : record.findings) {
        if (base_of(finding.stack) == stack.id && is_grave(finding))
          add(here, {server.server, "", finding.text, "", finding.severity, "", {}}, stack.profile);
      }
    }
    std::stable_sort(here.begin(), here.end(),
                     [](const Risk& a, const Risk& b) { return weight(a.severity) < weight(b.severity); });
    all.insert(all.end(), here.begin(), here.end());
  }
  return all;
}

}  // namespace rootseal::report
