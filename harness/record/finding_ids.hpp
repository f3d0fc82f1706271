// record/finding_ids: ids of findings, and words of evidence, that one part writes and another looks for.
#pragma once

namespace rootseal::record {

// By a scenario: the server acknowledges what a data volume that fills up then loses.
inline constexpr const char* kLostWhenFull = "acknowledged-before-written";

// In the evidence of the scenario of the full volume: the server did not live through it.
inline constexpr const char* kEndedWhenFull = "had ended, is started";

}  // namespace rootseal::record
