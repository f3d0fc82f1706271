// process/fake_runner: for unit tests of code that runs programs. Answers by the start of the joined command
// line, in the order of registration; an unexpected command throws std::logic_error with its text. Not
// thread-safe.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "process/command.hpp"

namespace rootseal::process {

class FakeRunner final : public Runner {
 public:
  using Answer = std::function<Outcome(const Command&)>;
  void on(std::string prefix, Answer answer) { answers_.emplace_back(std::move(prefix), std::move(answer)); }
  void on(std::string prefix, std::string out, int exit_code = 0, std::string err = "") {
    on(std::move(prefix), [=](const Command&) {
      Outcome outcome;
      outcome.exit_code = exit_code;
      outcome.out = out;
      outcome.err = err;
      return outcome;
    });
  }
  Outcome run(const Command& command) override;
  [[nodiscard]] const std::vector<std::string>& calls() const { return calls_; }

 private:
  std::vector<std::pair<std::string, Answer>> answers_;
  std::vector<std::string> calls_;
};

}  // namespace rootseal::process
