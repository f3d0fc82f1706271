// verdict/differences: in what two stacks that are compared differ although the profile does not say so.
// Pure; for verdict/ only.
#pragma once

#include <string>
#include <vector>

#include "record/stack.hpp"

namespace rootseal::verdict {

// A sentence each: "setting fsync is off on postgres-15/readonly, on on postgres-15/baseline". Declared are:
// what the contender's declared_settings and declared_mounts name; a root that is read-only as its claim
// `root` says, with the engine's own files in /etc; a further mount at a place that its claim `writable`
// lists. Stacks whose mounts were not recorded cannot be compared, which is a difference too.
std::vector<std::string> undeclared_differences(const record::Stack& contender, const record::Stack& control);

// The same by name; a stack that the record does not know cannot be compared.
std::vector<std::string> undeclared_differences(const std::vector<record::Stack>& stacks,
                                                const std::string& contender, const std::string& control);

}  // namespace rootseal::verdict
