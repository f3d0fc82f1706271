#include "report/text.hpp"

#include <gmock/gmock.h>

namespace rootseal::report {
namespace {

TEST(QuantityTest, ARateOfFewIsToldByHowLongOneTakes) {
  EXPECT_EQ(quantity(20010.4, "1/s"), "20010 /s");
  EXPECT_EQ(quantity(23.46, "1/s"), "23.5 /s");
  EXPECT_EQ(quantity(0.941, "1/s"), "1.06 s an operation");
  EXPECT_EQ(quantity(0.209, "1/s"), "4.78 s an operation");
  EXPECT_EQ(quantity(0, "1/s"), "0 /s");
}

}  // namespace
}  // namespace rootseal::report
