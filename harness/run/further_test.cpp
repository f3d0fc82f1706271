#include "run/further.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "run/fake_database.hpp"

namespace rootseal::run::further_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class RequestTest : public testing::Test {
 protected:
  RequestTest() {
    plan_.service = &database_;
    plan_.profiles = {profile_of("baseline", profile::Role::control, "writable"),
                      profile_of("sealed", profile::Role::candidate, "read-only")};
    record::Image image;
    image.version = "7";
    like_ = spec_of_service(&database_, image, plan_.profiles.back());
    request_.like = "db-7/sealed";
    request_.tag = "restore";
  }
  static profile::Profile profile_of(const std::string& name, profile::Role role, const std::string& root) {
    profile::Profile profile;
    profile.name = name;
    profile.role = role;
    profile.claims = {{"root", {root}}};
    return profile;
  }
  [[nodiscard]] std::string refusal() const {
    try {
      spec_of_request(plan_, like_, "recovery", request_);
    } catch (const core::UsageError& error) {
      return error.what();
    }
    return "accepted";
  }
  Database database_;
  ServicePlan plan_;
  StackSpec like_;
  wire::StackRequest request_;
};

TEST_F(RequestTest, IsLikeTheChildsOwnStackAndNamedAfterIt) {
  const auto spec = spec_of_request(plan_, like_, "recovery", request_);
  EXPECT_EQ(spec.id.text, "db-7/sealed+restore");
  EXPECT_EQ(spec.profile.name, "sealed");
  EXPECT_EQ(spec.label_tag, "recovery") << "the other suite's child may ask for the same";
  EXPECT_TRUE(spec.volumes.empty());
}

TEST_F(RequestTest, OfAnotherProfileKeepsTheIdOfWhoAsked) {
  request_.profile = "baseline";
  const auto spec = spec_of_request(plan_, like_, "recovery", request_);
  EXPECT_EQ(spec.profile.role, profile::Role::control);
  EXPECT_EQ(spec.id.text, "db-7/sealed+restore");
  request_.profile = "sealt";
  EXPECT_THAT(refusal(), HasSubstr("did you mean 'sealed'?"));
}

TEST_F(RequestTest, ItsOverridesAmendTheClaims) {
  request_.overrides = {"x-rootseal: {claims: {writable: [/archive]}}\nservices: {server: {}}"};
  const auto spec = spec_of_request(plan_, like_, "recovery", request_);
  EXPECT_THAT(spec.overrides, ElementsAre(request_.overrides.front()));
  EXPECT_TRUE(spec.profile.makes("writable", "/archive"));
  EXPECT_FALSE(like_.profile.makes("writable", "/archive"));
}

TEST_F(RequestTest, ThatCannotBeMeantIsRefused) {
  request_.copy = true;
  EXPECT_THAT(refusal(), HasSubstr("of nothing"));
  request_.data = "db-7/sealed";
  EXPECT_EQ(refusal(), "accepted");
  request_.data_size = 1U << 20U;
  EXPECT_THAT(refusal(), HasSubstr("begins empty"));
  request_ = {};
  request_.like = "db-7/hardened";
  EXPECT_THAT(refusal(), HasSubstr("not given this stack"));
}

TEST(InMemoryTest, HasASizeAnOwnerAndWhatEveryTmpfsHas) {
  const auto options = in_memory(64U << 20U, {999, 998});
  EXPECT_EQ(options.at("type"), "tmpfs");
  EXPECT_EQ(options.at("o"), "size=67108864,mode=0700,uid=999,gid=998,noexec,nosuid,nodev");
}

}  // namespace
}  // namespace rootseal::run::further_test
