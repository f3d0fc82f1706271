#include "report/answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/cost.hpp"
#include "report/text.hpp"
#include "report/unjudged.hpp"

namespace rootseal::report {
namespace {

using record::Observed;
using record::Record;
using record::Verdict;

// One check may stand in the record several times (claims are verified again and again): its worst verdict
// counts.
std::string score(const Record& record, const record::Stack& stack, const std::string& suite) {
  std::map<std::string, Verdict> worst;
  for (const auto& check : record.checks) {
    if (check.suite != suite || base_of(check.stack) != stack.id) continue;
    if (check.id == record::kStartCheck || check.id == record::kClaimsCheck) continue;
    const auto [at, is_new] = worst.try_emplace(check.id + check.stack, check.verdict);
    if (!is_new) at->second = record::worst(at->second, check.verdict);
  }
  if (worst.empty()) return "-";
  std::map<Verdict, std::size_t> count;
  for (const auto& [id, verdict] : worst) ++count[verdict];
  const std::size_t tried = worst.size() - count[Verdict::skipped];
  std::string text = fmt::format("{} of {}", count[Verdict::pass], tried);
  if (tried == 0) text = "-";
  if (count[Verdict::fail] > 0) text += fmt::format(", {} failed", count[Verdict::fail]);
  if (count[Verdict::inconclusive] > 0)
    text += fmt::format(", {} inconclusive", count[Verdict::inconclusive]);
  if (count[Verdict::skipped] > 0) text += fmt::format(", {} skipped", count[Verdict::skipped]);
  return text;
}

std::string attack_score(const Record& record, const record::Stack& stack) {
  std::size_t tried = 0;
  std::size_t succeeded = 0;
  std::size_t open = 0;
  for (const auto& row : record.attacks) {
    if (row.stack != stack.id || row.throwaway || row.observed == Observed::skipped) continue;
    ++tried;
    succeeded += row.observed == Observed::succeeded ? 1 : 0;
    open += row.observed == Observed::inconclusive ? 1 : 0;
  }
  if (tried == 0) return "-";
  return fmt::format("{} of {} succeeded", succeeded, tried) +
         (open > 0 ? fmt::format(", {} open", open) : "");
}

std::string surface(const Record& record, const record::Stack& stack) {
  std::string text;
  std::uint64_t seen = 0;
  for (const auto& row : record.surface) {
    if (row.stack != stack.id || !row.measured) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", row.identity, row.writable_dirs);
    seen = std::max(seen, row.directories_seen);
  }
  return text.empty() ? "-" : fmt::format("{} of {} folders", text, seen);
}

std::string cost(const Record& record, const record::Stack& stack) {
  if (stack.role == "control") return "reference";
  const Cost cost = cost_of(record, stack.id);
  std::string text = cost.worst == nullptr ? "" : "least favourable " + worst_figure(cost);
  const auto add = [&](const std::string& more) {
    if (!more.empty()) text += (text.empty() ? "" : "; ") + more;
  };
  add(counted(cost));
  add(cost.recorded_slower.empty() ? "" : "recorded, not judged: " + slowdowns(cost));
  return text.empty() ? "-" : text;
}

ProfileAnswers answer(const Record& record, const record::Stack& stack) {
  ProfileAnswers row;
  row.profile = stack.profile;
  row.role = stack.role;
  row.works = stack.started ? score(record, stack, "function") : "does not start";
  row.recovers = score(record, stack, "recovery");
  row.attacks = attack_score(record, stack);
  row.writable = surface(record, stack);
  row.cost = cost(record, stack);
  return row;
}

}  // namespace

std::string server_of(const std::string& stack) { return stack.substr(0, stack.find('/')); }
std::string base_of(const std::string& stack) { return stack.substr(0, stack.find('+')); }

bool is_main(const record::Stack& stack) {
  return stack.id == base_of(stack.id) && !stack.id.ends_with("baseline-twin");
}

std::string role_of(const Record& record, const std::string& stack) {
  for (const std::string& id : {stack, base_of(stack)}) {
    for (const auto& each : record.stacks) {
      if (each.id == id) return each.role;
    }
  }
  return "";
}

std::string origin(const record::Image& image) { return image.built_here ? "built here" : "not built here"; }

std::string headline(const Record& record) {
  const auto& run = record.run;
  std::string text = upper(to_text(run.verdict));
  if (run.exit_status >= 0) text += fmt::format(" (exit status {})", run.exit_status);
  const std::size_t open = run.verdict == record::RunVerdict::pass ? unjudged(record) : 0;
  return open == 0 ? text : text + "; " + unjudged_in_words(open);
}

std::vector<ServerAnswers> answers(const Record& record) {
  std::vector<ServerAnswers> all;
  for (const auto& stack : record.stacks) {
    if (!is_main(stack)) continue;
    const std::string server = server_of(stack.id);
    auto at = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.server == server; });
    if (at == all.end()) at = all.insert(all.end(), {server, stack.service, stack.image, {}});
    at->profiles.push_back(answer(record, stack));
  }
  return all;
}

}  // namespace rootseal::report
