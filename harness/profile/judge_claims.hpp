// profile/judge_claims: whether a claim holds, given what was seen. Pure. Not part of the library's
// interface.
#pragma once

#include "profile/observe.hpp"

namespace rootseal::profile {

struct Finding {
  std::optional<bool> holds;  // empty: could not be established
  std::string evidence;
};

Finding judge_claim(const ClaimSpec& claim, const Seen& seen);

}  // namespace rootseal::profile
