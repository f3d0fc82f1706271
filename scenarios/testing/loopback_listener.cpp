#include "testing/loopback_listener.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "core/error.hpp"

namespace rootseal::scenarios {
namespace {

constexpr std::size_t kMost = 16U << 20U;

[[noreturn]] void refuse(const std::string& what) {
  throw core::HarnessError(
      {"listening on the loopback", "127.0.0.1", what + ": " + std::strerror(errno), ""});
}

}  // namespace

LoopbackListener::LoopbackListener()
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), wake_(process::make_pipe()) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (!socket_.open()) refuse("no socket");
  if (::bind(socket_.get(), generic, size) != 0) refuse("no port");
  if (::listen(socket_.get(), 16) != 0) refuse("cannot listen");
  if (::getsockname(socket_.get(), generic, &size) != 0) refuse("the port is not known");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

LoopbackListener::~LoopbackListener() {
  wake_.write.reset();
  thread_.join();
}

std::string LoopbackListener::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

void LoopbackListener::serve() {
  std::vector<process::Fd> senders;
  std::array<char, 65'536> chunk{};
  while (true) {
    std::vector<pollfd> waiting{{wake_.read.get(), POLLIN, 0}, {socket_.get(), POLLIN, 0}};
    for (const auto& sender : senders) waiting.push_back({sender.get(), POLLIN, 0});
    if (::poll(waiting.data(), waiting.size(), -1) < 0) continue;
    if (waiting[0].revents != 0) return;
    for (std::size_t i = senders.size(); i-- > 0;) {
      if (waiting[i + 2].revents == 0) continue;
      const ssize_t got = ::read(senders[i].get(), chunk.data(), chunk.size());
      if (got <= 0) {
        senders.erase(senders.begin() + static_cast<std::ptrdiff_t>(i));
        continue;
      }
      const std::lock_guard lock(mutex_);
      received_.append(chunk.data(), std::min(static_cast<std::size_t>(got), kMost - received_.size()));
    }
    if (waiting[1].revents != 0) {
      process::Fd sender(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (sender.open()) senders.push_back(std::move(sender));
    }
  }
}

}  // namespace rootseal::scenarios
