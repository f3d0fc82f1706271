#include "core/cancel.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "core/error.hpp"

namespace rootseal::core::cancel_test {
namespace {

class CancelTest : public testing::Test {
 protected:
  void TearDown() override { reset_cancel(); }
};

TEST_F(CancelTest, IsSeenUntilReset) {
  EXPECT_FALSE(cancelled());
  EXPECT_NO_THROW(throw_if_cancelled("step"));
  request_cancel();
  EXPECT_TRUE(cancelled());
  EXPECT_THROW(throw_if_cancelled("step"), Interrupted);
  reset_cancel();
  EXPECT_FALSE(cancelled());
}

TEST_F(CancelTest, AShieldHidesItAndNests) {
  request_cancel();
  {
    const CancelShield outer;
    { const CancelShield inner; }
    EXPECT_FALSE(cancelled());
    EXPECT_TRUE(cancel_requested());
    EXPECT_NO_THROW(throw_if_cancelled("tear-down"));
  }
  EXPECT_TRUE(cancelled());
}

TEST_F(CancelTest, AShieldIsOfItsThreadOnly) {
  request_cancel();
  const CancelShield shield;
  bool elsewhere = false;
  std::thread([&] { elsewhere = cancelled(); }).join();
  EXPECT_TRUE(elsewhere);
}

}  // namespace
}  // namespace rootseal::core::cancel_test
