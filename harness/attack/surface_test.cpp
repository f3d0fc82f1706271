#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "attack/attack.hpp"

namespace rootseal::attack::surface_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

engine::Mount mount(const std::string& target, const std::string& type) {
  engine::Mount made;
  made.target = target;
  made.type = type;
  made.options = {"rw"};
  return made;
}

const std::vector<engine::Mount> kTable{
    mount("/", "overlay"),          mount("/dev", "tmpfs"),     mount("/dev/shm", "tmpfs"),
    mount("/dev/mqueue", "mqueue"), mount("/dev/own", "tmpfs"), mount("/sys", "sysfs"),
    mount("/data", "ext4"),         mount("/srv", "ext4"),      mount("/data/cache", "ext4")};

TEST(UndeclaredTest, WhatIsDeclaredOrTheEnginesOwnIsNotNamed) {
  EXPECT_THAT(undeclared({"/dev", "/dev/shm", "/dev/mqueue", "/data"}, {"/data"}, false, kTable), IsEmpty());
  EXPECT_THAT(undeclared({"/"}, {"/data"}, true, kTable), IsEmpty());
}

TEST(UndeclaredTest, EverythingElseIsWhereverItLies) {
  EXPECT_THAT(undeclared({"/", "/srv", "/data/cache", "/dev/own", "/sys"}, {"/data"}, false, kTable),
              ElementsAre("/", "/srv", "/data/cache", "/dev/own", "/sys"));
}

}  // namespace
}  // namespace rootseal::attack::surface_test
