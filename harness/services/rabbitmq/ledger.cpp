#include "services/rabbitmq/ledger.hpp"

#include <fmt/format.h>

#include <charconv>
#include <random>

#include "service/checksum.hpp"
#include "services/rabbitmq/client.hpp"
#include "services/rabbitmq/ctl.hpp"

namespace rootseal::rabbitmq {
namespace {

constexpr int kConnectionForced = 320;  // AMQP: an operator or a shutdown closed the connection

core::Deadline in_a_minute() { return core::Deadline::after(core::Milliseconds(60'000)); }

[[noreturn]] void corrupt(const service::Target& target, const std::string& name, const std::string& what) {
  throw service::ServerError({"reading the ledger " + name, target.subject, what, ""});
}

class Appender final : public service::Ledger::Writer {
 public:
  Appender(const service::Target& target, std::string queue)
      : queue_(std::move(queue)), connection_(target, in_a_minute()) {
    connection_.confirm(in_a_minute());
  }
  bool append(std::uint64_t number, const std::string& payload, const core::Deadline& deadline) override {
    try {
      Publishing how{"", queue_};
      how.properties.correlation_id = writer_;
      connection_.publish(how, to_message({number, payload}), deadline);
      const Settled settled = connection_.settle(deadline);
      return settled.complete && settled.acknowledged.size() == 1 && settled.returned.empty();
    } catch (const AmqpError& error) {
      if (error.code() == 0 || error.code() == kConnectionForced) return false;
      throw;
    }
  }

 private:
  std::string queue_;
  std::string writer_ = fmt::format("{:08x}", std::random_device{}());  // whose entries come in their order
  Connection connection_;
};

class DurableQueue final : public service::Ledger {
 public:
  // The broker answers a declaration before its table of queues is on disk. Seen on 3.10: killed a third of a
  // second after the declaration, it came back with "Recovering 0 queues", and 100 confirmed messages were
  // gone with the queue. That is the broker's own, whatever the profile; here the entries are in question, so
  // the table is synced.
  void create(const service::Target& target, const engine::Container& container,
              const std::string& name) const override {
    Connection(target, in_a_minute()).declare({name}, in_a_minute());
    Ctl(target.subject, container).must({"eval", "mnesia:sync_log()."}, in_a_minute());
  }
  std::unique_ptr<service::Ledger::Writer> writer(const service::Target& target,
                                                  const std::string& name) const override {
    return std::make_unique<Appender>(target, name);
  }
  std::map<std::uint64_t, std::string> read(const service::Target& target,
                                            const std::string& name) const override {
    Connection connection(target, in_a_minute());
    std::map<std::uint64_t, std::string> entries;
    Arrivals arrivals;
    while (const auto delivery = connection.get(name, in_a_minute())) {
      const auto entry = from_message(delivery->body);
      if (!entry) {
        corrupt(target, name,
                fmt::format("a message does not match its checksum: {}",
                            core::UntrustedText(delivery->body).printable(80)));
      }
      const auto wrong = arrivals.wrong(delivery->properties.correlation_id.value_or(""), entry->number);
      if (!wrong.empty()) corrupt(target, name, wrong);
      entries.emplace(entry->number, entry->payload);
    }
    return entries;
  }
  void drop(const service::Target& target, const std::string& name) const override {
    Connection(target, in_a_minute()).remove(name, in_a_minute());
  }
};

}  // namespace

std::string Arrivals::wrong(const std::string& writer, std::uint64_t number) {
  if (!seen_.insert(number).second) return fmt::format("entry {} is there twice", number);
  auto& last = last_[writer];
  if (number < last) return fmt::format("entry {} comes after entry {}", number, last);
  last = number;
  return "";
}

std::string to_message(const LedgerEntry& entry) {
  return fmt::format("{} {}\n{}", entry.number, service::entry_checksum(entry.number, entry.payload),
                     entry.payload);
}

std::optional<LedgerEntry> from_message(const std::string& message) {
  const auto space = message.find(' ');
  const auto line = message.find('\n');
  if (space == std::string::npos || line == std::string::npos || line < space) return std::nullopt;
  LedgerEntry entry;
  const auto parsed = std::from_chars(message.data(), message.data() + space, entry.number);
  if (parsed.ec != std::errc() || parsed.ptr != message.data() + space) return std::nullopt;
  entry.payload = message.substr(line + 1);
  const bool intact =
      message.substr(space + 1, line - space - 1) == service::entry_checksum(entry.number, entry.payload);
  return intact ? std::optional(entry) : std::nullopt;
}

const service::Ledger& ledger() {
  static const DurableQueue queue;
  return queue;
}

}  // namespace rootseal::rabbitmq
