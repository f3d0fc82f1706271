#include "run/parallel.hpp"

#include <gtest/gtest.h>

namespace rootseal::run::parallel_test {
namespace {

void work_on(std::vector<int> items, std::size_t at_once) {
  for_each_parallel<int>(items, at_once, [](int& item) {
    if (item == 1) throw core::HarnessError({"working", "", "fault", ""});
    if (item == 2) throw core::Interrupted("working");
  });
}

TEST(ParallelTest, AFaultIsThrownAgainAfterAllHaveEnded) {
  EXPECT_THROW(work_on({0, 1, 0}, 2), core::HarnessError);
}

TEST(ParallelTest, ARequestToStopIsNotHiddenBehindAFault) {
  EXPECT_THROW(work_on({1, 2}, 1), core::Interrupted);
  EXPECT_THROW(work_on({2, 1}, 1), core::Interrupted);
}

}  // namespace
}  // namespace rootseal::run::parallel_test
