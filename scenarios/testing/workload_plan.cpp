#include "testing/workload_plan.hpp"

#include "core/error.hpp"
#include "testing/workload_seed.hpp"

namespace rootseal::workload {

using namespace std::chrono_literals;

Plan plan_for(const std::string& size) {
  constexpr std::uint64_t kMost =
      200'000;  // per side: bounds what a publishing workload leaves in the server
  if (size == "quick") {
    return {2, {600ms, kMost, 1}, {50ms, 8, 0.05}, {40ms, 3, 0.05}};
  }
  if (size == "default") {
    return {4, {1500ms, kMost, 1}, {100ms, 20, 0.05}, {100ms, 5, 0.05}};
  }
  if (size == "full") {
    return {6, {3000ms, kMost, 1}, {200ms, 20, 0.03}, {200ms, 6, 0.03}};
  }
  throw core::UsageError(
      {"reading the context", "size", "'" + size + "' is not a size", "quick, default or full"});
}

std::vector<Turn> schedule(std::size_t workloads, std::size_t contenders, std::uint64_t seed, int launch) {
  std::vector<Turn> turns;
  for (std::size_t workload = 0; workload < workloads; ++workload) {
    for (std::size_t contender = 0; contender < contenders; ++contender) {
      turns.push_back({workload, contender});
    }
  }
  shuffle(turns, derived_seed(seed, "order of pairs", static_cast<std::uint64_t>(launch)));
  return turns;
}

}  // namespace rootseal::workload
