#include "testing/listing.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "service/service.hpp"
#include "testing/listener.hpp"

namespace rootseal::scenarios {
namespace {

nlohmann::ordered_json entry(const testing::TestInfo& test, const wire::Context& context) {
  const TestNames names = names_of(test.test_suite_name(), test.name());
  std::string service;
  for (const auto& stack : context.stacks) {
    if (parameter_name(stack.id) == names.parameter) service = stack.service;
  }
  return {{"name", std::string(test.test_suite_name()) + "." + test.name()},
          {"suite", names.suite},
          {"service", service},
          {"scenario", names.check},
          {"longer", names.longer},
          {"file", core::scenario_path(test.file())},
          {"line", test.line()}};
}

}  // namespace

wire::Context placeholders() {
  wire::Context context;
  for (const auto& name : service::names()) {
    wire::StackView stack;
    stack.id = name;
    stack.service = name;
    context.stacks.push_back(stack);
  }
  return context;
}

std::string list_as_json(const wire::Context& context) {
  auto all = nlohmann::ordered_json::array();
  const auto& registry = *testing::UnitTest::GetInstance();
  for (int s = 0; s < registry.total_test_suite_count(); ++s) {
    const auto& suite = *registry.GetTestSuite(s);
    if (names_of(suite.name(), "").suite.empty()) continue;
    for (int t = 0; t < suite.total_test_count(); ++t) all.push_back(entry(*suite.GetTestInfo(t), context));
  }
  return all.dump(2);
}

}  // namespace rootseal::scenarios
