// rabbitmq/watchdog: librabbitmq blocks without a limit where a broker stops reading (a memory or disk
// alarm). A thread shuts the socket down when the armed deadline passes, so that the blocked call returns
// with an error.
//
// Order of calls: construct with the connected socket; hold a Guard around each call; destroy before the
// socket is closed. One Guard at a time, on one thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/deadline.hpp"

namespace rootseal::rabbitmq {

class Watchdog {
 public:
  explicit Watchdog(int socket);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  class Guard {
   public:
    Guard(Watchdog& dog, const core::Deadline& deadline);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    Watchdog& dog_;
  };
  [[nodiscard]] bool fired() const { return fired_.load(); }

 private:
  void watch();
  int socket_;
  std::atomic<core::Deadline::Clock::rep> due_{0};  // of the armed deadline; 0 = not armed
  std::atomic<bool> fired_{false};
  bool ending_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::thread thread_;
};

}  // namespace rootseal::rabbitmq
