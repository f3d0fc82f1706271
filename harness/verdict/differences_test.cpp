#include "verdict/differences.hpp"

#include <gmock/gmock.h>

#include "verdict/sample_epochs.hpp"

namespace rootseal::verdict::differences_test {
namespace {

using namespace sample_parts;
using record::Stack;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> found(const Stack& contender) {
  return undeclared_differences(contender, stack(kBaseline, "control"));
}

TEST(DifferencesTest, WhatTheClaimsSayIsNoDifference) { EXPECT_THAT(found(candidate(kReadonly)), IsEmpty()); }

TEST(DifferencesTest, TwinsDoNotDiffer) { EXPECT_THAT(found(stack(kTwin, "control")), IsEmpty()); }

TEST(DifferencesTest, ASettingThatIsChangedAddedOrGoneIsNamedOnBothSides) {
  Stack other = candidate(kReadonly);
  other.settings = {{"fsync", "off"}, {"work_mem", "1GB"}, {"preload", ""}};
  EXPECT_THAT(
      found(other),
      ElementsAre("setting fsync is off on postgres-15/readonly, on on postgres-15/baseline",
                  "setting preload is empty on postgres-15/readonly, the default on postgres-15/baseline",
                  "setting shared_buffers is the default on postgres-15/readonly, 128MB on "
                  "postgres-15/baseline",
                  "setting work_mem is 1GB on postgres-15/readonly, the default on postgres-15/baseline"));
  other.declared_settings = {"fsync", "work_*", "preload", "shared_buffers"};
  EXPECT_THAT(found(other), IsEmpty());
  other.declared_settings = {"work_*", "preload", "shared_buffers"};
  EXPECT_EQ(found(other).size(), 1U);
}

TEST(DifferencesTest, AReadOnlyRootIsDeclaredByItsClaimOnly) {
  Stack other = candidate(kReadonly);
  other.claims.erase(other.claims.begin());
  EXPECT_THAT(found(other),
              ElementsAre(HasSubstr("mount / is overlay ro"), HasSubstr("mount /etc/hosts is")));
}

TEST(DifferencesTest, UnderTheClaimOfAReadOnlyRootOnlyItsFlagMayChange) {
  Stack other = candidate(kReadonly);
  other.mounts[0] = "/ overlay ro,noatime";
  EXPECT_THAT(found(other), ElementsAre(HasSubstr("mount / is")));
  other = candidate(kReadonly);
  other.mounts[2] = "/data ext4 ro,relatime";
  EXPECT_THAT(found(other),
              ElementsAre("mount /data is ext4 ro,relatime on postgres-15/readonly, ext4 rw,relatime "
                          "on postgres-15/baseline"));
}

TEST(DifferencesTest, AFurtherMountMustBeClaimedWritableOrDeclared) {
  Stack other = candidate(kReadonly);
  other.mounts.emplace_back("/tmp tmpfs rw");
  other.mounts.emplace_back("/etc/db/db.conf ext4 ro");
  EXPECT_THAT(found(other),
              ElementsAre(HasSubstr("mount /etc/db/db.conf is ext4 ro on"),
                          HasSubstr("mount /tmp is tmpfs rw on postgres-15/readonly, absent on")));
  other.declared_mounts = {"/etc/db/*"};
  EXPECT_EQ(found(other).size(), 1U);
  other.claims[1].value = "/data, /run/db, /tmp";
  EXPECT_THAT(found(other), IsEmpty());
}

TEST(DifferencesTest, AMountThatIsGoneOrHasAnotherKindOrSizeIsNamed) {
  Stack other = candidate(kReadonly);
  other.mounts[2] = "/data tmpfs rw,relatime";
  other.mounts[3] = "/dev/shm tmpfs rw,nosuid size=16384k";
  EXPECT_THAT(found(other),
              ElementsAre(HasSubstr("mount /data is tmpfs"), HasSubstr("mount /dev/shm is tmpfs")))
      << "a volume that is writable on both sides must be the same";
  other.mounts.erase(other.mounts.begin() + 2, other.mounts.begin() + 4);
  EXPECT_THAT(found(other),
              ElementsAre(HasSubstr("mount /data is absent on"), HasSubstr("/dev/shm is absent")));
}

TEST(DifferencesTest, OfSeveralMountsOverOnePlaceTheLastCounts) {
  Stack other = candidate(kReadonly);
  other.mounts.insert(other.mounts.begin(), "/data tmpfs rw");
  EXPECT_THAT(found(other), IsEmpty());
}

TEST(DifferencesTest, WhatWasNotRecordedCannotBeCompared) {
  Stack other = candidate(kReadonly);
  other.mounts.clear();
  EXPECT_THAT(found(other), ElementsAre("the mounts of postgres-15/readonly were not recorded"));
  EXPECT_THAT(undeclared_differences(stacks(), "postgres-15/new", kBaseline),
              ElementsAre("settings and mounts of postgres-15/new are not in the record"));
  EXPECT_THAT(undeclared_differences(stacks(), kReadonly, "postgres-15/none"),
              ElementsAre("settings and mounts of postgres-15/none are not in the record"));
  EXPECT_THAT(undeclared_differences(stacks(), kReadonly, kBaseline), IsEmpty());
}

}  // namespace
}  // namespace rootseal::verdict::differences_test
