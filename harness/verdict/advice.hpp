// verdict/advice: the recommendations of one server, from one stack that is sound. Pure; for verdict/ only.
#pragma once

#include <string>
#include <vector>

#include "record/record.hpp"
#include "verdict/recommend.hpp"

namespace rootseal::verdict {

const record::Claim* holding(const record::Stack& stack, const std::string& name);  // nullptr: it does not
bool of(const std::string& row, const record::Stack& stack);  // a row of it, or of one beside it
bool harness_own(const record::Check& check);                 // a start, the claims
// Started, every claim holds, something was tried, and nothing of it failed or stayed open.
bool sound(const record::Record& record, const record::Stack& stack);

std::vector<Recommendation> advice(const record::Record& record, const record::Stack& stack);

}  // namespace rootseal::verdict
