#include "testing/listener.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <string_view>

#include "core/secret.hpp"
#include "core/text.hpp"

namespace rootseal::scenarios {
namespace {

constexpr std::size_t kMessageLimit = 4000;
constexpr std::string_view kLonger = "_longer";  // as ROOTSEAL_LONGER_SCENARIOS has it

std::string what_of(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception that says nothing";
  }
}

// ADD_FAILURE() and GTEST_SKIP() say so in a line of their own before what they were given.
std::string without_prefix(const std::string& message) {
  for (const std::string_view prefix : {"Failed\n", "Skipped\n"}) {
    if (message.starts_with(prefix)) return message.substr(prefix.size());
  }
  return message;
}

// `file` is where the test stands: all that is known of an exception.
std::string place_of(const testing::TestPartResult& result, const std::string& file) {
  if (result.file_name() == nullptr) return file.empty() ? "" : file + ": ";
  return fmt::format("{}:{}: ", core::scenario_path(result.file_name()), result.line_number());
}

}  // namespace

TestNames names_of(const std::string& test_suite, const std::string& test) {
  const auto slash = test_suite.find('/');
  if (slash == std::string::npos) return {};
  const auto parameter = test.find('/');
  TestNames names;
  names.suite = test_suite.substr(0, slash);
  names.longer = names.suite.ends_with(kLonger);
  if (names.longer) names.suite.resize(names.suite.size() - kLonger.size());
  names.check = test_suite.substr(slash + 1) + "." + test.substr(0, parameter);
  if (parameter != std::string::npos) names.parameter = test.substr(parameter + 1);
  return names;
}

const wire::StackView* Listener::stack_of(const TestNames& names) const {
  for (const auto& stack : session_.context().stacks) {
    if (parameter_name(stack.id) == names.parameter) return &stack;
  }
  return nullptr;
}

void Listener::OnTestStart(const testing::TestInfo& test) {
  session_.begin_check();
  file_ = core::scenario_path(test.file());
  const TestNames names = names_of(test.test_suite_name(), test.name());
  const auto* stack = stack_of(names);
  if (stack == nullptr) return;
  wire::Message message;
  message.started = wire::Started{names.check, stack->id};
  session_.channel().send(message);
}

void Listener::OnTestPartResult(const testing::TestPartResult& result) {
  if (result.passed()) return;
  if (result.skipped()) return session_.note_part({Part::Kind::skip, without_prefix(result.message())});
  const auto exception = std::current_exception();
  const std::string text = exception ? what_of(exception) : without_prefix(result.message());
  const Part::Kind kind = kind_of(exception);
  session_.note_part({kind, (kind == Part::Kind::skip ? "" : place_of(result, file_)) + text});
}

void Listener::OnTestEnd(const testing::TestInfo& test) {
  const TestNames names = names_of(test.test_suite_name(), test.name());
  const auto* stack = stack_of(names);
  const Notes notes = session_.end_check();
  if (stack == nullptr) return;
  const Outcome outcome = judge(notes.parts, notes.death);
  wire::Message message;
  auto& check = message.check.emplace();
  check.id = names.check;
  check.stack = stack->id;
  check.service = stack->service;
  check.profile = stack->profile;
  check.suite = names.suite;
  check.verdict = outcome.verdict;
  check.seconds = static_cast<double>(test.result()->elapsed_time()) / 1000.0;
  check.message = core::UntrustedText(outcome.message).printable(kMessageLimit);
  for (const auto& line : notes.evidence) check.evidence.push_back(core::UntrustedText(line).printable());
  session_.channel().send(message);
  fmt::print("           {} on {}{}{}\n", record::to_text(check.verdict), check.stack,
             check.message.empty() ? "" : ": ", check.message);
  for (const auto& line : check.evidence) fmt::print("           - {}\n", line);
}

}  // namespace rootseal::scenarios
