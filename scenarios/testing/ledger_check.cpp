#include "testing/ledger_check.hpp"

#include <fmt/format.h>

#include <optional>

namespace rootseal::scenarios {
namespace {

struct Seen {
  std::map<std::uint64_t, std::size_t> times;
  std::vector<std::string> wrong;
};

// Duplicates, alterations and strangers, in the order of arrival.
Seen look_at(const std::map<std::uint64_t, std::string>& wanted, const std::vector<Entry>& received) {
  Seen seen;
  for (const auto& [number, payload] : received) {
    const auto want = wanted.find(number);
    if (want == wanted.end()) {
      seen.wrong.push_back(fmt::format("{} was received but never sent", number));
      continue;
    }
    if (++seen.times[number] == 2) seen.wrong.push_back(fmt::format("{} was duplicated", number));
    if (payload != want->second) seen.wrong.push_back(fmt::format("{} was altered", number));
  }
  return seen;
}

// The first arrivals alone, because a duplicate is reported as such and not again as out of order.
void add_reordered(const std::vector<Entry>& received, const std::map<std::uint64_t, std::size_t>& position,
                   std::vector<std::string>& wrong) {
  std::set<std::uint64_t> arrived;
  std::optional<std::uint64_t> previous;
  for (const auto& entry : received) {
    const auto at = position.find(entry.number);
    if (at == position.end() || !arrived.insert(entry.number).second) continue;
    if (previous && at->second < position.at(*previous)) {
      wrong.push_back(fmt::format("{} was reordered: it came after {}", entry.number, *previous));
    }
    previous = entry.number;
  }
}

}  // namespace

std::vector<std::string> compare_sequence(const std::vector<Entry>& sent,
                                          const std::vector<Entry>& received) {
  std::map<std::uint64_t, std::string> wanted;
  std::map<std::uint64_t, std::size_t> position;
  for (const auto& entry : sent) {
    position.emplace(entry.number, position.size());
    wanted.emplace(entry.number, entry.payload);
  }
  auto [times, wrong] = look_at(wanted, received);
  for (const auto& [number, payload] : wanted) {
    if (!times.contains(number)) wrong.push_back(fmt::format("{} was lost", number));
  }
  add_reordered(received, position, wrong);
  return wrong;
}

std::vector<std::string> compare_journal(const std::set<std::uint64_t>& acknowledged,
                                         std::uint64_t last_attempted,
                                         const std::function<std::string(std::uint64_t)>& expected,
                                         const std::map<std::uint64_t, std::string>& found) {
  std::vector<std::string> wrong;
  for (const auto number : acknowledged) {
    if (!found.contains(number)) wrong.push_back(fmt::format("{}{}", number, kIsLost));
  }
  for (const auto& [number, payload] : found) {
    if (number == 0 || number > last_attempted) {
      wrong.push_back(fmt::format("{} is there but was never written", number));
    } else if (payload != expected(number)) {
      wrong.push_back(fmt::format("{} was altered", number));
    }
  }
  return wrong;
}

std::vector<std::string> compare_named(const Places& places, const std::map<std::string, std::string>& here,
                                       const std::map<std::string, std::string>& there) {
  std::vector<std::string> wrong;
  for (const auto& [name, digest] : here) {
    const auto found = there.find(name);
    if (found == there.end()) {
      wrong.push_back(fmt::format("{} {} is missing in {}", places.kind, name, places.there));
    } else if (found->second != digest) {
      wrong.push_back(fmt::format("{} {} differs: {} in {}, {} in {}", places.kind, name, digest, places.here,
                                  found->second, places.there));
    }
  }
  for (const auto& [name, digest] : there) {
    if (!here.contains(name)) {
      wrong.push_back(
          fmt::format("{} {} is in {} but not in {}", places.kind, name, places.there, places.here));
    }
  }
  return wrong;
}

std::string shortened(const std::vector<std::string>& lines, std::size_t limit) {
  std::string text;
  for (std::size_t i = 0; i < lines.size() && i < limit; ++i) text += (i == 0 ? "" : "\n") + lines[i];
  if (lines.size() > limit) text += fmt::format("\n... and {} more", lines.size() - limit);
  return text;
}

}  // namespace rootseal::scenarios
