// The shipped attacks and the threats of the record: needs the services, but no engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "attack/attack.hpp"
#include "core/places.hpp"
#include "record/threat.hpp"

namespace rootseal::attack::threats_test {
namespace {

std::vector<Definition> shipped() { return load_all(core::project_folder() / "scenarios/attacks"); }

TEST(ShippedThreatsTest, EveryThreatHasAnAttackOnEveryServiceThatItConcerns) {
  ASSERT_FALSE(service::names().empty());
  for (const auto& name : service::names()) {
    EXPECT_THAT(threats_without_attack(shipped(), service::find(name).description()), testing::IsEmpty())
        << "no attack on " << name << " is about these threats; see scenarios/attacks/README.md";
  }
}

TEST(ShippedThreatsTest, AThreatWithoutItsAttackIsNamed) {
  for (const auto& name : service::names()) {
    const auto& service = service::find(name).description();
    for (const auto& threat : record::kThreats) {
      auto fewer = shipped();
      std::erase_if(fewer, [&](const Definition& each) { return each.threat == threat.key; });
      const auto missing = threats_without_attack(fewer, service);
      const bool concerns = threat.of.empty() || threat.of == service.kind;
      EXPECT_THAT(missing, testing::Contains(std::string(threat.key)).Times(concerns ? 1 : 0)) << name;
    }
  }
}

TEST(ShippedThreatsTest, EveryServiceIsOfAKindThatAThreatConcerns) {
  for (const auto& name : service::names()) {
    const auto& kind = service::find(name).description().kind;
    const auto concerns = [&](const auto& threat) { return threat.of == kind; };
    EXPECT_TRUE(std::any_of(record::kThreats.begin(), record::kThreats.end(), concerns))
        << name << ": " << kind;
  }
}

TEST(ShippedThreatsTest, EveryAttackIsValidForTheServicesThatItIsTriedOn) {
  for (const auto& name : service::names()) {
    for (const auto& definition : select(shipped(), name, "*"))
      EXPECT_NO_THROW(validate(definition, service::find(name).description())) << definition.file;
  }
}

}  // namespace
}  // namespace rootseal::attack::threats_test
