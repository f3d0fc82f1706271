#include "testing/workload_transport.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "core/error.hpp"

namespace rootseal::workload::workload_transport_test {
namespace {

namespace fs = std::filesystem;

const Ways kAll{"", ""};
const Ways kNoNetns{"setns: refused", ""};
const Ways kNone{"setns: refused", "no socket"};

TEST(TransportTest, TheNearestWayThatWorksIsTaken) {
  EXPECT_EQ(to_text(choose_transport("auto", kAll, "a")), "netns");
  EXPECT_EQ(to_text(choose_transport("auto", kNoNetns, "a")), "socket: setns: refused");
  EXPECT_EQ(to_text(choose_transport("auto", kNone, "a")), "published: setns: refused; no socket");
}

TEST(TransportTest, WhatIsForcedIsTakenOrRefused) {
  EXPECT_EQ(to_text(choose_transport("socket", kAll, "a")), "socket");
  EXPECT_EQ(to_text(choose_transport("published", kAll, "a")), "published");
  EXPECT_THROW(choose_transport("netns", kNoNetns, "a"), core::HarnessError);
  EXPECT_THROW(choose_transport("socket", kNone, "a"), core::HarnessError);
  EXPECT_THROW(choose_transport("pigeon", kAll, "a"), core::UsageError);
}

struct PathTest : ::testing::Test {
  fs::path root = [] {
    std::string scratch = (fs::temp_directory_path() / "rootseal-path-XXXXXX").string();
    return fs::path(::mkdtemp(scratch.data()));
  }();
  ~PathTest() override { fs::remove_all(root); }
};

TEST_F(PathTest, AnAbsoluteLinkStaysInside) {
  fs::create_directories(root / "run" / "postgresql");
  fs::create_directory(root / "var");
  fs::create_directory_symlink("/run", root / "var" / "run");
  EXPECT_EQ(path_inside(root, "/var/run/postgresql"), root / "run/postgresql");
  fs::create_directory_symlink("../../../run", root / "var" / "up");
  EXPECT_EQ(path_inside(root, "/var/up/postgresql"), root / "run/postgresql");
}

TEST_F(PathTest, ALinkToItselfEnds) {
  fs::create_symlink("loop", root / "loop");
  EXPECT_EQ(path_inside(root, "/loop/x"), root / "loop/x");
}

TEST_F(PathTest, ASocketIsFoundAndAFileIsNone) {
  EXPECT_NE(why_no_socket_in(root / "nowhere"), "");
  EXPECT_NE(why_no_socket_in(root), "");
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (root / "s").c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(why_no_socket_in(root), "");
  ::close(fd);
}

}  // namespace
}  // namespace rootseal::workload::workload_transport_test
