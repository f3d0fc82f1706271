#include "engine/mount.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"

namespace rootseal::engine::mount_test {
namespace {

using ::testing::ElementsAre;

// Engine 20.10 with --read-only, --tmpfs /run:size=1m, a named volume at /data and an anonymous one at /anon;
// shortened.
const char* const kReadOnly =
    R"(154 76 0:62 / / ro,relatime master:4 - overlay overlay rw,lowerdir=/l/OP:/l/NV,upperdir=/o/f3/diff,workdir=/o/f3/work
155 154 0:65 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
156 154 0:66 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755
157 156 0:67 / /dev/pts rw,nosuid,noexec,relatime - devpts devpts rw,gid=5,mode=620,ptmxmode=666
158 154 0:68 / /sys ro,nosuid,nodev,noexec,relatime - sysfs sysfs ro
159 158 0:69 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw,mode=755
163 159 0:32 /docker/c62f /sys/fs/cgroup/memory ro,nosuid,nodev,noexec,relatime - cgroup cgroup rw,memory
169 156 0:64 / /dev/mqueue rw,nosuid,nodev,noexec,relatime - mqueue mqueue rw
170 156 0:70 / /dev/shm rw,nosuid,nodev,noexec,relatime - tmpfs shm rw,size=65536k
171 154 254:0 /var/lib/docker/volumes/capvol/_data /data rw,relatime master:1 - ext4 /dev/vda rw,discard
172 154 254:0 /var/lib/docker/volumes/f822/_data /anon rw,relatime master:1 - ext4 /dev/vda rw,discard
173 154 0:71 / /run rw,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw,size=1024k,mode=775,uid=999,gid=999,inode64
174 154 254:0 /var/lib/docker/containers/c62f/resolv.conf /etc/resolv.conf ro,relatime - ext4 /dev/vda rw
176 154 254:0 /var/lib/docker/containers/c62f/hosts /etc/hosts ro,relatime - ext4 /dev/vda rw
105 155 0:65 /sys /proc/sys ro,nosuid,nodev,noexec,relatime - proc proc rw
107 155 0:66 /null /proc/keys rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755
109 158 0:73 / /sys/firmware ro,relatime - tmpfs tmpfs ro
)";

std::vector<std::string> targets(const std::vector<Mount>& table) {
  std::vector<std::string> out;
  for (const Mount& mount : table) out.push_back(mount.target);
  return out;
}

TEST(MountTest, ReadsATableOfTheEngine) {
  const auto table = parse_mountinfo(kReadOnly);
  ASSERT_EQ(table.size(), 17U);
  EXPECT_EQ(table[0].target, "/");
  EXPECT_EQ(table[0].type, "overlay");
  EXPECT_TRUE(table[0].has("ro"));
  EXPECT_FALSE(table[0].writable());
  EXPECT_EQ(table[11].text(),
            "/run tmpfs rw,nosuid,nodev,noexec,relatime size=1024k mode=775 uid=999 gid=999");
  EXPECT_EQ(table[3].text(), "/dev/pts devpts rw,nosuid,noexec,relatime");
  EXPECT_EQ(table[9].root, "/var/lib/docker/volumes/capvol/_data");
  EXPECT_EQ(reachable(table).size(), table.size());
}

TEST(MountTest, OnlyWhatTheProfileAskedForIsNotTheEngines) {
  std::vector<std::string> asked;
  for (const Mount& mount : parse_mountinfo(kReadOnly)) {
    if (!engine_provided(mount)) asked.push_back(mount.target);
  }
  EXPECT_THAT(asked, ElementsAre("/", "/data", "/anon", "/run"));
}

TEST(MountTest, AVolumeUnderDevOrOnHostsIsNotTheEngines) {
  const auto table = parse_mountinfo(
      "2 1 254:0 /var/lib/docker/volumes/v/_data /dev/store rw - ext4 /dev/vda rw\n"
      "3 1 254:0 /home/me/hosts /etc/hosts rw - ext4 /dev/vda rw\n"
      "4 1 0:9 / /device rw - tmpfs tmpfs rw\n"
      "5 1 0:10 / /dev/hidden rw - tmpfs tmpfs rw\n"
      "6 1 0:11 / /sys rw - sysfs sysfs rw\n"
      "7 1 0:12 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
      "8 1 0:13 /sys /proc/sys rw - proc proc rw\n");
  for (const Mount& mount : table) EXPECT_FALSE(engine_provided(mount)) << mount.target;
}

TEST(MountTest, WhatEveryContainerHasIsTheEngines) {
  const auto table = parse_mountinfo(
      "2 1 0:84 / /proc rw,nosuid - proc proc rw\n"
      "3 1 0:85 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k\n"
      "4 3 0:89 / /dev/shm rw,nosuid,nodev,noexec - tmpfs shm rw,size=65536k\n"
      "5 1 0:87 / /sys ro,nosuid - sysfs sysfs ro\n"
      "6 5 0:88 / /sys/fs/cgroup rw,nosuid - tmpfs tmpfs rw,mode=755\n"
      "7 6 0:36 /docker/x /sys/fs/cgroup/pids ro,nosuid - cgroup cgroup rw,pids\n"
      "8 2 0:84 /sys /proc/sys ro,nosuid - proc proc rw\n"
      "9 2 0:85 /null /proc/keys rw,nosuid - tmpfs tmpfs rw,size=65536k\n");
  for (const Mount& mount : table) EXPECT_TRUE(engine_provided(mount)) << mount.target;
}

TEST(MountTest, DecodesOctalEscapesAndSkipsOptionalFields) {
  const auto table = parse_mountinfo(
      R"(36 35 98:0 /a\134b /with\040space\011tab rw,noatime shared:7 master:1 propagate_from:2 - ext3 /dev/my\040disk rw,x=\054)"
      "\n");
  ASSERT_EQ(table.size(), 1U);
  EXPECT_EQ(table[0].target, "/with space\ttab");
  EXPECT_EQ(table[0].root, "/a\\b");
  EXPECT_EQ(table[0].source, "/dev/my disk");
  EXPECT_THAT(table[0].super_options, ElementsAre("rw", "x=,"));
}

TEST(MountTest, AReadOnlyFilesystemIsNotWritableThroughAWritableMount) {
  EXPECT_FALSE(parse_mountinfo("2 1 0:9 / /x rw - ext4 /dev/a ro\n").at(0).writable());
}

TEST(MountTest, NamesTheLineThatIsNotUnderstood) {
  for (const char* line :
       {"not a table", "1 2 3:4 / /x rw master:1 ext4 /dev/a rw", "x 2 3:4 / /x rw - ext4 a rw"}) {
    try {
      parse_mountinfo(std::string(line) + "\n");
      FAIL() << line;
    } catch (const core::HarnessError& error) {
      EXPECT_NE(std::string(error.what()).find(line), std::string::npos) << error.what();
    }
  }
}

TEST(MountTest, AMountThatAnotherLiesOverIsNotReachable) {
  const auto table = parse_mountinfo(
      "10 1 0:1 / / ro - overlay overlay rw\n"
      "11 10 0:2 / /data rw - ext4 /dev/a rw\n"
      "12 11 0:3 / /data ro - tmpfs tmpfs ro\n");
  EXPECT_THAT(targets(reachable(table)), ElementsAre("/", "/data"));
  EXPECT_EQ(mount_of(table, "/data/x")->type, "tmpfs");
}

TEST(MountTest, AMountUnderAFolderThatWasCoveredLaterIsNotReachable) {
  const auto table = parse_mountinfo(
      "10 1 0:1 / / ro - overlay overlay rw\n"
      "11 10 0:2 / /var/lib/data rw - ext4 /dev/a rw\n"
      "12 11 0:4 / /var/lib/data/inner rw - ext4 /dev/b rw\n"
      "13 10 0:3 / /var ro - tmpfs tmpfs ro\n");
  EXPECT_THAT(targets(reachable(table)), ElementsAre("/", "/var"));
  EXPECT_EQ(mount_of(table, "/var/lib/data/inner/x")->target, "/var");
}

TEST(MountTest, AMountInsideAnotherIsReachableInWhicheverOrderTheyAreListed) {
  const auto table = parse_mountinfo(
      "12 11 0:3 / /var/lib rw - tmpfs tmpfs rw\n"
      "11 10 0:2 / /var rw - ext4 /dev/a rw\n"
      "10 1 0:1 / / ro - overlay overlay rw\n");
  EXPECT_EQ(reachable(table).size(), 3U);
}

TEST(MountTest, FindsTheMountThatHoldsAPath) {
  const auto table = parse_mountinfo(kReadOnly);
  EXPECT_EQ(mount_of(table, "/database")->target, "/");
  EXPECT_EQ(mount_of(table, "/data")->target, "/data");
  EXPECT_EQ(mount_of(table, "/dev/shm/x")->target, "/dev/shm");
  EXPECT_EQ(mount_of({}, "/"), nullptr);
}

}  // namespace
}  // namespace rootseal::engine::mount_test
