#include <fmt/format.h>

#include <algorithm>

#include "verdict/judge.hpp"
#include "verdict/names.hpp"

namespace rootseal::verdict {
namespace {

using record::Attack;
using record::Observed;
using record::Verdict;
using Rows = std::vector<Attack>;

bool same_attempt(const Attack& a, const Attack& b) {
  return a.id == b.id && a.identity == b.identity && a.service == b.service;
}

bool is_control(const Attack& row) { return !row.throwaway && row.role == kControl; }

// What the control of the same server saw; with several rows the most telling: succeeded, blocked,
// inconclusive, skipped.
const Attack* on_control(const Rows& rows, const Attack& row) {
  const auto weight = [](const Attack& each) {
    switch (each.observed) {
      case Observed::succeeded:
        return 3;
      case Observed::blocked:
        return 2;
      case Observed::inconclusive:
        return 1;
      case Observed::skipped:
        return 0;
    }
    return 0;
  };
  const Attack* best = nullptr;
  for (const Attack& each : rows) {
    const bool counts =
        is_control(each) && same_attempt(each, row) && server_of(each.stack) == server_of(row.stack);
    if (counts && (best == nullptr || weight(each) > weight(*best))) best = &each;
  }
  return best;
}

// Where it was seen to succeed: preferably on a control, then in a trial, then anywhere.
Attack::Liveness liveness_of(const Rows& rows, const Attack& row) {
  const auto rank = [](const Attack& each) { return is_control(each) ? 0 : each.throwaway ? 1 : 2; };
  const Attack* best = nullptr;
  for (const Attack& each : rows) {
    if (each.observed != Observed::succeeded || !same_attempt(each, row)) continue;
    if (best == nullptr || rank(each) < rank(*best)) best = &each;
  }
  return best == nullptr ? Attack::Liveness{} : Attack::Liveness{true, best->stack};
}

// A trial on the same server took one protection away, and the attempt succeeded: that protection is what
// stops it.
bool succeeded_in_trial(const Rows& rows, const Attack& row) {
  return std::any_of(rows.begin(), rows.end(), [&](const Attack& each) {
    return each.throwaway && each.observed == Observed::succeeded && same_attempt(each, row) &&
           server_of(each.stack) == server_of(row.stack);
  });
}

enum class RootClaim { holds, broken, unknown, absent };

RootClaim root_claim(const std::vector<record::Stack>& stacks, const Attack& row) {
  const record::Stack* stack = find_stack(stacks, row.stack);
  if (stack == nullptr) return RootClaim::absent;
  for (const record::Claim& claim : stack->claims) {
    if (claim.name != "root" || claim.value != "read-only") continue;
    if (!claim.holds) return RootClaim::unknown;
    return *claim.holds ? RootClaim::holds : RootClaim::broken;
  }
  return RootClaim::absent;
}

std::string stopper(const Attack& row) {
  return row.stopped_by.empty() ? "something unknown" : row.stopped_by;
}

Attack::Credit credit_for_erofs(const Attack* control) {
  if (control == nullptr) return {false, "not tried on baseline"};
  const std::string where = profile_of(control->stack);
  switch (control->observed) {
    case Observed::succeeded:
      return {true, fmt::format("blocked by EROFS here; succeeded on {}", control->stack)};
    case Observed::blocked:
      return {false, fmt::format("blocked on {} too: {}", where, stopper(*control))};
    case Observed::inconclusive:
      return {false, fmt::format("the outcome on {} is not known", where)};
    case Observed::skipped:
      return {false, fmt::format("skipped on {}", where)};
  }
  return {};
}

Attack::Credit credit_of(const Attack& row, const Attack* control, RootClaim claim) {
  if (row.throwaway) return {false, "a liveness trial, not judged"};
  if (row.observed == Observed::succeeded) return {false, "it was not blocked"};
  if (row.observed == Observed::inconclusive) return {false, "the outcome is not known"};
  if (row.observed == Observed::skipped) return {false, "not tried"};
  if (is_control(row)) return {false, "this is the control: it has no read-only root to credit"};
  if (row.stopped_by != "EROFS") {
    return {false, fmt::format("blocked by {}, not by the read-only root", stopper(row))};
  }
  switch (claim) {
    case RootClaim::absent:
      return {false, "blocked by EROFS, but this stack does not claim a read-only root"};
    case RootClaim::unknown:
      return {false, "the claim root: read-only could not be established"};
    case RootClaim::broken:
      return {false, "the claim root: read-only does not hold"};
    case RootClaim::holds:
      return credit_for_erofs(control);
  }
  return {};
}

std::string class_of_blocked(const Rows& rows, const Attack& row, const Attack* control, RootClaim claim) {
  if (is_control(row)) return "prevented-by-other-control";
  if (row.credit.given) return "prevented-by-read-only-root";
  if (control != nullptr && control->observed == Observed::blocked) return "prevented-on-both-sides";
  const bool by_root =
      row.stopped_by == "EROFS" && claim != RootClaim::absent;  // claimed, but without credit
  const bool possible = control != nullptr && control->observed == Observed::succeeded;
  return !by_root && (possible || succeeded_in_trial(rows, row)) ? "prevented-by-other-control" : "unknown";
}

std::string classification_of(const Rows& rows, const Attack& row, const Attack* control, RootClaim claim) {
  if (row.throwaway) return "unknown";
  if (row.observed == Observed::succeeded) {
    return row.by_design && row.must_be_blocked_by.empty() ? "allowed-by-design" : "residual-risk";
  }
  return row.observed == Observed::blocked ? class_of_blocked(rows, row, control, claim) : "unknown";
}

Verdict verdict_of(const Attack& row) {
  if (row.throwaway) return Verdict::pass;
  if (row.observed == Observed::inconclusive) return Verdict::inconclusive;
  if (row.observed == Observed::skipped) return Verdict::skipped;
  if (row.must_be_blocked_by.empty()) return Verdict::pass;
  if (row.observed == Observed::succeeded) return Verdict::fail;
  return row.liveness.seen ? Verdict::pass : Verdict::inconclusive;
}

}  // namespace

void judge_attacks(std::vector<record::Attack>& attacks, const std::vector<record::Stack>& stacks) {
  for (Attack& row : attacks) {
    const Attack* control = on_control(attacks, row);
    const RootClaim claim = root_claim(stacks, row);
    row.liveness = liveness_of(attacks, row);
    row.credit = credit_of(row, control, claim);
    row.classification = classification_of(attacks, row, control, claim);
    row.verdict = verdict_of(row);
  }
}

}  // namespace rootseal::verdict
