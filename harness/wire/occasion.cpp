#include "wire/occasion.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace rootseal::wire {
namespace {

constexpr int kLaunchesOfRecorded = 3;
constexpr int kLaunchesOfRestarts = 3;
constexpr int kLaunchesWithTwin = 4;  // without exception

bool is_named(const std::string& globs, const std::string& name) {
  const auto all = core::split(globs, ',');
  return std::find(all.begin(), all.end(), name) != all.end();
}

}  // namespace

bool any_matches(const std::string& globs, const std::string& name) {
  const auto all = core::split(globs, ',');
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& glob) { return core::glob_matches(glob, name); });
}

bool has_twin(const std::string& size, int launch) {
  return size != "default" || launch <= kLaunchesWithTwin || launch % 2 == 0;
}

bool takes_part(const WorkloadFacts& facts, const Occasion& occasion, bool twin) {
  const bool named = is_named(occasion.glob, facts.name);
  if (!facts.service.empty() && facts.service != occasion.service) return false;
  if (facts.only_when_named ? !named : !any_matches(occasion.glob, facts.name)) return false;
  if (twin && !has_twin(occasion.size, occasion.launch)) return false;
  if (facts.restarts && (twin || occasion.launch > kLaunchesOfRestarts)) return false;
  if (named || occasion.size == "full") return true;
  if (occasion.size == "quick") return facts.in_quick;
  if (facts.judged) return true;
  return !twin && occasion.size == "default" && occasion.launch <= kLaunchesOfRecorded;
}

}  // namespace rootseal::wire
