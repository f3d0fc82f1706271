#include "run/plan.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace rootseal::run {
namespace {

TEST(PlacementTest, PutsClientAndServersOnDifferentCpus) {
  const auto placement = place({2, 5, 7});
  EXPECT_EQ(placement.client, std::vector<int>{2});
  EXPECT_EQ(placement.servers, (std::vector<int>{5, 7}));
}

TEST(PlacementTest, PinsNothingWhereThereIsOneCpu) {
  EXPECT_TRUE(place({0}).client.empty());
  EXPECT_TRUE(place({0}).servers.empty());
}

TEST(KeepTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(parse_keep("on-failure"), Keep::on_failure);
  EXPECT_THROW(parse_keep("sometimes"), core::UsageError);
}

}  // namespace
}  // namespace rootseal::run
