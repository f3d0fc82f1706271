#include "testing/workload_plan.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "testing/workload_seed.hpp"

namespace rootseal::workload {

using namespace std::chrono_literals;

Plan plan_for(const std::string& size) {
  if (size == "quick") {
    return {1, false, 250ms, 300ms, {30ms, 2, 0.05}, 150ms};
  }
  if (size == "default") {
    return {1, true, 400ms, 500ms, {20ms, 2, 0.05}, 150ms};
  }
  if (size == "full") {
    return {2, true, 1500ms, 2000ms, {75ms, 3, 0.03}, 400ms, 2, 2};
  }
  throw core::UsageError(
      {"reading the context", "size", "'" + size + "' is not a size", "quick, default or full"});
}

unsigned epochs_of(const Plan& plan, const Shape& shape, bool twin) {
  if (!shape.judged) return plan.recorded_epochs;
  if (twin) return plan.twin_epochs;
  return plan.shaped ? plan.epochs * std::max(1U, shape.epochs) : plan.epochs;
}

wire::WorkloadFacts facts_of(const Entry& entry) {
  const Shape shape = entry.make()->shape();
  return {entry.name, entry.service, shape.judged, shape.only_when_named, shape.restarts, shape.in_quick};
}

std::vector<Turn> schedule(std::vector<Turn> turns, const std::vector<wire::WorkloadFacts>& workloads,
                           std::uint64_t seed, int launch) {
  shuffle(turns, derived_seed(seed, "order of pairs", static_cast<std::uint64_t>(launch)));
  std::stable_partition(turns.begin(), turns.end(),
                        [&](const Turn& turn) { return !workloads[turn.workload].restarts; });
  return turns;
}

}  // namespace rootseal::workload
