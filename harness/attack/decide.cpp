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

bool lies_in(const std::string& path, const std::string& folder) {
  return path == folder || folder == "/" || path.rfind(folder + "/", 0) == 0;
}

// The profile says what is writable, and none of `places` is or lies in it.
bool leaves_out(const profile::Profile& profile, const std::vector<std::string>& places) {
  if (places.empty()) return true;
  const profile::ClaimSpec* writable = profile.claim("writable");
  if (writable == nullptr) return false;
  return std::none_of(places.begin(), places.end(), [&](const std::string& place) {
    return std::any_of(writable->values.begin(), writable->values.end(),
                       [&](const std::string& folder) { return lies_in(place, folder); });
  });
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

std::string stopper_of_mount(const std::string& stopper, const std::string& path,
                             const std::vector<engine::Mount>& table) {
  if (stopper != "EROFS") return stopper;
  const engine::Mount* mount = engine::mount_of(table, path);
  // A link in a writable mount, or a path through /proc, may lead to the root all the same.
  const bool other = mount != nullptr && mount->target != "/" && !mount->writable();
  return other ? "ro-mount" : stopper;
}

std::string path_in(const std::string& text) {
  static const std::regex quoted(R"(["'](/[^"']*)["'])");
  std::smatch match;
  return std::regex_search(text, match, quoted) ? match[1].str() : "";
}

std::string stopper_of_text(const std::string& text, bool noexec, bool server) {
  if (says(text, "failed to map segment")) return "noexec";
  if (says(text, "marked read-only")) return "engine";
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

std::string dormant_because(const Definition& definition,
                            const std::map<std::string, std::string>& settings) {
  if (!definition.dormant_where) return "";
  const auto at = settings.find(definition.dormant_where->setting);
  return at != settings.end() && at->second == definition.dormant_where->value
             ? definition.dormant_where->note
             : "";
}

std::vector<std::string> must_be_blocked_by(const Definition& definition, const profile::Profile& profile,
                                            const std::string& identity) {
  std::vector<std::string> claims;
  for (const auto& expectation : definition.blocked_when) {
    const auto& of = expectation.identities;
    const bool concerned = std::find(of.begin(), of.end(), identity) != of.end();
    if (!concerned || !claims_all(profile, expectation.claims) ||
        !leaves_out(profile, expectation.not_writable))
      continue;
    const auto add = [&](std::string claim) {
      if (std::find(claims.begin(), claims.end(), claim) == claims.end()) claims.push_back(std::move(claim));
    };
    for (const auto& [name, value] : expectation.claims) add(fmt::format("{}: {}", name, value));
    for (const auto& place : expectation.not_writable) add("writable: not " + place);
  }
  return claims;
}

}  // namespace rootseal::attack
