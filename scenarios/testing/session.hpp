// testing/session: what this process was given and what it is doing: the context, the line to the
// orchestrator, the engine, and the check that runs now. One per process, made in main; GoogleTest has no
// other place to put it.
//
// Order of calls: open() in main before InitGoogleTest, because scenarios are instantiated for the stacks of
// the context; then the listener brackets each check with begin_check() and end_check(). Notes are
// thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "engine/docker.hpp"
#include "testing/channel.hpp"
#include "testing/outcome.hpp"
#include "wire/context.hpp"

namespace rootseal::scenarios {

// What is collected while a check runs.
struct Notes {
  std::vector<std::string> evidence;
  std::vector<Part> parts;
  std::string death;  // of the container, when the scenario did not cause it
};

class Session {
 public:
  static Session& instance();

  // Throws UsageError when two stacks would have the same name in GoogleTest.
  void open(wire::Context context, Channel& channel);
  [[nodiscard]] const wire::Context& context() const { return context_; }
  // The stack of that id as it is now; throws HarnessError when the context has none.
  [[nodiscard]] const wire::StackView& stack(const std::string& id) const;
  void stack_is_now(const wire::StackView& view);  // its container was made anew
  [[nodiscard]] Channel& channel() const { return *channel_; }
  // Made at the first call; throws HarnessError when no engine answers.
  const engine::Docker& docker();

  void begin_check();
  Notes end_check();
  void note_evidence(std::string line);
  void note_part(Part part);
  // Of a stack's container, by itself; known_dead() until it was started again. The scenario in which a death
  // is first seen fails; those after it on the same stack can establish nothing.
  void note_death(const std::string& stack, std::string how);
  void note_life(const std::string& stack);
  [[nodiscard]] bool known_dead(const std::string& stack);

 private:
  wire::Context context_;
  Channel* channel_ = nullptr;
  std::mutex mutex_;
  Notes notes_;
  std::set<std::string> dead_;
  std::unique_ptr<process::Runner> runner_;
  std::unique_ptr<engine::Docker> docker_;
};

// GoogleTest's name of a parameter: the stack's id with everything but letters and digits as '_'.
std::string parameter_name(const std::string& stack_id);

}  // namespace rootseal::scenarios
