// core/units: sizes as a named type. Durations are std::chrono, ratios doubles with 1.0 = equal.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace rootseal::core {

struct Bytes {
  std::uint64_t count = 0;
  auto operator<=>(const Bytes&) const = default;
};

// "512 B", "64.0 MiB": powers of 1024, one digit.
std::string to_text(Bytes size);
// "64m", "1g", "512k", "4096": as Docker and tmpfs options write sizes. Throws UsageError on anything else.
Bytes parse_bytes(const std::string& text);

}  // namespace rootseal::core
