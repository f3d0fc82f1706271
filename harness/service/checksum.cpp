#include "service/checksum.hpp"

#include <fmt/format.h>

namespace rootseal::service {

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return hash;
}

std::string checksum(std::string_view text) { return fmt::format("{:016x}", fnv1a(text)); }

std::string entry_checksum(std::uint64_t number, std::string_view payload) {
  return checksum(fmt::format("{}:{}", number, payload));
}

}  // namespace rootseal::service
