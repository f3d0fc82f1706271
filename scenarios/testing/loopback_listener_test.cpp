#include "testing/loopback_listener.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/deadline.hpp"

namespace rootseal::scenarios::loopback_listener_test {
namespace {

process::Fd connected_to(int port) {
  process::Fd socket(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  EXPECT_EQ(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  return socket;
}

void say(const process::Fd& to, const std::string& text) {
  EXPECT_EQ(::write(to.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

bool arrives(const LoopbackListener& listener, const std::string& text) {
  const auto look = [&] {
    return listener.received().find(text) != std::string::npos ? core::Wait::done : core::Wait::again;
  };
  return core::wait_until(look, core::Deadline::after(core::Milliseconds(5'000)), core::Milliseconds(2));
}

TEST(LoopbackListenerTest, KeepsWhatSeveralSendersSayAlsoAfterOneHungUp) {
  const LoopbackListener listener;
  ASSERT_GT(listener.port(), 0);
  const auto first = connected_to(listener.port());
  {
    const auto second = connected_to(listener.port());
    say(second, "from the second\n");
  }
  EXPECT_TRUE(arrives(listener, "from the second\n"));
  say(first, "from the first\n");
  EXPECT_TRUE(arrives(listener, "from the first\n"));
}

TEST(LoopbackListenerTest, EndsThoughASenderHoldsOn) {
  process::Fd sender;
  {
    const LoopbackListener listener;
    sender = connected_to(listener.port());
  }
  char nothing = 0;
  EXPECT_LE(::read(sender.get(), &nothing, 1), 0);
}

}  // namespace
}  // namespace rootseal::scenarios::loopback_listener_test
