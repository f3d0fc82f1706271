#include "testing/workload_planted.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "testing/workload_seed.hpp"

namespace rootseal::workload {

namespace {

constexpr std::int64_t kWhole = 1'000'000;

class WaitingLane final : public PlantedLane {
 public:
  WaitingLane(std::unique_ptr<Lane> lane, double share, Clock& clock)
      : PlantedLane(std::move(lane)), share_(share), clock_(clock) {}
  void operation() override {
    if (warm_) {
      inner().operation();
      return clock_.keep_busy(delay_);
    }
    const Nanoseconds before = clock_.now();
    inner().operation();
    seen_.record(clock_.now() - before);
  }
  void warmed_up() override {
    warm_ = true;
    if (seen_.count() > 0) {
      delay_ = Nanoseconds(std::llround(share_ * static_cast<double>(seen_.percentile(0.5).count())));
    }
  }

 private:
  double share_;
  Clock& clock_;
  stats::Histogram seen_;
  Nanoseconds delay_{0};
  bool warm_ = false;
};

}  // namespace

RepeatingLane::RepeatingLane(std::unique_ptr<Lane> lane, double share, std::uint64_t seed)
    : PlantedLane(std::move(lane)), seed_(seed) {
  set_share(share);
}

void RepeatingLane::set_share(double share) {
  share_ = std::llround(share * kWhole);
  const std::int64_t begins =
      seed_ == 0 ? 0
                 : static_cast<std::int64_t>(derived_seed(seed_, "owed", static_cast<std::uint64_t>(share_)) %
                                             kWhole);
  owed_ = &owed_by_share_.try_emplace(share_, begins).first->second;
}

void RepeatingLane::operation() {
  inner().operation();
  for (*owed_ += share_; *owed_ >= kWhole; *owed_ -= kWhole) {
    inner().operation();
  }
}

const Planted* planted_on(const Plants& plants, const std::string& stack) {
  const auto found = std::find_if(plants.begin(), plants.end(),
                                  [&](const Planted& planted) { return planted.stack == stack; });
  return found == plants.end() ? nullptr : &*found;
}

std::string describe(const Planted& planted) {
  return planted.share > 0
             ? fmt::format("planted: {} does {} of its operations once more", planted.stack, planted.share)
             : fmt::format("planted: {} waits {} of an operation's time after each", planted.stack,
                           planted.delay);
}

std::unique_ptr<PlantedLane> slowed(std::unique_ptr<Lane> lane, const Planted& planted, Clock& clock,
                                    std::uint64_t seed) {
  if (planted.share > 0) {
    return std::make_unique<RepeatingLane>(std::move(lane), planted.share, seed);
  }
  return std::make_unique<WaitingLane>(std::move(lane), planted.delay, clock);
}

}  // namespace rootseal::workload
