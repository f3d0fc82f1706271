#include "services/rabbitmq/watchdog.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace rootseal::rabbitmq::watchdog_test {
namespace {
using core::Deadline;
using core::Milliseconds;

struct Pair {
  std::array<int, 2> fd{};
  Pair() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fd.data()), 0); }
  ~Pair() {
    close(fd[0]);
    close(fd[1]);
  }
};

TEST(Watchdog, EndsABlockedReadAtTheDeadline) {
  const Pair pair;
  Watchdog dog(pair.fd[0]);
  const Watchdog::Guard guard(dog, Deadline::after(Milliseconds(20)));
  char byte = 0;
  EXPECT_EQ(read(pair.fd[0], &byte, 1), 0);
  EXPECT_TRUE(dog.fired());
}

TEST(Watchdog, LeavesTheSocketAloneOnceTheCallIsOver) {
  const Pair pair;
  Watchdog dog(pair.fd[0]);
  { const Watchdog::Guard guard(dog, Deadline::after(Milliseconds(10))); }
  usleep(150'000);
  EXPECT_FALSE(dog.fired());
  EXPECT_EQ(write(pair.fd[0], "x", 1), 1);
}

}  // namespace
}  // namespace rootseal::rabbitmq::watchdog_test
