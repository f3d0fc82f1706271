#include "testing/lanes_crew.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>

#include "testing/lanes_allocations_test.hpp"
#include "testing/workload_fakes.hpp"

namespace rootseal::workload::lanes_crew_test {
namespace {

using namespace std::chrono_literals;
using fakes::FakeClock;

// What the lanes of both sides see of each other.
struct Floor {
  std::array<std::atomic<int>, 2> working{};
  std::atomic<int> overlaps{0};  // an operation while one of the other side was under way, or settling
};

class FloorLane final : public Lane {
 public:
  FloorLane(FakeClock& clock, Floor& floor, Side side, Nanoseconds takes)
      : clock_(clock), floor_(floor), side_(side), takes_(takes) {}
  void operation() override {
    const Entered entered(floor_, side_);
    std::this_thread::yield();
    clock_.pass(takes_);
    if (++done == wrong_at) {
      throw WrongResult("another row came back");
    }
  }
  void settle() override {
    const Entered entered(floor_, side_);
    clock_.pass(settling);
    if (++settled == unsettled_at) {
      throw service::ServerError({"settling", "x", "broke off", ""});
    }
  }
  void verify() override {}
  std::uint64_t done = 0, settled = 0, wrong_at = 0, unsettled_at = 0;
  Nanoseconds settling{0};

 private:
  class Entered {
   public:
    Entered(Floor& floor, Side side) : mine_(floor.working[index(side)]) {
      ++mine_;
      floor.overlaps += floor.working[index(other(side))] != 0 ? 1 : 0;
    }
    ~Entered() { --mine_; }
    Entered(const Entered&) = delete;
    Entered& operator=(const Entered&) = delete;

   private:
    std::atomic<int>& mine_;
  };
  FakeClock& clock_;
  Floor& floor_;
  Side side_;
  Nanoseconds takes_;
};

struct CrewTest : ::testing::Test {
  static constexpr std::size_t kSeats = 4;
  FakeClock clock;
  Floor floor;
  std::vector<std::unique_ptr<FloorLane>> lanes;  // baseline and contender of seat 0, of seat 1, ...
  Crew crew;
  Alternation turns{1};
  CrewRun run;
  CrewStretch by_time{200ms, 1'000'000, 5ms, 0};
  CrewStretch by_count{200ms, 1'000'000, 5ms, 7};

