// rabbitmq/ledger: a durable queue, one persistent message an entry, acknowledged when its publisher confirm
// came. A message reads "<number> <checksum>\n<payload>". Reading takes every message without acknowledging
// any; closing the connection puts them back.
#pragma once

#include <optional>
#include <string>

#include "service/service.hpp"

namespace rootseal::rabbitmq {

const service::Ledger& ledger();

struct LedgerEntry {
  std::uint64_t number = 0;
  std::string payload;
};
std::string to_message(const LedgerEntry& entry);
// nullopt: not of that form, or the checksum does not match. Pure, both.
std::optional<LedgerEntry> from_message(const std::string& message);

}  // namespace rootseal::rabbitmq
