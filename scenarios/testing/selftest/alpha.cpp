// A service that does nothing, and a scenario for each way in which one can end.
#include <memory>
#include <stdexcept>

#include "testing/scenario.hpp"

namespace rootseal::scenarios {
namespace {

class Alpha final : public service::Service {
 public:
  Alpha() { description_.name = "alpha"; }
  [[nodiscard]] const service::Description& description() const override { return description_; }
  [[nodiscard]] std::string version(const std::map<std::string, std::string>& /*image*/) const override {
    return "";
  }
  [[nodiscard]] std::map<std::string, core::Secret> secret_files(
      const core::Secret& /*password*/) const override {
    return {};
  }
  [[nodiscard]] std::string probe(const service::Target& /*target*/,
                                  const core::Deadline& /*d*/) const override {
    return "";
  }
  [[nodiscard]] std::map<std::string, std::string> settings(
      const service::Target& /*target*/, const engine::Container& /*container*/) const override {
    return {};
  }
  void quiesce(const service::Target& /*target*/) const override {}
  [[nodiscard]] std::string provoke_log_line(const service::Target& /*target*/,
                                             const std::string& token) const override {
    return token;
  }

 private:
  service::Description description_;
};
const service::Registration kAlpha(std::make_unique<Alpha>());

class Ends : public Scenario {
 protected:
  void SetUp() override {}
  void TearDown() override {}
};

TEST_P(Ends, ByPassing) { evidence("seen " + own_name()); }
TEST_P(Ends, ByAFailedAssertion) {
  EXPECT_EQ(1, 2);
  ADD_FAILURE() << "another";
}
TEST_P(Ends, ByAServerThatRefused) { throw service::ServerError({"connecting", stack().id, "refused", ""}); }
TEST_P(Ends, ByAFaultOfTheHarness) { throw core::HarnessError({"asking", "docker", "no answer", ""}); }
TEST_P(Ends, ByAFaultOfTheEnvironment) { environment_fault("the disk is full"); }
TEST_P(Ends, ByABugOfTheScenario) { throw std::out_of_range("row 3"); }
TEST_P(Ends, ByAFailureAndThenAFault) {
  ADD_FAILURE() << "row 7 was altered";
  environment_fault("the disk is full");
}
TEST_P(Ends, BySkipping) { GTEST_SKIP() << "keeps no ledger"; }
TEST_P(Ends, ByWhatIsNotHere) { not_here("the run has no candidate"); }
TEST_P(Ends, ByDying) {
  evidence("about to");
  std::_Exit(42);
}

ROOTSEAL_SCENARIOS(function, Ends, "alpha");

class Longer : public Ends {};
TEST_P(Longer, IsLeftOutOfQuickRuns) {}
ROOTSEAL_LONGER_SCENARIOS(function, Longer, "alpha");

// Of a service that is not there: must neither run nor be an error.
using Orphan = Scenario;
TEST_P(Orphan, HasNoStack) { FAIL(); }
ROOTSEAL_SCENARIOS(function, Orphan, "beta");

}  // namespace
}  // namespace rootseal::scenarios
