#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "verdict/advice.hpp"
#include "verdict/judge.hpp"
#include "verdict/names.hpp"

namespace rootseal::verdict {
namespace {

using record::Record;
using record::Verdict;

constexpr int kFault = 3;
constexpr int kFailure = 1;
constexpr int kInconclusive = 2;

std::string with(const std::string& text, const std::string& detail) {
  return detail.empty() ? text : text + ": " + detail;
}

// The advice stands before the message: a message may be long, and reports cut a reason at its end.
std::string says_nothing_against_the_candidates(const record::Check& check) {
  return fmt::format(
      "check {} failed on the control, {}, and on no candidate: it says nothing against the candidates. Look "
      "at its evidence and run it again. If it fails again, the fault is in the server, the image or "
      "rootseal.{}",
      check.id, check.stack, check.message.empty() ? "" : " Its message: " + check.message);
}

// Collects in the order of the rules; reasons() sorts by weight.
class Judgement {
 public:
  explicit Judgement(const Record& record) : record_(record) {}

  std::vector<Reason> take() {
    for (const std::string& fault : record_.run.faults) add(kFault, fault);
    for (const record::Stack& stack : record_.stacks) look_at(stack);
    for (const record::Check& check : record_.checks) look_at(check);
    for (const record::Attack& attack : record_.attacks) look_at(attack);
    for (const record::Surface& surface : record_.surface) look_at(surface);
    for (const record::Comparison& comparison : record_.comparisons) look_at(comparison);
    if (!anything_ran()) add(kInconclusive, "nothing ran");
    for (const std::string& suite : record_.run.suites) look_at_suite(suite);
    return std::move(found_);
  }

 private:
  void add(int status, std::string text) { found_.push_back({status, std::move(text)}); }
  [[nodiscard]] bool counts(const std::string& stack) const {
    return role_of(record_.stacks, stack) != kSpecimen;
  }
  [[nodiscard]] bool counts(const record::Attack& row) const {
    return !row.throwaway && row.role != kSpecimen && counts(row.stack);
  }

  void look_at(const record::Stack& stack) {
    if (stack.role == kSpecimen) return;
    if (!stack.started) {
      add(stack.role == kControl ? kFault : kFailure,
          with(fmt::format("{} ({}) did not start", stack.id, stack.role), stack.start_error));
      return;
    }
    for (const record::Claim& claim : stack.claims) {
      if (claim.holds == true) continue;
      const char* how = claim.holds ? "does not hold" : "could not be established";
      add(claim.holds ? kFailure : kInconclusive,
          with(fmt::format("claim {}: {} {} on {}", claim.name, claim.value, how, stack.id), claim.evidence));
    }
  }

  void look_at(const record::Check& check) {
    if (!counts(check.stack)) return;
    const std::string where = check.stack.empty() ? "" : " on " + check.stack;
    if (check.verdict == Verdict::fail && failed_on_the_control_alone(check)) {
      add(kInconclusive, says_nothing_against_the_candidates(check));
    } else if (check.verdict == Verdict::fail) {
      add(kFailure, with("check " + check.id + " failed" + where, check.message));
    }
    if (check.verdict == Verdict::inconclusive) {
      add(kInconclusive, with("check " + check.id + " is inconclusive" + where, check.message));
    }
  }

  // Candidates of the same server are in the run, and the check failed on none of them. A control that does
  // not start or does not hold its claims has rules of its own.
  [[nodiscard]] bool failed_on_the_control_alone(const record::Check& check) const {
    if (role_of(record_.stacks, check.stack) != kControl || harness_own(check)) return false;
    const auto candidate = [&](const std::string& stack) {
      return server_of(stack) == server_of(check.stack) && role_of(record_.stacks, stack) == kCandidate;
    };
    return std::any_of(record_.stacks.begin(), record_.stacks.end(),
                       [&](const record::Stack& stack) { return candidate(stack.id); }) &&
           std::none_of(record_.checks.begin(), record_.checks.end(), [&](const record::Check& row) {
             return row.id == check.id && row.verdict == Verdict::fail && candidate(row.stack);
           });
  }

  void look_at(const record::Attack& row) {
    if (!counts(row)) return;
    const std::string who = fmt::format("attack {} as {}", row.id, row.identity);
    if (row.verdict == Verdict::fail) {
      add(kFailure, fmt::format("{} succeeded on {} although \"{}\" must block it", who, row.stack,
                                fmt::join(row.must_be_blocked_by, ", ")));
    }
    if (row.verdict != Verdict::inconclusive) return;
    const bool blocked = row.observed == record::Observed::blocked;
    add(kInconclusive,
        with(fmt::format("{} is inconclusive on {}", who, row.stack),
             blocked ? "blocked, but never seen to succeed in this run: \"blocked\" may mean \"broken\""
                     : row.note));
  }

