// core/deadline: a point in time until which something may take, and waiting for a condition up to it.
// Values; safe to copy between threads. Monotonic clock (std::chrono::steady_clock).
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace rootseal::core {

using Milliseconds = std::chrono::milliseconds;

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;
  static Deadline after(Milliseconds span);      // capped at a hundred years, so that "for ever" is safe
  [[nodiscard]] Milliseconds remaining() const;  // never negative
  [[nodiscard]] bool expired() const { return remaining() == Milliseconds::zero(); }
  // The earlier of this one and `span` from now: for a step inside a larger step.
  [[nodiscard]] Deadline at_most(Milliseconds span) const;

 private:
  explicit Deadline(Clock::time_point at) : at_(at) {}
  Clock::time_point at_;
};

enum class Wait { again, done };

// Calls `probe` until it returns Wait::done, at most until the deadline, with `pause` between calls. Returns
// false when the deadline passed. A probe that sees that the thing can never happen throws (a dead
// container). Cancellation (core/cancel.hpp) throws Interrupted.
bool wait_until(const std::function<Wait()>& probe, const Deadline& deadline,
                Milliseconds pause = Milliseconds(50));

// Seconds with three digits for messages: "1.234 s".
std::string in_seconds(std::chrono::nanoseconds span);
// Seconds as a double, as the record has them.
double seconds(std::chrono::nanoseconds span);

}  // namespace rootseal::core
