#include "verdict/compare.hpp"

#include <algorithm>
#include <cmath>

#include "stats/bootstrap.hpp"
#include "stats/estimate.hpp"
#include "verdict/draft.hpp"
#include "verdict/metrics.hpp"
#include "verdict/names.hpp"

namespace rootseal::verdict {
namespace {

using record::Comparison;
using record::Epoch;

std::vector<double> collect(const std::vector<record::Launch>& launches, double record::Launch::*member) {
  std::vector<double> all;
  for (const auto& launch : launches) all.push_back(launch.*member);
  return all;
}

record::Interval recorded(const stats::RatioInterval& interval) {
  return {interval.ratio, interval.low, interval.high};
}

// FNV-1a: resamples follow from what is compared, so that judging again from disk gives the same.
std::uint64_t seed_of(const Comparison& row) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : row.stack + "/" + row.workload + "/" + row.metric) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  return hash;
}

void add_intervals(Comparison& row) {
  const auto ratios = collect(row.launches, &record::Launch::ratio);
  if (ratios.size() < 2) return;
  row.interval = recorded(stats::t_interval(ratios));
  if (ratios.size() <= stats::kMostSignFlips) row.sign_flip_p = stats::sign_flip_p(ratios);
  const auto bootstrap = stats::bca_interval(ratios, seed_of(row));
  if (bootstrap.fallback.empty()) row.bootstrap = recorded(bootstrap.interval);
}

std::uint64_t samples_of(const Group& group) {
  double sum = 0;
  for (const Epoch* epoch : group.epochs) {
    for (const auto* side : {&epoch->baseline, &epoch->contender}) {
      for (const char* key : {"operations", "parallel_operations"}) {
        const auto at = side->find(key);
        if (at != side->end() && std::isfinite(at->second) && at->second > 0) sum += at->second;
      }
    }
  }
  return static_cast<std::uint64_t>(std::llround(sum));
}

// "; netns; client 0, servers 1": every way in which the group was measured.
std::string how_of(const Group& group) {
  std::string how;
  for (const Epoch* epoch : group.epochs) {
    for (const std::string& part : {epoch->transport, epoch->placement}) {
      if (!part.empty() && how.find(part) == std::string::npos) how += "; " + part;
    }
  }
  return how;
}

bool is_candidate(const std::string& stack, const std::vector<record::Stack>& stacks, const Policy& policy) {
  if (is_twin(stack)) return policy.judge_twins;
  const std::string role = role_of(stacks, stack);  // unknown: in doubt it counts
  return role != kControl && role != kSpecimen;
}

std::optional<Draft> draft_of(const Group& group, const Metric& metric,
                              const std::vector<record::Stack>& stacks, const Policy& policy) {
  Draft draft;
  Comparison& row = draft.row;
  row.launches = launches_of(metric, group, policy);
  if (row.launches.empty()) return std::nullopt;
  row.service = group.service;
  row.workload = group.workload;
  row.metric = metric.name;
  row.unit = metric.unit;
  row.better = metric.better;
  row.stack = group.stack;
  row.profile = profile_of(group.stack);
  row.against = group.against;
  row.margin = metric.margin;
  row.baseline_value = stats::geometric_mean(collect(row.launches, &record::Launch::baseline_value));
  row.value = stats::geometric_mean(collect(row.launches, &record::Launch::value));
  row.samples = samples_of(group);
  add_intervals(row);
  draft.slowdowns = slowdowns(metric, row.launches);
  if (draft.slowdowns.size() >= 2) draft.deviation = stats::summarise(draft.slowdowns).deviation;
  draft.server = server_of(group.stack);
  draft.twin = is_twin(group.stack);
  draft.judgeable = metric.judged && std::all_of(group.epochs.begin(), group.epochs.end(),
                                                 [](const Epoch* epoch) { return epoch->judged; });
  draft.candidate = draft.judgeable && is_candidate(group.stack, stacks, policy);
  draft.guard = metric.guard;
  draft.unpinned = std::any_of(group.epochs.begin(), group.epochs.end(),
                               [](const Epoch* epoch) { return epoch->placement.starts_with("unpinned"); });
  draft.how = how_of(group);
  return draft;
}

}  // namespace

Policy policy_for(const std::string& size) {
  Policy policy;
  policy.only_gross = size == "quick";
  if (size == "full") policy.cap = 24;
  return policy;
}

std::vector<Comparison> compare(const std::vector<Epoch>& epochs, const std::vector<record::Stack>& stacks,
                                const Policy& policy) {
  std::vector<Draft> drafts;
  for (const Group& group : groups_of(epochs)) {
    for (const Metric& metric : metrics()) {
      if (auto draft = draft_of(group, metric, stacks, policy)) drafts.push_back(std::move(*draft));
    }
  }
  weigh(drafts, stacks, policy);
  std::vector<Comparison> all;
  for (Draft& draft : drafts) {
    decide(draft, policy);
    all.push_back(std::move(draft.row));
  }
  return all;
}

}  // namespace rootseal::verdict
