// testing/attempt: one thing that developers and operators do, tried the usual way and, where that does not
// work any more, the way to do it instead. Each is a row of the record's tasks:
//
//   attempt("docker cp of a program into /usr/local/bin", [&] { return copied(program, place); })
//       .works_where("root", "writable")
//       .refused_where("root", "read-only")
//       .instead("docker run --network container:...", [&] { return ...; });
//
// A way says why it did not work, "" when it did; whether it did is looked at from outside the server. A
// service::ServerError says so too; any other exception leaves the scenario, and no row: then nothing was
// established. At the end of the statement the row is sent, and the scenario fails when neither way works, or
// the usual way works where a claim forbids it, or does not where it must.
#pragma once

#include <functional>
#include <source_location>
#include <string>

#include "record/task.hpp"
#include "wire/context.hpp"

namespace rootseal::scenarios {

using Way = std::function<std::string()>;

class Attempt {
 public:
  // Tries it. Scenario::attempt() makes these; the stack outlives it.
  Attempt(const wire::StackView& stack, std::string id, std::string title, const Way& way,
          std::source_location where);
  ~Attempt();
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  // Where the stack claims that: the usual way must work, or every comparison with it says nothing;
  Attempt& works_where(const std::string& claim, const std::string& value);
  // or must not, because the claim would be void.
  Attempt& refused_where(const std::string& claim, const std::string& value);
  // Tried only where the usual way does not work, nor another way that was given before.
  Attempt& instead(std::string title, const Way& way);

  [[nodiscard]] bool works() const { return task_.works; }

 private:
  [[nodiscard]] bool claims(const std::string& claim, const std::string& value) const;
  void fail(const std::string& why) const;

  const wire::StackView& stack_;
  record::Task task_;
  std::string instead_happened_;
  std::source_location where_;
  bool established_ = true;
};

}  // namespace rootseal::scenarios
