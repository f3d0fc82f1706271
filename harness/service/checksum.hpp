// service/checksum: the checksum that entries of a ledger and messages carry with them. FNV-1a, 64 bits, 16
// hexadecimal digits: it finds alterations, not forgeries. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rootseal::service {

std::uint64_t fnv1a(std::string_view text);
std::string checksum(std::string_view text);
// Of an entry: covers its number too, so that two entries whose payloads were swapped are found.
std::string entry_checksum(std::uint64_t number, std::string_view payload);

}  // namespace rootseal::service
