#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

#include "stats/estimate.hpp"
#include "verdict/metrics.hpp"
#include "verdict/names.hpp"

namespace rootseal::verdict {
namespace {

struct Seen {
  const Metric* metric = nullptr;
  const Group* group = nullptr;
  double deviation = 0;
  std::size_t launches = 0;
};

bool asks_for_launches(const Metric& metric) {
  return std::string_view(metric.name) == "throughput" || std::string_view(metric.name) == "p50";
}

bool is_judged(const Group& group) {
  return std::all_of(group.epochs.begin(), group.epochs.end(),
                     [](const record::Epoch* epoch) { return epoch->judged; });
}

struct Pilot {
  std::vector<Seen> spreads;
  std::map<std::string, int> family;  // by server: rows that Holm's correction will be over
};

Pilot look(const std::vector<Group>& groups, const Policy& policy) {
  Pilot pilot;
  for (const Group& group : groups) {
    if (!is_judged(group)) continue;
    for (const Metric& metric : metrics()) {
      const auto launches = launches_of(metric, group, policy);
      if (!metric.judged || metric.guard || launches.size() < 2) continue;
      if (!is_twin(group.stack) || policy.judge_twins) ++pilot.family[server_of(group.stack)];
      if (!asks_for_launches(metric)) continue;
      const auto seen = stats::summarise(slowdowns(metric, launches));
      pilot.spreads.push_back({&metric, &group, seen.deviation, seen.count});
    }
  }
  return pilot;
}

std::string percent_fine(double share) { return fmt::format("{:.2f} %", share * 100); }

// The largest spread of each workload and metric.
std::string spreads_text(const std::vector<Seen>& spreads) {
  std::map<std::string, double> largest;
  for (const Seen& seen : spreads) {
    double& value = largest[fmt::format("{} {}", seen.group->workload, seen.metric->name)];
    value = std::max(value, seen.deviation);
  }
  std::string text;
  for (const auto& [name, deviation] : largest) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, percent_fine(deviation));
  }
  return text;
}

}  // namespace

Need launches_needed(const std::vector<record::Epoch>& epochs, const Policy& policy) {
  const std::vector<Group> groups = groups_of(epochs);
  const Pilot pilot = look(groups, policy);
  if (pilot.spreads.empty()) {
    return {policy.least,
            fmt::format("{} launches: the pilot saw no judged workload in two launches", policy.least)};
  }
  int most = 0;
  const Seen* asking = nullptr;
  for (const Seen& seen : pilot.spreads) {
    const auto family = pilot.family.find(server_of(seen.group->stack));
    const int rows = family == pilot.family.end() ? 1 : family->second;
    const int need = launches_for(*seen.metric, seen.deviation, policy.level / rows, policy);
    if (need > most) asking = &seen;
    most = std::max(most, need);
  }
  const int launches = std::clamp(most, policy.least, policy.cap);
  return {launches,
          fmt::format(
              "{} launches (least {}, at most {}): {} of {} on {} spreads by {} between {} launches and asks "
              "for {}{}; spreads: {}",
              launches, policy.least, policy.cap, asking->metric->name, asking->group->workload,
              asking->group->stack, percent_fine(asking->deviation), asking->launches, most,
              most == kMostLaunches ? " or more" : "", spreads_text(pilot.spreads))};
}

}  // namespace rootseal::verdict
