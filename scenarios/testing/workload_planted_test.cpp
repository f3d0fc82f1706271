#include "testing/workload_planted.hpp"

#include <gtest/gtest.h>

#include <set>

namespace rootseal::workload::workload_planted_test {
namespace {

class CountingLane final : public Lane {
 public:
  explicit CountingLane(int& operations) : operations_(operations) {}
  void operation() override { ++operations_; }
  void verify() override {}

 private:
  int& operations_;
};

// What a part of so many operations does more than them.
int repeated(RepeatingLane& lane, int& done, int operations) {
  const int before = done;
  lane.part_begins();
  for (int i = 0; i < operations; ++i) lane.operation();
  return done - before - operations;
}

TEST(RepeatingLaneTest, CountsAnewInEveryPart) {
  int done = 0;
  RepeatingLane lane(std::make_unique<CountingLane>(done), 0.1, 0.65);
  EXPECT_EQ(repeated(lane, done, 3), 0);
  EXPECT_EQ(repeated(lane, done, 3), 0) << "not 0.95 and more";
  EXPECT_EQ(repeated(lane, done, 4), 1);
  EXPECT_EQ(repeated(lane, done, 14), 2);
}

TEST(RepeatingLaneTest, FewOperationsOfEachLaunchRepeatTheShareOverAll) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
    for (const unsigned epoch : {0U, 1U}) {
      int all = 0;
      for (int launch = 1; launch <= 20; ++launch) {
        int done = 0;
        RepeatingLane lane(std::make_unique<CountingLane>(done), 0.1, begins_at(seed, launch, epoch));
        all += repeated(lane, done, 3);
      }
      EXPECT_GE(all, 5) << seed << ", epoch " << epoch << ": a tenth of sixty";
      EXPECT_LE(all, 7) << seed << ", epoch " << epoch;
    }
  }
}

TEST(BeginsAtTest, IsDrawnUnderTheSeedAndLiesWithin) {
  std::set<double> all;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const double at = begins_at(seed, 3, 1);
    EXPECT_GE(at, 0);
    EXPECT_LT(at, 1);
    all.insert(at);
  }
  EXPECT_EQ(all.size(), 50U);
}

}  // namespace
}  // namespace rootseal::workload::workload_planted_test
