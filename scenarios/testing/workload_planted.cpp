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

RepeatingLane::RepeatingLane(std::unique_ptr<Lane> lane, double share, double begins)
    : PlantedLane(std::move(lane)), begins_(std::llround(begins * kWhole)) {
  set_share(share);
}

void RepeatingLane::set_share(double share) {
  share_ = std::llround(share * kWhole);
  owed_ = &owed_by_share_.try_emplace(share_, begins_).first->second;
}

void RepeatingLane::operation() {
  inner().operation();
  for (*owed_ += share_; *owed_ >= kWhole; *owed_ -= kWhole) {
    inner().operation();
  }
}

double begins_at(std::uint64_t seed, int launch, unsigned epoch) {
  constexpr double kGolden = 0.61803398874989485, kRootOfTwo = 0.41421356237309505;
  const double drawn = static_cast<double>(derived_seed(seed, "owed", 0) >> 11U) * 0x1p-53;
  const double at = drawn + kGolden * launch + kRootOfTwo * epoch;
  return at - std::floor(at);
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
                                    double begins) {
  if (planted.share > 0) {
    return std::make_unique<RepeatingLane>(std::move(lane), planted.share, begins);
  }
  return std::make_unique<WaitingLane>(std::move(lane), planted.delay, clock);
}

}  // namespace rootseal::workload
