#include "testing/attempt.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "core/secret.hpp"
#include "core/text.hpp"
#include "service/service.hpp"
#include "testing/session.hpp"

namespace rootseal::scenarios {
namespace {

constexpr std::size_t kHappenedLimit = 600;

// Why it did not work; empty when it did.
std::string tried(const Way& way) {
  try {
    return core::UntrustedText(way()).printable(kHappenedLimit);
  } catch (const service::ServerError& error) {
    return core::UntrustedText(error.what()).printable(kHappenedLimit);
  }
}

std::string sentence(const record::Task& task, const std::string& instead_happened) {
  std::string text = task.title + (task.works ? ": works" : ": does not work: " + task.happened);
  if (task.instead_works == true) text += fmt::format("; instead, and that works: {}", task.instead);
  if (task.instead_works == false)
    text += fmt::format("; nor does what to do instead ({}): {}", task.instead, instead_happened);
  return text;
}

}  // namespace

Attempt::Attempt(const wire::StackView& stack, std::string id, std::string title, const Way& way,
                 std::source_location where)
    : stack_(stack), where_(where) {
  task_.id = std::move(id);
  task_.stack = stack.id;
  task_.service = stack.service;
  task_.profile = stack.profile;
  task_.title = std::move(title);
  task_.happened = tried(way);
  task_.works = task_.happened.empty();
}

Attempt::~Attempt() {
  if (!established_) return;
  if (!task_.works && task_.instead_works != true) fail(sentence(task_, instead_happened_));
  Session::instance().note_evidence(sentence(task_, instead_happened_));
  wire::Message message;
  message.task = task_;
  Session::instance().channel().send(message);
}

Attempt& Attempt::works_where(const std::string& claim, const std::string& value) {
  if (!task_.works && claims(claim, value)) {
    fail(fmt::format(
        "{} must work where {} is {}, or nothing can be learnt from its not working elsewhere: {}",
        task_.title, claim, value, task_.happened));
  }
  return *this;
}

Attempt& Attempt::refused_where(const std::string& claim, const std::string& value) {
  if (task_.works && claims(claim, value)) {
    fail(fmt::format(
        "{} works although the profile claims {}: {}; see what it wrote, and whether the claim is "
        "verified",
        task_.title, claim, value));
  }
  return *this;
}

Attempt& Attempt::instead(std::string title, const Way& way) {
  if (task_.works || task_.instead_works == true) return *this;
  established_ = false;
  instead_happened_ = tried(way);
  established_ = true;
  task_.instead = std::move(title);
  task_.instead_works = instead_happened_.empty();
  return *this;
}

bool Attempt::claims(const std::string& claim, const std::string& value) const {
  const auto found = stack_.claims.find(claim);
  if (found == stack_.claims.end()) return false;
  const auto all = core::split(found->second, ',');
  return std::any_of(all.begin(), all.end(), [&](const std::string& each) {
    return each.substr(std::min(each.find_first_not_of(' '), each.size())) == value;
  });
}

// Where the attempt stands, not here.
void Attempt::fail(const std::string& why) const {
  ADD_FAILURE_AT(where_.file_name(), static_cast<int>(where_.line()))
      << stack_.id << ": " << why << "; log of the server: in the run's folder";
}

}  // namespace rootseal::scenarios
