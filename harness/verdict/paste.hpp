// verdict/paste: what goes into files of one's own: the lines of a candidate's Compose file, each with its
// reason beside it, and the files of the server's configuration. Empty where the record has no files. Pure;
// for verdict/ only.
#pragma once

#include <vector>

#include "record/record.hpp"
#include "verdict/recommend.hpp"

namespace rootseal::verdict {

// `smallest`: of the candidates that will do.
std::vector<Recommendation> paste_blocks(const record::Record& record, const record::Stack& stack,
                                         bool smallest);

}  // namespace rootseal::verdict
