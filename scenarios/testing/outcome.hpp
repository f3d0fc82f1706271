// testing/outcome: what a scenario's end means. Pure; thread-safe.
//
// The rule, worst first:
//   fail          an assertion failed; the server refused, broke off or did not answer in time
//   (service::ServerError);
//                 or the container died although the scenario did not take it down
//   inconclusive  nothing of that, but a fault of the harness or its environment kept the scenario from
//   establishing it:
//                 environment_fault(), any other core::HarnessError, any other exception (a bug of the
//                 scenario)
//   skipped       GTEST_SKIP or not_here(), with its reason
//   pass          nothing of that
// So a server that dies of its read-only root is a failure even where the scenario first noticed it as an
// engine's "container is not running", and an engine that stops answering never blames the server.
#pragma once

#include <exception>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "record/verdict.hpp"

namespace rootseal::scenarios {

class EnvironmentFault : public core::HarnessError {
 public:
  explicit EnvironmentFault(const std::string& message) : HarnessError({"", "", message, ""}) {}
};

// The one way to say "this cannot be established here": marks the scenario inconclusive and ends it.
[[noreturn]] void environment_fault(const std::string& message);

class NotHere : public core::HarnessError {
 public:
  explicit NotHere(const std::string& reason) : HarnessError({"", "", reason, ""}) {}
};

// As GTEST_SKIP, from anywhere: what this scenario is about does not exist here. Ends it.
[[noreturn]] void not_here(const std::string& reason);

struct Part {
  enum class Kind { failure, environment, skip } kind = Kind::failure;
  std::string text;
};

// Of the exception that is being handled (inside a catch block), or of a failed assertion when it is null.
Part::Kind kind_of(const std::exception_ptr& exception);

struct Outcome {
  record::Verdict verdict = record::Verdict::inconclusive;
  std::string message;  // empty on pass
};
// `death`: how the container died, empty when it did not.
Outcome judge(const std::vector<Part>& parts, const std::string& death);

}  // namespace rootseal::scenarios
