#include <fmt/format.h>

#include <cmath>

#include "stats/estimate.hpp"
#include "stats/inference.hpp"
#include "verdict/draft.hpp"
#include "verdict/metrics.hpp"

namespace rootseal::verdict {
namespace {

using record::Verdict;

struct Decision {
  std::optional<Verdict> verdict;  // none: recorded
  std::string why;
};

std::string percent(double share) { return fmt::format("{:.1f} %", share * 100); }
std::string margin(const Draft& draft) { return fmt::format("the margin of {:g} %", draft.row.margin * 100); }

// "slower by 6.1 % (5.2 to 7.0 %)"
std::string slower_by(const stats::RatioInterval& slowdown) {
  return fmt::format("slower by {} ({:.1f} to {:.1f} %)", percent(slowdown.ratio - 1),
                     (slowdown.low - 1) * 100, (slowdown.high - 1) * 100);
}

// Why there can be no verdict but that of a gross slowdown; empty when there can.
std::string too_little(const Draft& draft, const Policy& policy) {
  const auto launches = static_cast<int>(draft.slowdowns.size());
  if (draft.guard) return "a guard: fails where it is shown slower, stalls included";
  if (policy.only_gross) {
    return fmt::format("this size judges only what is slower by more than {:g} margins", policy.gross);
  }
  if (launches < policy.least) return fmt::format("{} launches are needed to judge", policy.least);
  if (draft.needed > policy.cap) {
    return fmt::format("the launches spread by {}, so that {}{} launches would be needed, more than {}",
                       percent(draft.deviation), draft.needed,
                       draft.needed == kMostLaunches ? " or more" : "", policy.cap);
  }
  return "";
}

std::string what_would_settle_it(const Draft& draft) {
  std::string text;
  if (draft.row.smallest_detectable) {
    text = fmt::format(": these launches find a true slowdown of {} with 95 % power",
                       percent(*draft.row.smallest_detectable));
  }
  if (draft.row.launches_needed) {
    return text + fmt::format(", {} launches would find one of {:g} %", *draft.row.launches_needed,
                              draft.row.margin * 200);
  }
  return text + ", the truth may lie near the margin itself";
}

Decision by_the_tests(const Draft& draft, const stats::RatioInterval& slowdown, const Policy& policy) {
  if (draft.worse < policy.level) {
    return {Verdict::fail, fmt::format("{}, beyond {}: p {:.2g} after Holm over {} rows", slower_by(slowdown),
                                       margin(draft), draft.worse, draft.family)};
  }
  if (draft.better < policy.level) {
    return {
        Verdict::inconclusive,
        fmt::format("faster by more than {}, and nothing explains it (a server that no longer waits for the "
                    "disk is fast): p {:.2g} after Holm over {} rows",
                    margin(draft), draft.better, draft.family)};
  }
  if (stats::equivalent(draft.slowdowns, draft.row.margin, policy.level)) {
    return {Verdict::pass, "within " + margin(draft)};
  }
  return {Verdict::inconclusive,
          fmt::format("neither within {} nor beyond it{}", margin(draft), what_would_settle_it(draft))};
}

Decision decision_of(const Draft& draft, const Policy& policy) {
  if (!draft.candidate) {
    return {std::nullopt, draft.twin && draft.judgeable ? "a twin shows the noise" : "not a judged figure"};
  }
  if (!draft.difference.empty()) return {Verdict::inconclusive, draft.difference};
  if (draft.slowdowns.size() < 2) return {std::nullopt, "one launch has no interval"};
  const stats::RatioInterval slowdown = stats::t_interval(draft.slowdowns);
  const bool gross = slowdown.low > 1 + policy.gross * draft.row.margin;
  const std::string little = too_little(draft, policy);
  // What spreads too much to be shown equal can still be shown slower: it is in the family that Holm's
  // correction is over.
  const bool shown = !policy.only_gross && static_cast<int>(draft.slowdowns.size()) >= policy.least &&
                     draft.worse < policy.level;
  if (!gross && !shown && !little.empty()) return {std::nullopt, little};
  if (!draft.twin_trouble.empty()) return {Verdict::inconclusive, draft.twin_trouble};
  if (gross) {
    return {Verdict::fail,
            fmt::format("{}, beyond {:g} times {}", slower_by(slowdown), policy.gross, margin(draft))};
  }
  if (draft.unpinned) {
    return {Verdict::inconclusive, "the client and the servers could not be kept on CPUs of their own"};
  }
  return by_the_tests(draft, slowdown, policy);
}

}  // namespace

void decide(Draft& draft, const Policy& policy) {
  const Decision decision = decision_of(draft, policy);
  draft.row.judged = decision.verdict.has_value();
  draft.row.verdict = decision.verdict;
  const std::size_t launches = draft.slowdowns.size();
  draft.row.note =
      fmt::format("{}{}; {} launch{}{}", draft.row.judged ? "" : "recorded, not judged: ", decision.why,
                  launches, launches == 1 ? "" : "es", draft.how);
}

}  // namespace rootseal::verdict
