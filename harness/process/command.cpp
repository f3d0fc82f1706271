#include "process/command.hpp"

#include <fmt/format.h>

#include "core/deadline.hpp"
#include "core/error.hpp"
#include "core/secret.hpp"
#include "process/fake_runner.hpp"

namespace rootseal::process {
namespace {

std::string joined(const std::vector<std::string>& argv) { return fmt::format("{}", fmt::join(argv, " ")); }

}  // namespace

std::string Outcome::ending() const {
  if (timed_out) return "no end within " + core::in_seconds(took);
  if (signal != 0) return fmt::format("killed by signal {}", signal);
  return fmt::format("exit code {}", exit_code);
}

Outcome Runner::must(const Command& command, const std::string& step, const std::string& subject) {
  Outcome outcome = run(command);
  if (outcome.ok()) return outcome;
  std::string words = core::UntrustedText(outcome.err).last_line();
  if (words.empty()) words = core::UntrustedText(outcome.out).last_line();
  const std::string program = command.argv.empty() ? "" : command.argv.front();
  throw core::HarnessError({step, subject,
                            fmt::format("{}: {}{}", program, outcome.ending(),
                                        words.empty() ? " (it said nothing)" : " (last line: " + words + ")"),
                            ""});
}

Outcome FakeRunner::run(const Command& command) {
  const std::string line = joined(command.argv);
  calls_.push_back(line);
  for (const auto& [prefix, answer] : answers_) {
    if (line.compare(0, prefix.size(), prefix) == 0) return answer(command);
  }
  throw std::logic_error("FakeRunner: unexpected command: " + line);
}

}  // namespace rootseal::process
