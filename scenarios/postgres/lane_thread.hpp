// postgres/lane_thread: a thread that lives as long as its lane, for operations that open connections. A lane
// is made on a thread inside the container's network namespace, and a thread that is started there stays in
// it, while operation() is called from outside. Handing work over costs some 10 microseconds: for operations
// of milliseconds. One caller at a time.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace rootseal::postgres {

class LaneThread {
 public:
  LaneThread() : thread_([this] { serve(); }) {}
  ~LaneThread() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  LaneThread(const LaneThread&) = delete;
  LaneThread& operator=(const LaneThread&) = delete;

  // Runs `work` there and waits for it; what it throws comes out here.
  void run(const std::function<void()>& work) {
    std::unique_lock lock(mutex_);
    work_ = &work;
    changed_.notify_all();
    changed_.wait(lock, [this] { return work_ == nullptr; });
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
  }

 private:
  void serve() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return ended_ || work_ != nullptr; });
      if (ended_) return;
      try {
        (*work_)();
      } catch (...) {
        thrown_ = std::current_exception();
      }
      work_ = nullptr;
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  const std::function<void()>* work_ = nullptr;
  std::exception_ptr thrown_;
  bool ended_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace rootseal::postgres
