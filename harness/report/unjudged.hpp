// report/unjudged: figures that are for judging and could only be recorded, because the launches did not
// suffice: how many there are, and what to run to have them judged. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "record/record.hpp"

namespace rootseal::report {

std::size_t unjudged(const record::Record& record);  // of all candidates
// "12 figures of cost were recorded, not known well enough to be judged"; empty: none.
std::string unjudged_in_words(std::size_t count);

// Of one candidate: which they are, and the next step; empty: none.
std::string unjudged_of(const record::Record& record, const record::Stack& stack);
// The next step for all candidates of each service, a sentence each; none where everything was judged.
std::vector<std::string> to_judge_them(const record::Record& record);

}  // namespace rootseal::report
