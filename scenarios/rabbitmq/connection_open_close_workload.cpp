// Workload, recorded: a TCP connection, the AMQP handshake and login, a channel, and the close of it all.
// After the epoch the broker must still serve one that comes later: a queue can be declared on it, and is
// gone with it.
//
// A socket belongs to the network namespace of the thread that makes it. A lane is made inside the
// container's and worked from outside, so it keeps a thread that was started inside; handing an operation
// over to it costs some 10 microseconds of an operation of milliseconds, the same on both sides.
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "rabbitmq/workload_channel.hpp"

namespace rootseal::rabbitmq::connection_open_close_workload {
namespace {

// Runs `work` on a thread of its own each time it is asked to, and waits for it. What it throws comes out of
// run(). The thread inherits the namespaces of the one that constructs this.
class StayingThread {
 public:
  explicit StayingThread(std::function<void()> work) : work_(std::move(work)), thread_([this] { serve(); }) {}
  ~StayingThread() {
    hand_over(State::ending);
    thread_.join();
  }
  StayingThread(const StayingThread&) = delete;
  StayingThread& operator=(const StayingThread&) = delete;

  void run() {
    hand_over(State::asked);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return state_ == State::idle; });
    if (thrown_) {
      std::rethrow_exception(std::exchange(thrown_, nullptr));
    }
  }

 private:
  enum class State { idle, asked, ending };

  void hand_over(State state) {
    {
      const std::lock_guard lock(mutex_);
      state_ = state;
    }
    changed_.notify_all();
  }

  void serve() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return state_ != State::idle; });
      if (state_ == State::ending) {
        return;
      }
      try {
        work_();
      } catch (...) {
        thrown_ = std::current_exception();
      }
      state_ = State::idle;
      changed_.notify_all();
    }
  }

  std::function<void()> work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = State::idle;
  std::exception_ptr thrown_;
  std::thread thread_;  // last: it uses the others
};

class OpenCloseLane final : public workload::Lane {
 public:
  explicit OpenCloseLane(service::Target target) : target_(std::move(target)), thread_([this] { work_(); }) {}

  void operation() override {
    work_ = [this] { const Connection opened(target_, soon()); };
    thread_.run();
  }

  void verify() override {
    work_ = [this] {
      {
        Connection last(target_, soon());
        last.declare({kProbe, false, true, true}, soon());
      }
      if (is_there(kProbe)) {
        throw workload::WrongResult("a queue outlived the connection that it was exclusive to");
      }
    };
    thread_.run();
  }

 private:
  [[nodiscard]] bool is_there(const char* queue) const {
    constexpr int kNotFound = 404;
    try {
      Connection(target_, soon()).inspect(queue, soon());
      return true;
    } catch (const AmqpError& error) {
      if (error.code() == kNotFound) {
        return false;
      }
      throw;
    }
  }

  static constexpr const char* kProbe = "rootseal.connection_open_close";
  service::Target target_;
  std::function<void()> work_;
  StayingThread thread_;
};

class ConnectionOpenClose final : public workload::Workload {
 public:
  [[nodiscard]] workload::Shape shape() const override {
    workload::Shape shape;
    shape.judged = false;
    shape.connections = 0;
    return shape;
  }
  void set_up(const workload::Site& /*site*/) const override {}
  [[nodiscard]] std::unique_ptr<workload::Lane> make_lane(const workload::Site& site,
                                                          const workload::Seat& /*seat*/) const override {
    return std::make_unique<OpenCloseLane>(site.target);
  }
  void tear_down(const workload::Site& /*site*/) const override {}
};

ROOTSEAL_WORKLOAD("rabbitmq", "connection_open_close", ConnectionOpenClose);

}  // namespace

}  // namespace rootseal::rabbitmq::connection_open_close_workload
