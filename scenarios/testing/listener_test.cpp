#include "testing/listener.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "service/service.hpp"

namespace rootseal::scenarios::listener_test {
namespace {
using testing::TestPartResult;

TEST(TestNames, AreThePartsOfGoogleTestsNames) {
  const TestNames names = names_of("function/Crud", "RowsReadBack/alpha_1_readonly");
  EXPECT_EQ(names.suite, "function");
  EXPECT_EQ(names.check, "Crud.RowsReadBack");
  EXPECT_EQ(names.parameter, "alpha_1_readonly");
  EXPECT_EQ(names_of("GoogleTestVerification", "Uninstantiated<Crud>").suite, "");
}

TEST(ParameterName, HasLettersDigitsAndUnderscoresOnly) {
  EXPECT_EQ(parameter_name("alpha-1.0/baseline+restore"), "alpha_1_0_baseline_restore");
}

const TestPartResult kFromNowhere(TestPartResult::kFatalFailure, nullptr, -1, "C++ exception");

// As GoogleTest does it: reported while the exception is being handled.
template <typename Exception>
Notes reported_while_handling(const Exception& exception) {
  Session session;
  Listener listener(session);
  try {
    throw exception;
  } catch (const std::exception&) {
    listener.OnTestPartResult(kFromNowhere);
  }
  return session.end_check();
}

TEST(Listener, KnowsTheTypeOfAnEscapedException) {
  const auto refused =
      reported_while_handling(service::ServerError({"connecting", "alpha-1/readonly", "refused", ""}));
  ASSERT_EQ(refused.parts.size(), 1U);
  EXPECT_EQ(refused.parts[0].kind, Part::Kind::failure);
  EXPECT_THAT(refused.parts[0].text, testing::EndsWith("alpha-1/readonly: connecting: refused"));
  EXPECT_EQ(reported_while_handling(EnvironmentFault("x")).parts.at(0).kind, Part::Kind::environment);
  EXPECT_EQ(reported_while_handling(core::HarnessError({"", "", "x", ""})).parts.at(0).kind,
            Part::Kind::environment);
}

TEST(Listener, AFailedAssertionNamesItsPlace) {
  Session session;
  Listener listener(session);
  const std::string file = "/anywhere/scenarios/any/x.cpp";
  listener.OnTestPartResult(TestPartResult(TestPartResult::kNonFatalFailure, file.c_str(), 42, "expected 1"));
  listener.OnTestPartResult(TestPartResult(TestPartResult::kSkip, file.c_str(), 43, "no mount"));
  listener.OnTestPartResult(TestPartResult(TestPartResult::kSuccess, file.c_str(), 44, "fine"));
  const Notes notes = session.end_check();
  ASSERT_EQ(notes.parts.size(), 2U);
  EXPECT_EQ(notes.parts[0].text, "scenarios/any/x.cpp:42: expected 1");
  EXPECT_EQ(notes.parts[1].kind, Part::Kind::skip);
}

TEST(Session, RefusesStacksThatGoogleTestCouldNotTellApart) {
  Session session;
  Channel channel(Channel::kNone, 0);
  wire::Context context;
  context.stacks.resize(2);
  context.stacks[0].id = "alpha-1/readonly";
  context.stacks[1].id = "alpha-1-readonly";
  EXPECT_THROW(session.open(context, channel), core::UsageError);
}

// A Listener with a real line: what it sends about a test of ours. This program's own test has no stack, so
// that the names are those of a check that does.
TEST(Listener, SaysNothingAboutTestsThatAreNotScenarios) {
  std::array<int, 2> line{};
  ASSERT_EQ(pipe(line.data()), 0);
  Channel channel(line[1], 0);
  Session session;
  session.open({}, channel);
  Listener listener(session);
  listener.OnTestStart(*testing::UnitTest::GetInstance()->current_test_info());
  listener.OnTestEnd(*testing::UnitTest::GetInstance()->current_test_info());
  close(line[1]);
  char byte = 0;
  EXPECT_EQ(read(line[0], &byte, 1), 0);
  close(line[0]);
}

}  // namespace
}  // namespace rootseal::scenarios::listener_test
