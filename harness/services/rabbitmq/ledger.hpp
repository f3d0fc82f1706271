// rabbitmq/ledger: a durable queue, one persistent message an entry, acknowledged when its publisher confirm
// came. A message reads "<number> <checksum>\n<payload>". Reading takes every message without acknowledging
// any; closing the connection puts them back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "service/service.hpp"

namespace rootseal::rabbitmq {

const service::Ledger& ledger();

struct LedgerEntry {
  std::uint64_t number = 0;
  std::string payload;
};
// Sees the entries of a ledger in the order in which they come. Each is published once, and those of one
// writer come in their order; one that nobody acknowledged may come after another writer's: the broker reads
// what waits on a connection that it had blocked, though the client has gone.
class Arrivals {
 public:
  // Empty, or what is wrong with it.
  std::string wrong(const std::string& writer, std::uint64_t number);

 private:
  std::set<std::uint64_t> seen_;
  std::map<std::string, std::uint64_t> last_;  // by writer
};

std::string to_message(const LedgerEntry& entry);
// nullopt: not of that form, or the checksum does not match. Pure, both.
std::optional<LedgerEntry> from_message(const std::string& message);

}  // namespace rootseal::rabbitmq
