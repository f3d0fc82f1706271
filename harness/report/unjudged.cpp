#include "report/unjudged.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/answers.hpp"
#include "report/cost.hpp"
#include "report/next_step.hpp"
#include "report/text.hpp"
#include "verdict/compare.hpp"

namespace rootseal::report {
namespace {

using record::Comparison;
using record::Record;
using record::Stack;
using Comparisons = std::vector<const Comparison*>;

Comparisons rows_of(const Record& record, const Stack& stack) {
  return stack.role == "candidate" && is_main(stack) ? cost_of(record, stack.id).not_judged : Comparisons();
}

int most_launches() { return verdict::policy_for("full").cap; }

// How many launches it takes; what was recorded for its spread needs more than it had, or than the size
// allows.
int needed(const Comparison& row) {
  return row.launches_needed.value_or(static_cast<int>(row.launches.size()));
}

std::string name_of(const Comparison& row) { return fmt::format("{} of {}", row.metric, row.workload); }

// Too few launches to judge anything: the size says how many there are, so a larger one is the step.
bool has_too_few(const Record& record, const Comparisons& rows) {
  return record.run.size == "quick" || std::any_of(rows.begin(), rows.end(), [](const Comparison* row) {
           return static_cast<int>(row->launches.size()) < verdict::Policy().least;
         });
}

std::string next_step(const Record& record, const std::string& service, const Comparisons& rows) {
  if (has_too_few(record, rows)) return "a run of the default size, " + to_measure(service, {}, 0);
  std::vector<std::string> workloads, order;
  std::map<std::string, int> out_of_reach;
  int launches = 0;
  for (const Comparison* row : rows) {
    if (needed(*row) > most_launches() || record.run.size == "full") {
      int& most = out_of_reach[name_of(*row)];
      if (most == 0) order.push_back(name_of(*row));
      most = std::max(most, needed(*row));
      continue;
    }
    launches = std::max(launches, needed(*row));
    if (std::find(workloads.begin(), workloads.end(), row->workload) == workloads.end())
      workloads.push_back(row->workload);
  }
  std::string text = workloads.empty() ? "" : to_measure(service, workloads, launches);
  if (order.empty()) return text;
  for (auto& name : order) name += fmt::format(" ({})", out_of_reach.at(name));
  return text +
         fmt::format(
             "{}try a quieter machine (scripts/rootseal doctor says what disturbs this one): more launches "
             "than the {} of --full are needed for {}",
             text.empty() ? "" : "; ", most_launches(),
             one_line(fmt::format("{}", fmt::join(order, ", ")), 300));
}

}  // namespace

std::size_t unjudged(const Record& record) {
  std::size_t count = 0;
  for (const Stack& stack : record.stacks) count += rows_of(record, stack).size();
  return count;
}

std::string unjudged_in_words(std::size_t count) {
  return count == 0 ? ""
                    : plural(count, "figure of cost was", "figures of cost were") +
                          " recorded, not known well enough to be judged";
}

std::string unjudged_of(const Record& record, const Stack& stack) {
  const Comparisons rows = rows_of(record, stack);
  if (rows.empty()) return "";
  std::vector<std::string> names;
  for (const Comparison* row : rows) names.push_back(name_of(*row));
  return fmt::format("{}: {}. Next: {}", unjudged_in_words(rows.size()),
                     one_line(fmt::format("{}", fmt::join(names, ", ")), 300),
                     next_step(record, stack.service, rows));
}

std::vector<std::string> to_judge_them(const Record& record) {
  std::vector<std::string> order;
  std::map<std::string, Comparisons> services;
  for (const Stack& stack : record.stacks) {
    const Comparisons rows = rows_of(record, stack);
    if (rows.empty()) continue;
    Comparisons& all = services[stack.service];
    if (all.empty()) order.push_back(stack.service);
    all.insert(all.end(), rows.begin(), rows.end());
  }
  std::vector<std::string> steps;
  for (const auto& service : order)
    steps.push_back(fmt::format("to have what was only recorded of {} judged: {}", one_line(service, 60),
                                next_step(record, service, services.at(service))));
  return steps;
}

}  // namespace rootseal::report
