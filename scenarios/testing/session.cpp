#include "testing/session.hpp"

#include <cctype>
#include <map>
#include <utility>

#include "core/patience.hpp"
namespace rootseal::scenarios {

Session& Session::instance() {
  static Session session;
  return session;
}

void Session::open(wire::Context context, Channel& channel) {
  std::map<std::string, std::string> names;
  for (const auto& stack : context.stacks) {
    const auto [other, fresh] = names.emplace(parameter_name(stack.id), stack.id);
    if (fresh) continue;
    throw core::UsageError({"reading the context", stack.id,
                            "has the same name in GoogleTest as " + other->second, "give it another tag"});
  }
  context_ = std::move(context);
  core::set_patience(core::Milliseconds(context_.patience_ms));
  channel_ = &channel;
}

const wire::StackView& Session::stack(const std::string& id) const {
  for (const auto& stack : context_.stacks) {
    if (stack.id == id) return stack;
  }
  throw core::HarnessError({"looking for a stack", id, "the context has no such stack", ""});
}

void Session::stack_is_now(const wire::StackView& view) {
  for (auto& stack : context_.stacks) {
    if (stack.id == view.id) stack = view;
  }
}

const engine::Docker& Session::docker() {
  const std::lock_guard lock(mutex_);
  if (!docker_) {
    runner_ = std::make_unique<process::SystemRunner>();
    docker_ = std::make_unique<engine::Docker>(*runner_, engine::Docker::Ask::nothing);
  }
  return *docker_;
}

void Session::begin_check() {
  const std::lock_guard lock(mutex_);
  notes_ = {};
}

Notes Session::end_check() {
  const std::lock_guard lock(mutex_);
  return std::exchange(notes_, {});
}

void Session::note_evidence(std::string line) {
  const std::lock_guard lock(mutex_);
  notes_.evidence.push_back(std::move(line));
}

int Session::number_attempt() {
  const std::lock_guard lock(mutex_);
  return ++notes_.attempts;
}

void Session::note_part(Part part) {
  const std::lock_guard lock(mutex_);
  notes_.parts.push_back(std::move(part));
}

void Session::note_death(const std::string& stack, std::string how) {
  const std::lock_guard lock(mutex_);
  dead_.insert(stack);
  notes_.death = std::move(how);
}

void Session::note_life(const std::string& stack) {
  const std::lock_guard lock(mutex_);
  dead_.erase(stack);
}

bool Session::known_dead(const std::string& stack) {
  const std::lock_guard lock(mutex_);
  return dead_.contains(stack);
}

std::string parameter_name(const std::string& stack_id) {
  std::string name;
  for (const char c : stack_id) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
}

}  // namespace rootseal::scenarios
