// postgres/bytes: numbers and bytes as the server takes and gives them. Pure.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace rootseal::scenarios {

inline std::string hex(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

// The lowest `bytes` bytes of the number in network byte order, as binary parameters are.
inline std::string big_endian(std::uint64_t number, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    text += static_cast<char>(number >> shift & 0xFFU);
  return text;
}

}  // namespace rootseal::scenarios
