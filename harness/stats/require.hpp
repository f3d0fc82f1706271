// stats/require: refuses impossible arguments. Pure; thread-safe.
#pragma once

#include <stdexcept>
#include <string>

namespace rootseal::stats {

inline void require(bool holds, const std::string& what) {
  if (!holds) throw std::invalid_argument(what);
}

}  // namespace rootseal::stats
