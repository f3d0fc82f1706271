#include "core/deadline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "core/cancel.hpp"

namespace rootseal::core {

Deadline Deadline::after(Milliseconds span) {
  constexpr Milliseconds for_ever = std::chrono::hours(24 * 36525);
  return Deadline(Clock::now() + std::clamp(span, Milliseconds::zero(), for_ever));
}

Milliseconds Deadline::remaining() const {
  return std::max(Milliseconds::zero(), std::chrono::ceil<Milliseconds>(at_ - Clock::now()));
}

Deadline Deadline::at_most(Milliseconds span) const { return Deadline(std::min(at_, after(span).at_)); }

bool wait_until(const std::function<Wait()>& probe, const Deadline& deadline, Milliseconds pause) {
  while (true) {
    throw_if_cancelled("waiting");
    if (probe() == Wait::done) return true;
    if (deadline.expired()) return false;
    std::this_thread::sleep_for(std::min(pause, deadline.remaining()));
  }
}

std::string in_seconds(std::chrono::nanoseconds span) { return fmt::format("{:.3f} s", seconds(span)); }

double seconds(std::chrono::nanoseconds span) { return std::chrono::duration<double>(span).count(); }

}  // namespace rootseal::core
