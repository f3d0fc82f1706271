#include "attack/decide.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <regex>
#include <utility>

namespace rootseal::attack {
namespace {

using record::Observed;
constexpr const char* kOther = "other";

bool says(const std::string& text, const char* words) { return text.find(words) != std::string::npos; }

// Erlang's atoms and the like: "eacces" as a word of its own.
bool says_word(const std::string& text, const char* word) {
  return std::regex_search(text, std::regex(fmt::format("\\b{}\\b", word)));
}

bool server_refuses(const std::string& text) {
  static const std::regex words(
      "permission denied|must be superuser|must have privileges|insufficient privilege|access[_ ]refused|"
      "access denied|not[_ ]allowed|not_authorized|\\b42501\\b",
      std::regex::icase);
  return std::regex_search(text, words);
}

Decision succeeded(const Outcome& outcome) {
  Decision decision{Observed::succeeded, "", ""};
  if (outcome.refused)
    decision.note = fmt::format("a step complained ({}), the effect is there", outcome.stopped_by);
  return decision;
}

Decision without_effect(const Outcome& outcome) {
  if (!outcome.refused)
    return {Observed::inconclusive, "", "every step was carried out, but the effect is not there"};
  if (outcome.stopped_by == kOther) {
    return {Observed::inconclusive, kOther,
            "a step failed for a reason that is no known protection: the attack may be broken"};
  }
  return {Observed::blocked, outcome.stopped_by, ""};
}

Decision of_effects(const Outcome& outcome) {
  if (outcome.effects_all > 0 && outcome.effects_there == outcome.effects_all) return succeeded(outcome);
  if (outcome.effects_there == 0) return without_effect(outcome);
  return {Observed::inconclusive, outcome.stopped_by,
          fmt::format("only {} of {} effects are there", outcome.effects_there, outcome.effects_all)};
}

bool claims_all(const profile::Profile& profile, const std::map<std::string, std::string>& claims) {
  return std::all_of(claims.begin(), claims.end(),
                     [&](const auto& claim) { return profile.makes(claim.first, claim.second); });
}

}  // namespace

Decision decide(const Outcome& outcome) {
  if (!outcome.running) {
    return {Observed::inconclusive, "", "the container died; last log line: " + outcome.last_log_line};
  }
  Decision decision = of_effects(outcome);
  if (outcome.gone) return decision;
  const std::string seen = fmt::format("{}{}", record::to_text(decision.observed),
                                       decision.stopped_by.empty() ? "" : " by " + decision.stopped_by);
  decision.note = fmt::format("{}, but it could not be undone: {} is still there", seen, outcome.left);
  decision.observed = Observed::inconclusive;
  return decision;
}

std::string stopper_of_scan(const std::string& verb, const std::string& errno_name, bool noexec) {
  const bool executes = verb == "run" || verb == "map-exec";
  if (executes && noexec && (errno_name == "EACCES" || errno_name == "EPERM")) return "noexec";
  if (errno_name == "EDQUOT") return "ENOSPC";
  static constexpr std::array<const char*, 5> known{"EROFS", "EACCES", "EPERM", "ENOSPC", "EXDEV"};
  return std::find(known.begin(), known.end(), errno_name) != known.end() ? errno_name : kOther;
}

std::string stopper_of_text(const std::string& text, bool noexec, bool server) {
  if (says(text, "failed to map segment")) return "noexec";
  if (says(text, "Read-only file system") || says_word(text, "erofs")) return "EROFS";
  if (says(text, "No space left") || says(text, "quota exceeded") || says_word(text, "enospc"))
    return "ENOSPC";
  if (says(text, "cross-device") || says_word(text, "exdev")) return "EXDEV";
  if (says(text, "Permission denied") || says_word(text, "eacces")) return noexec ? "noexec" : "EACCES";
  if (noexec && says(text, "permission denied")) return "noexec";
  if (says(text, "Operation not permitted") || says_word(text, "eperm")) return "EPERM";
  if (server && server_refuses(text)) return "server";
  return kOther;
}

std::vector<std::string> must_be_blocked_by(const Definition& definition, const profile::Profile& profile,
                                            const std::string& identity) {
  std::vector<std::string> claims;
  for (const auto& expectation : definition.blocked_when) {
    const auto& of = expectation.identities;
    if (std::find(of.begin(), of.end(), identity) == of.end() || !claims_all(profile, expectation.claims))
      continue;
    for (const auto& [name, value] : expectation.claims) {
      const std::string claim = fmt::format("{}: {}", name, value);
      if (std::find(claims.begin(), claims.end(), claim) == claims.end()) claims.push_back(claim);
    }
  }
  return claims;
}

}  // namespace rootseal::attack
