#include "services/rabbitmq/watchdog.hpp"

#include <sys/socket.h>

namespace rootseal::rabbitmq {
namespace {
// Arming costs one store and no wake-up, because workloads arm for every message; the thread looks this
// often.
constexpr core::Milliseconds kPeriod{50};
}  // namespace

Watchdog::Watchdog(int socket) : socket_(socket), thread_([this] { watch(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Watchdog::watch() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kPeriod, [this] { return ending_; })) {
    const auto due = due_.load();
    if (due == 0 || core::Deadline::Clock::now().time_since_epoch().count() < due) continue;
    fired_.store(true);
    ::shutdown(socket_, SHUT_RDWR);
    return;
  }
}

Watchdog::Guard::Guard(Watchdog& dog, const core::Deadline& deadline) : dog_(dog) {
  const auto due = core::Deadline::Clock::now() + deadline.remaining();
  dog_.due_.store(due.time_since_epoch().count());
}
Watchdog::Guard::~Guard() { dog_.due_.store(0); }

}  // namespace rootseal::rabbitmq
