// report/recommendations: what the page and the summary say alike about tasks and recommendations. Pure;
// thread-safe.
#pragma once

#include <string>

#include "verdict/recommend.hpp"

namespace rootseal::report {

std::string how_to_read_tasks();
std::string how_to_use_recommendations();                // with `code` in it
std::string tried(const verdict::Recommendation& each);  // "tried in this run"

}  // namespace rootseal::report
