// core/cancel: "the user asked to stop", the one process-wide flag (a signal has no other place to put it).
// request_cancel() is async-signal-safe; everything here is thread-safe. Long waits and process::Runner look
// at it. Tear-down must run in spite of it: it is wrapped in a CancelShield.
#pragma once

#include <string>

namespace rootseal::core {

void request_cancel() noexcept;
void reset_cancel() noexcept;                      // for tests
[[nodiscard]] bool cancelled() noexcept;           // false inside a CancelShield of this thread
[[nodiscard]] bool cancel_requested() noexcept;    // regardless of shields
void throw_if_cancelled(const std::string& step);  // throws Interrupted

// While one lives on this thread, cancelled() is false there.
class CancelShield {
 public:
  CancelShield() noexcept;
  ~CancelShield();
  CancelShield(const CancelShield&) = delete;
  CancelShield& operator=(const CancelShield&) = delete;
};

}  // namespace rootseal::core
