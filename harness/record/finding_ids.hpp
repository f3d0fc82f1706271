// record/finding_ids: ids of findings that one part makes and another looks for.
#pragma once

namespace rootseal::record {

// By a scenario: the server acknowledges what a data volume that fills up then loses.
inline constexpr const char* kLostWhenFull = "acknowledged-before-written";

}  // namespace rootseal::record
