// Claims on real containers: all of them hold where they are made true, and each is seen red where it is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "profile/integration/test_container.hpp"
#include "profile/profile.hpp"

namespace rootseal::profile::verify_test {
namespace {

using testing::HasSubstr;
using testing_support::TestContainer;
using Options = std::vector<std::string>;

constexpr const char* kScan = "/opt/rootseal/rootseal-scan";
constexpr const char* kSmall = "134217728";

// Below /srv, so that it is in the way of no image; its own volume is hidden by a tmpfs where an image has
// one.
Options sealed(const Options& more = {}) {
  Options options{"--read-only",
                  "--user=999:999",
                  "--cap-drop=ALL",
                  "--security-opt=no-new-privileges",
                  "--pids-limit=64",
                  std::string("--memory=") + kSmall,
                  "--tmpfs=/srv/t:size=1m,uid=999,gid=999,noexec,nosuid,nodev"};
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

// The image's own volumes are writable: whatever they are, they are declared.
Profile claiming(const TestContainer& test, Options writable) {
  for (const auto& mount : test.container().mounts()) {
    if (mount.target.rfind("/var/lib/", 0) == 0) writable.push_back(mount.target);
  }
  Profile profile;
  profile.claims = {{"root", {"read-only"}},
                    {"writable", std::move(writable)},
                    {"tmpfs", {"noexec", "nosuid", "nodev", "sized"}},
                    {"capabilities", {"none"}},
                    {"no-new-privileges", {"true"}},
                    {"uid", {"999"}},
                    {"pids", {"64"}},
                    {"memory", {kSmall}}};
  return profile;
}

std::map<std::string, record::Claim> verified(const Profile& profile, const TestContainer& test) {
  std::map<std::string, record::Claim> rows;
  for (auto& row : verify(profile, test.container(), kScan, "now")) rows[row.name] = row;
  return rows;
}

TEST(VerifyTest, EveryClaimHoldsWhereItIsTrue) {
  const TestContainer test(sealed());
  for (const auto& [name, row] : verified(claiming(test, {"/srv/t"}), test)) {
    EXPECT_EQ(row.holds, true) << name << ": " << row.evidence;
    EXPECT_EQ(row.verified, "now");
  }
}

TEST(VerifyTest, EveryClaimIsRedWhereItIsNotTrue) {
  const TestContainer test({"--tmpfs=/srv/t:exec,suid,dev"});
  for (const auto& [name, row] : verified(claiming(test, {"/srv/t", "/srv/absent"}), test)) {
    EXPECT_EQ(row.holds, false) << name << ": " << row.evidence;
  }
}

TEST(VerifyTest, ARootRemountedFromOutsideIsNoticedAlthoughTheEngineSaysReadOnly) {
  TestContainer test(sealed());
  const Profile profile = claiming(test, {"/srv/t"});
  ASSERT_EQ(verified(profile, test)["root"].holds, true);
  ASSERT_TRUE(test.from_outside({"mount", "-o", "remount,rw,bind", "/"}).ok());
  const auto row = verified(profile, test)["root"];
  EXPECT_EQ(row.holds, false) << row.evidence;
  EXPECT_TRUE(test.container().state().readonly_rootfs) << "the engine was expected to be wrong";
  EXPECT_THAT(row.evidence, HasSubstr("the engine says read-only"));
}

TEST(VerifyTest, AMountOverAProgramFolderIsNoticedByTheAttempt) {
  TestContainer test(sealed());
  const Profile profile = claiming(test, {"/srv/t"});
  ASSERT_TRUE(test.from_outside({"mount", "-t", "tmpfs", "none", "/etc"}).ok());
  auto rows = verified(profile, test);
  EXPECT_EQ(rows["root"].holds, false) << rows["root"].evidence;
  EXPECT_THAT(rows["writable"].evidence, HasSubstr("writable but not declared: /etc"));
}

TEST(VerifyTest, AnUndeclaredVolumeIsNamed) {
  const TestContainer test(sealed({"--volume=/srv/forgotten"}));
  const auto row = verified(claiming(test, {"/srv/t"}), test)["writable"];
  EXPECT_EQ(row.holds, false);
  EXPECT_THAT(row.evidence, HasSubstr("writable but not declared: /srv/forgotten"));
}

TEST(VerifyTest, ADeclaredPlaceThatIsReadOnlyIsNamed) {
  TestContainer test(sealed());
  const Profile profile = claiming(test, {"/srv/t"});
  ASSERT_TRUE(test.from_outside({"mount", "-o", "remount,ro,bind", "/srv/t"}).ok());
  EXPECT_THAT(verified(profile, test)["writable"].evidence,
              HasSubstr("declared but no writable mount: /srv/t"));
}

TEST(VerifyTest, AControlNeedsARootThatTakesAFile) {
  Profile control;
  control.claims = {{"root", {"writable"}}};
  EXPECT_EQ(verified(control, TestContainer({}))["root"].holds, true);
  EXPECT_EQ(verified(control, TestContainer({"--read-only"}))["root"].holds, false);
}

TEST(VerifyTest, CapabilitiesThatOnlyUidZeroThroughExecWouldGetCount) {
  const TestContainer test({"--user=999:999"});
  const auto row = verified(claiming(test, {}), test)["capabilities"];
  EXPECT_EQ(row.holds, false) << row.evidence;
}

TEST(VerifyTest, AContainerThatDoesNotRunEstablishesNothing) {
  const TestContainer test(sealed());
  const Profile profile = claiming(test, {"/srv/t"});
  test.container().kill("KILL");
  test.container().wait_stopped(core::Deadline::after(core::Milliseconds(10'000)));
  for (const auto& [name, row] : verified(profile, test)) EXPECT_EQ(row.holds, std::nullopt) << name;
}

TEST(VerifyTest, WithoutTheHelperNoAttemptPasses) {
  const TestContainer test(sealed());
  const auto rows = verify(claiming(test, {"/srv/t"}), test.container(), "/opt/rootseal/absent", "now");
  EXPECT_EQ(rows.front().name, "root");
  EXPECT_EQ(rows.front().holds, std::nullopt) << rows.front().evidence;
}

}  // namespace
}  // namespace rootseal::profile::verify_test
