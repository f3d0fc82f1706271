// testing/loopback_listener: somebody who listens on this machine's loopback and keeps what is sent: the far
// end of a log driver. Order of calls: construct (it listens from then on), give port() to whoever sends,
// look at received(); the destructor hangs up. Thread-safe: a thread of its own reads.
#pragma once

#include <mutex>
#include <string>
#include <thread>

#include "process/spawn.hpp"

namespace rootseal::scenarios {

class LoopbackListener {
 public:
  LoopbackListener();  // TCP, a port that the kernel chooses; throws HarnessError
  ~LoopbackListener();
  LoopbackListener(const LoopbackListener&) = delete;
  LoopbackListener& operator=(const LoopbackListener&) = delete;
  [[nodiscard]] int port() const { return port_; }
  // All connections' bytes so far, in the order of arrival, at most the first 16 MiB.
  [[nodiscard]] std::string received() const;

 private:
  void serve();
  process::Fd socket_;
  process::Pipe wake_;  // closing its end for writing ends the thread
  int port_ = 0;
  mutable std::mutex mutex_;
  std::string received_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace rootseal::scenarios
