// core/error: the one family of exceptions of the harness. Thrown only for faults of the harness or its
// environment (no engine, a full disk, a stack that cannot be had) and for wrong usage; an expected outcome
// (a blocked attack, a failed check) is a value. Caught per check and in main. All types are immutable after
// construction.
#pragma once

#include <stdexcept>
#include <string>

namespace rootseal::core {

// A fault of the harness or its environment. what() reads "subject: step: what happened; next move".
class HarnessError : public std::runtime_error {
 public:
  struct Parts {
    std::string step;     // "waiting for a query to succeed"
    std::string subject;  // "postgres-15/readonly"
    std::string what;     // "container exited with code 1 (last log line: ...)"
    std::string next;     // "full log: results/runs/..."; may be empty
  };
  explicit HarnessError(Parts parts);
  [[nodiscard]] const Parts& parts() const noexcept { return parts_; }

 private:
  Parts parts_;
};

// Wrong usage: an unknown verb, option, service, profile, a glob that matches nothing, a malformed file. Exit
// status 64.
class UsageError : public HarnessError {
 public:
  using HarnessError::HarnessError;
};

// The user asked to stop (first Ctrl-C, SIGTERM); whoever holds resources unwinds. Exit status 130.
class Interrupted : public HarnessError {
 public:
  explicit Interrupted(std::string step);
};

}  // namespace rootseal::core
