#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "stats/estimate.hpp"
#include "stats/inference.hpp"
#include "verdict/differences.hpp"
#include "verdict/draft.hpp"
#include "verdict/metrics.hpp"

namespace rootseal::verdict {
namespace {

constexpr std::size_t kNamedDifferences = 3;
constexpr double kMostDetectable = 10;  // ten times as slow: beyond it "detectable" is an empty word

using Family = std::vector<Draft*>;

const Metric& metric_of(const Draft& draft) {
  return *std::find_if(metrics().begin(), metrics().end(),
                       [&](const Metric& metric) { return draft.row.metric == metric.name; });
}

// Rows that can be tested, by server: those of the candidates, or those of the twins. Guards are families of
// their own: what they look for is another question, and must not cost the first one its power.
std::map<std::string, Family> families(std::vector<Draft>& drafts, bool candidates) {
  std::map<std::string, Family> all;
  for (Draft& draft : drafts) {
    if (!draft.judgeable || draft.slowdowns.size() < 2) continue;
    if (candidates ? draft.candidate : draft.twin && !draft.candidate) {
      all[draft.server + (draft.guard ? " guards" : "")].push_back(&draft);
    }
  }
  return all;
}

// One corrected p-value each.
template <class Test>
void correct(const Family& family, double Draft::*into, const Test& test) {
  std::vector<double> p_values;
  for (const Draft* draft : family) p_values.push_back(test(*draft));
  const std::vector<double> adjusted = stats::holm(p_values);
  for (std::size_t i = 0; i < family.size(); ++i) family[i]->*into = adjusted[i];
}

void weigh_power(Draft& draft, std::size_t family, const Policy& policy) {
  const Metric& metric = metric_of(draft);
  draft.family = family;
  const double level = policy.level / static_cast<double>(family);  // Holm's first step: the hardest
  const std::size_t launches = draft.slowdowns.size();
  draft.needed = launches_for(metric, draft.deviation, level, policy);
  if (draft.needed > static_cast<int>(launches)) draft.row.launches_needed = draft.needed;
  const double distance = stats::detectable_distance(launches, draft.deviation, {level, policy.power});
  const double slowdown = (1 + metric.margin) * std::exp(distance) - 1;
  if (slowdown <= kMostDetectable) draft.row.smallest_detectable = slowdown;
}

void weigh_family(const Family& family, const Policy& policy) {
  correct(family, &Draft::worse,
          [](const Draft& d) { return stats::p_above(d.slowdowns, 1 + d.row.margin); });
  correct(family, &Draft::better,
          [](const Draft& d) { return stats::p_below(d.slowdowns, 1 / (1 + d.row.margin)); });
  correct(family, &Draft::off, [](const Draft& d) { return stats::p_unequal(d.slowdowns); });
  for (Draft* draft : family) weigh_power(*draft, family.size(), policy);
}

// A third of the margin: less than that cannot turn "within the margin" into "beyond it" by itself.
std::string trouble_of(const Draft& twin, const Policy& policy) {
  if (!twin.row.interval || twin.off >= policy.level) return "";
  if (std::abs(std::log(twin.row.interval->ratio)) <= std::log(1 + twin.row.margin / 3)) return "";
  return fmt::format(
      "the twin {}, the same as {}, is off by more than a third of the margin too: {:.3f} ({:.3f} to "
      "{:.3f}), p {:.2g} after Holm over {} rows: the machine, not the profile",
      twin.row.stack, twin.row.against, twin.row.interval->ratio, twin.row.interval->ci_low,
      twin.row.interval->ci_high, twin.off, twin.family);
}

const Draft* twin_of(const std::vector<Draft>& all, const Draft& draft) {
  for (const Draft& each : all) {
    const bool same = each.row.service == draft.row.service && each.row.workload == draft.row.workload &&
                      each.row.metric == draft.row.metric && each.row.against == draft.row.against;
    if (same && each.twin) return &each;
  }
  return nullptr;
}

std::string differences_of(const Draft& draft, const Draft* twin, const std::vector<record::Stack>& stacks) {
  auto all = undeclared_differences(stacks, draft.row.stack, draft.row.against);
  if (twin != nullptr && twin != &draft) {
    for (auto& each : undeclared_differences(stacks, twin->row.stack, twin->row.against)) {
      all.push_back(std::move(each));
    }
  }
  std::string text;
  for (std::size_t i = 0; i < std::min(all.size(), kNamedDifferences); ++i) {
    text += (text.empty() ? "undeclared difference: " : "; ") + all[i];
  }
  if (all.size() > kNamedDifferences) text += fmt::format("; and {} more", all.size() - kNamedDifferences);
  return text;
}

}  // namespace

void weigh(std::vector<Draft>& drafts, const std::vector<record::Stack>& stacks, const Policy& policy) {
  for (const bool candidates : {true, false}) {
    for (const auto& [server, family] : families(drafts, candidates)) weigh_family(family, policy);
  }
  for (Draft& draft : drafts) {
    const Draft* twin = twin_of(drafts, draft);
    if (twin != nullptr) draft.row.twin = twin->row.interval;
    if (!draft.candidate) continue;
    draft.difference = differences_of(draft, twin, stacks);
    if (twin != nullptr && !twin->candidate) draft.twin_trouble = trouble_of(*twin, policy);
  }
}

}  // namespace rootseal::verdict
