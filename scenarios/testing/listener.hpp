// testing/listener: turns what GoogleTest reports into the checks of the wire protocol, one Started before
// and one Check after each scenario. Add it to the listeners of UnitTest; it writes to the session's channel.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "testing/session.hpp"

namespace rootseal::scenarios {

// The parts of GoogleTest's names: "function/Crud" (of a longer scenario "function_longer/Crud") and
// "RowsReadBack/alpha_1_readonly". Pure.
struct TestNames {
  std::string suite;      // "function"; empty: not one of our scenarios
  bool longer = false;    // not part of quick runs
  std::string check;      // "Crud.RowsReadBack"
  std::string parameter;  // "alpha_1_readonly"
};
TestNames names_of(const std::string& test_suite, const std::string& test);

class Listener final : public testing::EmptyTestEventListener {
 public:
  explicit Listener(Session& session) : session_(session) {}
  void OnTestStart(const testing::TestInfo& test) override;
  // GoogleTest reports an escaped exception from inside its catch block: its type is still known here. It
  // also holds its own lock here: asking UnitTest for anything would wait for ever.
  void OnTestPartResult(const testing::TestPartResult& result) override;
  void OnTestEnd(const testing::TestInfo& test) override;

 private:
  [[nodiscard]] const wire::StackView* stack_of(const TestNames& names) const;
  Session& session_;
  std::string file_;  // of the running test
};

}  // namespace rootseal::scenarios
