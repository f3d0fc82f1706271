#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service/service.hpp"

namespace rootseal::service::registry_test {
namespace {

class Fake final : public Service {
 public:
  explicit Fake(const std::string& name) { description_.name = name; }
  const Description& description() const override { return description_; }
  std::string version(const std::map<std::string, std::string>&) const override { return ""; }
  std::map<std::string, core::Secret> secret_files(const core::Secret&) const override { return {}; }
  std::string probe(const Target&, const core::Deadline&) const override { return ""; }
  std::map<std::string, std::string> settings(const Target&, const engine::Container&) const override {
    return {};
  }
  void quiesce(const Target&) const override {}
  std::string provoke_log_line(const Target&, const std::string& token) const override { return token; }

 private:
  Description description_;
};

const Registration kZebra(std::make_unique<Fake>("zebra"));
const Registration kAlpha(std::make_unique<Fake>("alpha"));

TEST(Registry, FindsWhatWasRegisteredAndListsItSorted) {
  EXPECT_EQ(find("zebra").description().name, "zebra");
  EXPECT_THAT(names(), testing::ElementsAre("alpha", "zebra"));
}

TEST(Registry, AnUnknownServiceIsWrongUsageAndNamesTheNearest) {
  try {
    static_cast<void>(find("zebr"));
    FAIL() << "found";
  } catch (const core::UsageError& error) {
    EXPECT_THAT(error.what(),
                testing::AllOf(testing::HasSubstr("unknown service"), testing::HasSubstr("zebra")));
  }
}

TEST(RegistryDeathTest, ANameThatIsTakenEndsTheProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(Registration(std::make_unique<Fake>("alpha")), "two services are called 'alpha'");
}

}  // namespace
}  // namespace rootseal::service::registry_test
