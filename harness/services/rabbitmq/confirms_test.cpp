#include "services/rabbitmq/confirms.hpp"

#include <gtest/gtest.h>

namespace rootseal::rabbitmq::confirms_test {
namespace {

Confirms published(std::uint64_t count) {
  Confirms confirms;
  for (std::uint64_t i = 0; i < count; ++i) confirms.publish();
  return confirms;
}

TEST(Confirms, CountFromOneAndAreAllInWhenNothingIsOutstanding) {
  Confirms confirms;
  EXPECT_TRUE(confirms.all());
  EXPECT_EQ(confirms.publish(), 1U);
  EXPECT_FALSE(confirms.all());
  EXPECT_TRUE(confirms.confirm(1, false));
  EXPECT_TRUE(confirms.all());
}

TEST(Confirms, OneConfirmForManyStandsForAllUpToIt) {
  Confirms confirms = published(5);
  EXPECT_TRUE(confirms.confirm(3, true));
  EXPECT_EQ(confirms.floor(), 3U);
  EXPECT_FALSE(confirms.all());
  EXPECT_TRUE(confirms.confirm(5, true));
  EXPECT_TRUE(confirms.all());
}

TEST(Confirms, MayComeInAnyOrder) {
  Confirms confirms = published(4);
  EXPECT_TRUE(confirms.confirm(4, false));
  EXPECT_TRUE(confirms.confirm(2, false));
  EXPECT_EQ(confirms.floor(), 0U);
  EXPECT_TRUE(confirms.confirm(1, false));
  EXPECT_EQ(confirms.floor(), 2U);
  EXPECT_TRUE(confirms.confirm(3, true));
  EXPECT_TRUE(confirms.all());
}

TEST(Confirms, SeeANumberThatIsNotOutstanding) {
  Confirms confirms = published(3);
  EXPECT_FALSE(confirms.confirm(0, true));
  EXPECT_FALSE(confirms.confirm(4, true));
  EXPECT_TRUE(confirms.confirm(3, false));
  EXPECT_FALSE(confirms.confirm(3, false)) << "twice, beyond the oldest that is outstanding";
  EXPECT_TRUE(confirms.confirm(1, false));
  EXPECT_FALSE(confirms.confirm(1, false)) << "twice";
}

TEST(Confirms, GoOnBeyondTheWindowAndEndThere) {
  Confirms confirms = published(Confirms::kWindow);
  EXPECT_THROW(confirms.publish(), std::length_error);
  EXPECT_TRUE(confirms.confirm(Confirms::kWindow, false));
  EXPECT_THROW(confirms.publish(), std::length_error) << "the oldest is still outstanding";
  EXPECT_TRUE(confirms.confirm(1, false));
  EXPECT_EQ(confirms.publish(), Confirms::kWindow + 1);
  EXPECT_FALSE(confirms.all());
  EXPECT_TRUE(confirms.confirm(Confirms::kWindow + 1, true));
  EXPECT_TRUE(confirms.all());
}

}  // namespace
}  // namespace rootseal::rabbitmq::confirms_test
