// testing/ledger_check: what was written held against what is there. Pure; thread-safe.
//
// A sequence is a list of numbered payloads as they were received, in order; a journal a map of them. Each
// function returns the differences, a line each naming the number and what happened to it; empty = none.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace rootseal::scenarios {

struct Entry {
  std::uint64_t number = 0;
  std::string payload;
};

// Received against sent: lost, duplicated, altered, never sent, reordered.
std::vector<std::string> compare_sequence(const std::vector<Entry>& sent, const std::vector<Entry>& received);

// How compare_journal() ends the line of an acknowledged number that is not there.
inline constexpr const char* kIsLost = " was acknowledged and is lost";

// After a crash: every acknowledged number is there; nothing is there that was not attempted; every payload
// is the one that `expected` says for its number.
std::vector<std::string> compare_journal(const std::set<std::uint64_t>& acknowledged,
                                         std::uint64_t last_attempted,
                                         const std::function<std::string(std::uint64_t)>& expected,
                                         const std::map<std::uint64_t, std::string>& found);

// Two sets of named digests (tables, queues, ...): `there` must have every name of `here` with the same
// digest, and none besides. `kind` and the places' names stand in the lines: "table public.orders is missing
// in the restored database".
struct Places {
  std::string kind, here, there;
};
std::vector<std::string> compare_named(const Places& places, const std::map<std::string, std::string>& here,
                                       const std::map<std::string, std::string>& there);

// At most `limit` of the lines, and how many more there are: for a message.
std::string shortened(const std::vector<std::string>& lines, std::size_t limit = 10);

}  // namespace rootseal::scenarios
