#include "core/cancel.hpp"

#include <atomic>

#include "core/error.hpp"

namespace rootseal::core {
namespace {
std::atomic<bool> requested{false};
thread_local int shields = 0;
}  // namespace

void request_cancel() noexcept { requested.store(true); }
void reset_cancel() noexcept { requested.store(false); }
bool cancel_requested() noexcept { return requested.load(); }
bool cancelled() noexcept { return shields == 0 && requested.load(); }

void throw_if_cancelled(const std::string& step) {
  if (cancelled()) throw Interrupted(step);
}

CancelShield::CancelShield() noexcept { ++shields; }
CancelShield::~CancelShield() { --shields; }

}  // namespace rootseal::core
