#include "testing/outcome.hpp"

#include <gtest/gtest.h>

#include "service/service.hpp"

namespace rootseal::scenarios::outcome_test {
namespace {
using record::Verdict;

const Part kFailure{Part::Kind::failure, "expected 1, was 2"};
const Part kFault{Part::Kind::environment, "no engine"};
const Part kSkip{Part::Kind::skip, "has no such mount"};

TEST(Judge, NothingWrongIsAPass) {
  EXPECT_EQ(judge({}, "").verdict, Verdict::pass);
  EXPECT_EQ(judge({}, "").message, "");
}

TEST(Judge, AnEnvironmentFaultIsInconclusiveAndNeverAFailure) {
  EXPECT_EQ(judge({kFault}, "").verdict, Verdict::inconclusive);
  EXPECT_EQ(judge({kFault}, "").message, "no engine");
}

TEST(Judge, AFailureOutweighsAnEnvironmentFaultWhicheverCameFirst) {
  EXPECT_EQ(judge({kFault, kFailure}, "").verdict, Verdict::fail);
  EXPECT_EQ(judge({kFailure, kFault}, "").message, "expected 1, was 2");
}

TEST(Judge, ADeadContainerIsAFailureEvenIfItWasNoticedAsAFaultOrNotAtAll) {
  EXPECT_EQ(judge({}, "container exited with code 1").verdict, Verdict::fail);
  EXPECT_EQ(judge({kFault}, "container exited with code 1").verdict, Verdict::fail);
  EXPECT_EQ(judge({kFault}, "container exited with code 1").message,
            "no engine\ncontainer exited with code 1");
}

TEST(Judge, TellsTheFirstFailureAndHowManyMoreThereAre) {
  EXPECT_EQ(judge({kFailure, kFailure, kFailure}, "").message,
            "expected 1, was 2\n(and 2 more; see the child's log)");
}

TEST(Judge, ASkipKeepsItsReason) {
  EXPECT_EQ(judge({kSkip}, "").verdict, Verdict::skipped);
  EXPECT_EQ(judge({kSkip}, "").message, "has no such mount");
}

template <typename Exception>
Part::Kind kind_of_thrown(const Exception& exception) {
  return kind_of(std::make_exception_ptr(exception));
}

TEST(KindOf, WhatTheServerDidIsAFailureWhatTheHarnessDidIsNot) {
  EXPECT_EQ(kind_of(nullptr), Part::Kind::failure);
  EXPECT_EQ(kind_of_thrown(service::ServerError({"step", "subject", "refused", ""})), Part::Kind::failure);
  EXPECT_EQ(kind_of_thrown(core::HarnessError({"step", "subject", "no engine", ""})),
            Part::Kind::environment);
  EXPECT_EQ(kind_of_thrown(EnvironmentFault("too slow")), Part::Kind::environment);
  EXPECT_EQ(kind_of_thrown(NotHere("the run has no candidate")), Part::Kind::skip);
  EXPECT_EQ(kind_of_thrown(std::out_of_range("row 3")), Part::Kind::environment);
}

}  // namespace
}  // namespace rootseal::scenarios::outcome_test
