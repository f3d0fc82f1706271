#include "core/units.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <limits>
#include <regex>

#include "core/error.hpp"
#include "core/secret.hpp"

namespace rootseal::core {

std::string to_text(Bytes size) {
  static constexpr std::array<const char*, 7> names{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double value = static_cast<double>(size.count);
  std::size_t unit = 0;
  // 1023.95 would be shown as 1024.0 of the smaller unit.
  while (value >= (unit == 0 ? 1024 : 1023.95) && unit + 1 < names.size()) {
    value /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", size.count) : fmt::format("{:.1f} {}", value, names[unit]);
}

Bytes parse_bytes(const std::string& text) {
  static const std::regex form("([0-9]{1,15})([kKmMgGtT]?)[bB]?");
  std::smatch match;
  if (!std::regex_match(text, match, form)) {
    throw UsageError(
        {"reading a size", UntrustedText(text).printable(80), "not a size", "write it like 64m or 4096"});
  }
  std::uint64_t factor = 1;
  const std::string unit = match[2].str();
  const std::string letters = "kmgt";
  if (!unit.empty())
    factor =
        1ULL << (10 *
                 (letters.find(static_cast<char>(std::tolower(static_cast<unsigned char>(unit[0])))) + 1));
  const std::uint64_t number = std::stoull(match[1].str());
  if (number > std::numeric_limits<std::uint64_t>::max() / factor) {
    throw UsageError({"reading a size", text, "too large", ""});
  }
  return {number * factor};
}

}  // namespace rootseal::core
