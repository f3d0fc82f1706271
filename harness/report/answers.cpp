#include "report/answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/text.hpp"

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

// How much slower, whatever the metric: the worst throughput has the lowest ratio.
double ratio_of(const record::Comparison& row) {
  if (row.interval) return row.interval->ratio;
  return row.baseline_value > 0 ? row.value / row.baseline_value : 1;
}

// The judged rows by their verdict: "5 pass, 1 fail".
std::string verdict_count(const Record& record, const record::Stack& stack) {
  std::map<Verdict, std::size_t> count;
  std::size_t recorded = 0;
  for (const auto& row : record.comparisons) {
    if (row.stack != stack.id) continue;
    if (row.judged && row.verdict) ++count[*row.verdict];
    recorded += row.judged ? 0 : 1;
  }
  std::string text;
  const auto add = [&](std::size_t number, const std::string& word) {
    if (number > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", number, word);
  };
  for (const Verdict verdict : {Verdict::fail, Verdict::inconclusive, Verdict::pass, Verdict::skipped})
    add(count[verdict], to_text(verdict));
  add(recorded, "recorded");
  return text;
}

// Workloads that are only recorded (how long a start takes, say) are too noisy to stand for the cost.
bool of_judged_workload(const Record& record, const record::Comparison& row) {
  return std::any_of(record.epochs.begin(), record.epochs.end(), [&](const record::Epoch& epoch) {
    return epoch.judged && epoch.service == row.service && epoch.workload == row.workload;
  });
}

std::string cost(const Record& record, const record::Stack& stack) {
  if (stack.role == "control") return "reference";
  const record::Comparison* worst = nullptr;
  bool for_judging = false;  // the worst is of a workload for judging
  for (const auto& row : record.comparisons) {
    if (row.stack != stack.id || row.metric != "throughput") continue;
    const bool counts = row.judged || of_judged_workload(record, row);
    const bool better_known = worst == nullptr || (counts && !for_judging);
    if (!better_known && (counts != for_judging || ratio_of(row) >= ratio_of(*worst))) continue;
    worst = &row;
    for_judging = counts;
  }
  if (worst == nullptr) return "-";
  const std::string figure =
      worst->interval ? interval(*worst->interval) : ratio(ratio_of(*worst)) + " (no interval)";
  return fmt::format("worst {}: {}; {}", worst->workload, figure, verdict_count(record, stack));
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

std::string headline(const record::Run& run) {
  const std::string word = upper(to_text(run.verdict));
  return run.exit_status < 0 ? word : fmt::format("{} (exit status {})", word, run.exit_status);
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
