// verdict/names: what the names of stacks and the words of roles say. Pure; for verdict/ only.
#pragma once

#include <string>
#include <vector>

#include "record/record.hpp"

namespace rootseal::verdict {

inline constexpr const char* kControl = "control";
inline constexpr const char* kCandidate = "candidate";
inline constexpr const char* kSpecimen = "specimen";

std::string server_of(const std::string& stack);   // "postgres-15" of "postgres-15/readonly+restore"
std::string base_of(const std::string& stack);     // "postgres-15/readonly" of it
std::string profile_of(const std::string& stack);  // "readonly" of it
bool is_twin(const std::string& stack);            // "postgres-15/baseline-twin"

const record::Stack* find_stack(const std::vector<record::Stack>& stacks, const std::string& id);
// Of the stack, or of the one that it is beside; empty when neither is known.
std::string role_of(const std::vector<record::Stack>& stacks, const std::string& id);

}  // namespace rootseal::verdict