  CrewTest() {
    for (std::size_t seat = 0; seat < kSeats; ++seat) {
      lanes.push_back(std::make_unique<FloorLane>(clock, floor, Side::baseline, 100us));
      lanes.push_back(std::make_unique<FloorLane>(clock, floor, Side::contender, 125us));
      crew.push_back({lanes[2 * seat].get(), lanes[2 * seat + 1].get()});
    }
  }
  [[nodiscard]] std::uint64_t done(Side side) const {
    std::uint64_t sum = 0;
    for (const auto& pair : crew) {
      sum += static_cast<FloorLane*>(pair[index(side)])->done;
    }
    return sum;
  }
  std::optional<SideFault> fault(const CrewStretch& stretch) {
    try {
      work_together(crew, clock, turns, stretch, run);
    } catch (const SideFault& caught) {
      return caught;
    }
    return std::nullopt;
  }
};

TEST_F(CrewTest, OneSideWorksAtATime) {
  work_together(crew, clock, turns, by_time, run);
  work_together(crew, clock, turns, by_count, run);
  EXPECT_EQ(floor.overlaps, 0);
  EXPECT_GT(done(Side::baseline), 100U);
}

TEST_F(CrewTest, BothSidesHaveEquallyManyTurnsInWholeBlocks) {
  work_together(crew, clock, turns, by_time, run);
  EXPECT_EQ(run.of(Side::baseline).turns, run.of(Side::contender).turns);
  EXPECT_EQ(run.of(Side::baseline).turns % 2, 0U);
  EXPECT_GE(run.active(), 200ms);
  EXPECT_LT(run.active(), 200ms + 4 * (5ms + kSeats * 125us)) << "no more than a block too long";
}

TEST_F(CrewTest, ThroughputIsThatOfEachSide) {
  work_together(crew, clock, turns, by_time, run);
  EXPECT_NEAR(run.of(Side::baseline).mean(), 100e-6, 1e-9);
  EXPECT_NEAR(run.of(Side::contender).mean(), 125e-6, 1e-9);
  for (const Side side : kSides) {
    EXPECT_EQ(run.of(side).operations, done(side));
    EXPECT_EQ(run.of(side).cpu, run.of(side).active / 10);
  }
}

TEST_F(CrewTest, ATurnCanBeANumberOfOperations) {
  work_together(crew, clock, turns, by_count, run);
  EXPECT_EQ(run.of(Side::baseline).operations, run.of(Side::contender).operations);
  EXPECT_EQ(run.of(Side::baseline).operations, run.of(Side::baseline).turns * kSeats * 7);
}

TEST_F(CrewTest, EveryLaneSettlesAfterEveryTurnOutsideTheTime) {
  for (auto& lane : lanes) {
    lane->settling = 1ms;
  }
  work_together(crew, clock, turns, by_time, run);
  EXPECT_NEAR(run.of(Side::contender).mean(), 125e-6, 1e-9);
  for (const auto& lane : lanes) {
    EXPECT_EQ(lane->settled, run.of(Side::baseline).turns);
  }
  EXPECT_EQ(floor.overlaps, 0);
}

TEST_F(CrewTest, EndsAtTheLargestNumberOfOperations) {
  by_count.span = std::chrono::hours(1);
  by_count.max_operations = 100;
  work_together(crew, clock, turns, by_count, run);
  EXPECT_EQ(run.of(Side::baseline).operations, 112U) << "two blocks of two turns of 4 times 7";
}

TEST_F(CrewTest, SettlingCannotMakeItEndless) {
  for (auto& lane : lanes) {
    lane->settling = 20ms;
  }
  work_together(crew, clock, turns, by_time, run);
  EXPECT_LT(run.active(), 200ms);
}

TEST_F(CrewTest, AnyLanesFaultEndsAllAndNamesItsSide) {
  for (std::size_t which = 0; which < lanes.size(); ++which) {
    lanes[which]->wrong_at = lanes[which]->done + 20;
    const auto caught = fault(which % 3 == 0 ? by_time : by_count);
    ASSERT_TRUE(caught) << which;
    EXPECT_EQ(caught->side(), which % 2 == 0 ? Side::baseline : Side::contender) << which;
    EXPECT_TRUE(caught->wrong());
    lanes[which]->wrong_at = 0;
  }
}

TEST_F(CrewTest, AllLanesAtOnceCanFail) {
  for (auto& lane : lanes) {
    lane->wrong_at = 3;
  }
  EXPECT_TRUE(fault(by_time));
}

TEST_F(CrewTest, AFaultWhileSettlingNamesItsSide) {
  lanes[5]->unsettled_at = 2;
  const auto caught = fault(by_time);
  ASSERT_TRUE(caught);
  EXPECT_EQ(caught->side(), Side::contender);
  EXPECT_THAT(caught->what(), ::testing::HasSubstr("broke off"));
}

TEST_F(CrewTest, TheMeasuredLoopAllocatesNothing) {
  const auto allocated = [&](Nanoseconds span) {
    by_time.span = span;
    const std::size_t before = allocations_so_far();
    work_together(crew, clock, turns, by_time, run);
    return allocations_so_far() - before;
  };
  const std::size_t starting = allocated(20ms);
  EXPECT_GT(starting, 0U) << "threads";
  EXPECT_EQ(allocated(2s), starting);
}

TEST_F(CrewTest, WarmingUpIsOneTurnASideAtLeastAndEndsAtItsMostOperations) {
  WarmUp plan{1ns, 5, 0.0};
  plan.max_operations = 1;
  EXPECT_EQ(warm_up(crew, clock, turns, plan, by_count), 1U);
  EXPECT_EQ(done(Side::baseline), kSeats * 7);
  EXPECT_EQ(done(Side::contender), kSeats * 7);
  EXPECT_EQ(warm_up(crew, clock, turns, {50ms, 20, 0.05}, by_time), 2U) << "two windows that agree";
}

}  // namespace
}  // namespace rootseal::workload::lanes_crew_test