  // "Only the intended directories are writable": measured, beside the claim, which reads the mount table.
  void look_at(const record::Surface& surface) {
    if (!counts(surface.stack)) return;
    if (!surface.measured) {
      add(kInconclusive,
          with(fmt::format("what {} can write on {} could not be measured", surface.identity, surface.stack),
               surface.note));
      return;
    }
    if (surface.undeclared.empty()) return;
    add(kFailure, fmt::format("{} can write {} on {}, which the profile does not declare", surface.identity,
                              fmt::join(surface.undeclared, ", "), surface.stack));
  }

  void look_at(const record::Comparison& row) {
    if (!row.judged || !row.verdict || !counts(row.stack)) return;
    const std::string what = fmt::format("{} of {}", row.metric, row.workload);
    if (*row.verdict == Verdict::fail) {
      add(kFailure,
          with(fmt::format("{} is worse on {} than on {}", what, row.stack, row.against), row.note));
    }
    if (*row.verdict == Verdict::inconclusive) {
      add(kInconclusive, with(fmt::format("{} is inconclusive on {}", what, row.stack), row.note));
    }
  }

  // Rows of specimens, trials and rows that were skipped are not "something ran"; nor are the harness's own
  // checks.
  [[nodiscard]] bool did_something(const record::Check& check) const {
    return check.verdict != Verdict::skipped && !harness_own(check) && counts(check.stack);
  }
  [[nodiscard]] bool did_something(const record::Attack& row) const {
    return row.observed != record::Observed::skipped && counts(row);
  }
  [[nodiscard]] bool anything_ran() const {
    return std::any_of(record_.checks.begin(), record_.checks.end(),
                       [&](const auto& r) { return did_something(r); }) ||
           std::any_of(record_.attacks.begin(), record_.attacks.end(),
                       [&](const auto& r) { return did_something(r); }) ||
           std::any_of(record_.comparisons.begin(), record_.comparisons.end(),
                       [&](const auto& r) { return counts(r.stack); });
  }

  [[nodiscard]] bool ran(const std::string& suite, const record::Stack& stack) const {
    if (suite == "performance") {  // measured in pairs: once per server is enough
      return std::any_of(record_.comparisons.begin(), record_.comparisons.end(), [&](const auto& row) {
        return server_of(row.stack) == server_of(stack.id) && counts(row.stack);
      });
    }
    const bool checked = std::any_of(record_.checks.begin(), record_.checks.end(), [&](const auto& check) {
      return check.suite == suite && base_of(check.stack) == stack.id && did_something(check);
    });
    const bool attacked = std::any_of(record_.attacks.begin(), record_.attacks.end(), [&](const auto& row) {
      // On a control an attack may have nothing to do (there is no read-only root to remount): being skipped
      // with its reason is enough there, what must be blocked is judged on the candidates.
      return suite == "security" && row.stack == stack.id && counts(row) &&
             (stack.role == kControl || did_something(row));
    });
    return checked || attacked;
  }

  // A stack that did not start, or whose claims do not hold, has a weightier reason, and nothing more runs in
  // it.
  [[nodiscard]] static bool must_run(const record::Stack& stack) {
    const bool sound = std::all_of(stack.claims.begin(), stack.claims.end(),
                                   [](const record::Claim& claim) { return claim.holds == true; });
    return stack.role != kSpecimen && stack.started && sound && stack.id == base_of(stack.id) &&
           !is_twin(stack.id);
  }

  void look_at_suite(const std::string& suite) {
    for (const record::Stack& stack : record_.stacks) {
      if (!must_run(stack) || ran(suite, stack)) continue;
      add(kInconclusive,
          with(fmt::format("suite {} did nothing on {}", suite, stack.id), skip_reason(suite, stack.id)));
    }
  }
  [[nodiscard]] std::string skip_reason(const std::string& suite, const std::string& stack) const {
    for (const record::Skipped& row : record_.skipped) {
      if (row.what == "suite " + suite && (row.stack.empty() || row.stack == stack)) return row.reason;
    }
    return "";
  }

  const Record& record_;
  std::vector<Reason> found_;
};

int weight(const Reason& reason) { return reason.status == kFault ? 0 : reason.status == kFailure ? 1 : 2; }

}  // namespace

std::vector<Reason> reasons(const Record& record) {
  std::vector<Reason> all = Judgement(record).take();
  std::stable_sort(all.begin(), all.end(),
                   [](const Reason& a, const Reason& b) { return weight(a) < weight(b); });
  return all;
}

int exit_status(const Record& record) {
  const std::vector<Reason> all = reasons(record);
  return all.empty() ? 0 : all.front().status;
}

}  // namespace rootseal::verdict
