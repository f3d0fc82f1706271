// any/by_itself: whether a server that may be ending works again, and whether that took anybody's help.
// Throws ServerError where it runs and does not become ready.
#pragma once

#include "any/journal.hpp"
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

struct Recovered {
  bool acknowledges = false;  // new entries; why not is in the journal's refusal
  bool by_itself = true;      // its container did not end
};

// Until it acknowledges entries again; where it has ended it is started. A server that has not yet noticed
// what befell it may take a connection, and break it off or end afterwards: that is no answer yet.
inline Recovered recovered(const RequestedStack& stack, Journal& journal, const core::Deadline& deadline) {
  Recovered seen;
  const auto works = [&] {
    if (!answers_by_itself(stack)) {
      seen.by_itself = false;
      stack.start();
    }
    seen.acknowledges = journal.append(stack.target(), 20, deadline.at_most(core::patience()));
    return seen.acknowledges ? core::Wait::done : core::Wait::again;
  };
  core::wait_until(works, deadline, core::Milliseconds(500));
  return seen;
}

}  // namespace rootseal::scenarios
