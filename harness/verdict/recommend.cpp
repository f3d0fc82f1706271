#include "verdict/recommend.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "verdict/advice.hpp"
#include "verdict/names.hpp"
#include "verdict/paste.hpp"
#include "verdict/tried_files.hpp"

namespace rootseal::verdict {
namespace {

using record::Record;
using record::Stack;
using record::Verdict;

// The candidates of the server that will do, those that claim least first.
std::vector<const Stack*> sources_of(const Record& record, const std::string& server) {
  std::vector<const Stack*> all;
  for (const Stack& stack : record.stacks) {
    const bool may = stack.role == "candidate" && stack.id == base_of(stack.id) && !is_twin(stack.id) &&
                     server_of(stack.id) == server;
    if (!may || !sound(record, stack)) continue;
    all.push_back(&stack);
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const auto* a, const auto* b) { return a->claims.size() < b->claims.size(); });
  return all;
}

}  // namespace

bool sound(const Record& record, const Stack& stack) {
  const bool holds = std::all_of(stack.claims.begin(), stack.claims.end(),
                                 [](const auto& claim) { return claim.holds == true; });
  if (!stack.started || !holds) return false;
  bool tried = false;
  for (const auto& check : record.checks) {
    if (!of(check.stack, stack)) continue;
    if (check.verdict == Verdict::fail || check.verdict == Verdict::inconclusive) return false;
    tried = tried || (check.verdict == Verdict::pass && !harness_own(check));
  }
  const bool open_to_attack = std::any_of(record.attacks.begin(), record.attacks.end(), [&](const auto& row) {
    return of(row.stack, stack) && !row.throwaway && row.verdict == Verdict::fail;
  });
  const bool slow = std::any_of(record.comparisons.begin(), record.comparisons.end(), [&](const auto& row) {
    return of(row.stack, stack) && row.judged && row.verdict == Verdict::fail;
  });
  return tried && !open_to_attack && !slow;
}

std::vector<Recommendation> recommend(const Record& record) {
  std::vector<Recommendation> all;
  if (record.run.verdict == record::RunVerdict::interrupted) return all;
  std::set<std::string> done;
  for (const Stack& stack : record.stacks) {
    const std::string server = server_of(stack.id);
    if (!done.insert(server).second) continue;
    const auto sources = sources_of(record, server);
    if (sources.empty()) continue;
    const auto add = [&](std::vector<Recommendation> more) {
      std::move(more.begin(), more.end(), std::back_inserter(all));
    };
    const auto smallest = [&](const Stack* each) { return sources.size() > 1 && each == sources.front(); };
    for (const auto* each : sources) add(paste_blocks(record, *each, smallest(each)));
    // Of several that claim as much, the first of the record.
    const auto source = std::find_if(sources.begin(), sources.end(), [&](const auto* each) {
      return each->claims.size() == sources.back()->claims.size();
    });
    auto lines = advice(record, **source);
    const auto others = std::stable_partition(lines.begin(), lines.end(),
                                              [](const auto& each) { return each.kind == "dockerfile"; });
    add({lines.begin(), others});
    for (const auto* each : sources) all.push_back(tried_files(record, *each, smallest(each)));
    add({others, lines.end()});
  }
  return all;
}

}  // namespace rootseal::verdict
