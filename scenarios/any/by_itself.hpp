// any/by_itself: whether a server that may be ending answers again without anybody's help. Throws ServerError
// where it runs and does not become ready.
#pragma once

#include "testing/scenario.hpp"

namespace rootseal::scenarios {

// A server may still be ending when this is asked: its container is called running for a moment yet.
inline bool answers_by_itself(const RequestedStack& stack) {
  if (!stack.container().state().running) return false;
  try {
    stack.wait_ready();
    return true;
  } catch (const service::ServerError&) {
    if (stack.container().state().running) throw;
    return false;
  }
}

}  // namespace rootseal::scenarios
