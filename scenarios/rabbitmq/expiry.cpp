// Time to live: of single messages, of all in a queue, of a queue that nobody uses. And dead letters: what
// expired, was rejected or had no room goes where the queue says, with the history in its x-death header.
#include <fmt/format.h>

#include "rabbitmq/own_queues.hpp"

namespace rootseal::scenarios::expiry {
namespace {

using rabbitmq::Array;
using rabbitmq::Table;

constexpr int kLife = 50;  // milliseconds, of what shall expire
constexpr int kNotFound = 404;

// One entry of x-death: how often a message died of which reason in which queue, where it had come from.
struct Death {
  std::string reason, queue, exchange, key, original_expiration;
  std::int64_t count = 0;
  bool timed = false;
};

Death to_death(const Table& table) {
  Death death;
  death.reason = rabbitmq::text_of(table, "reason");
  death.queue = rabbitmq::text_of(table, "queue");
  death.exchange = rabbitmq::text_of(table, "exchange");
  death.original_expiration = rabbitmq::text_of(table, "original-expiration");
  death.count = rabbitmq::number_of(table, "count");
  const auto* time = rabbitmq::find(table, "time");
  death.timed = time != nullptr && time->kind == 'T' && rabbitmq::number_of(table, "time") > 1'600'000'000;
  const auto* keys = rabbitmq::find(table, "routing-keys");
  const auto* list = keys == nullptr ? nullptr : std::get_if<Array>(&keys->data);
  if (list != nullptr && list->size() == 1) {
    const auto* key = std::get_if<std::string>(&list->front().data);
    if (key != nullptr) death.key = *key;
  }
  return death;
}

// The newest first.
std::vector<Death> deaths_of(const rabbitmq::Delivery& delivery) {
  std::vector<Death> deaths;
  const auto headers = delivery.properties.headers.value_or(Table());
  const auto* field = rabbitmq::find(headers, "x-death");
  const auto* list = field == nullptr ? nullptr : std::get_if<Array>(&field->data);
  if (list == nullptr) return deaths;
  for (const auto& each : *list) {
    if (const auto* table = std::get_if<Table>(&each.data)) deaths.push_back(to_death(*table));
  }
  return deaths;
}

class RabbitMqExpiry : public OwnQueues {
 protected:
  // A queue whose dead letters go to morgue_, by an exchange and under a key of their own.
  std::string declare_mortal(rabbitmq::Connection& connection, const std::string& name, Table arguments,
                             bool quorum = false) {
    if (morgue_.empty()) {
      exchange_ = declare(connection, rabbitmq::Exchange{"dead", "direct"});
      morgue_ = declare(connection, rabbitmq::Queue{"morgue"});
      connection.bind(morgue_, exchange_, "buried", deadline());
    }
    arguments.push_back({"x-dead-letter-exchange", exchange_});
    arguments.push_back({"x-dead-letter-routing-key", "buried"});
    return declare(connection, rabbitmq::Queue{name, true, false, false, quorum, arguments});
  }

  // All of the morgue, each dead once of `reason` in `queue`; the messages in their order.
  std::vector<Entry> expect_buried(rabbitmq::Connection& connection, std::size_t count,
                                   const std::string& reason, const std::string& queue) const {
    expect_waiting(connection, morgue_, static_cast<std::uint32_t>(count));
    std::vector<Entry> buried;
    for (const auto& delivery : drain(connection, morgue_)) {
      if (auto entry = entry_of(delivery)) buried.push_back(std::move(*entry));
      const auto deaths = deaths_of(delivery);
      EXPECT_EQ(deaths.size(), 1U) << "entries in x-death of message " << buried.size();
      if (deaths.size() == 1) expect_death(deaths.front(), reason, queue, 1);
      const auto headers = delivery.properties.headers.value_or(Table());
      EXPECT_EQ(rabbitmq::text_of(headers, "x-first-death-reason"), reason);
      EXPECT_EQ(rabbitmq::text_of(headers, "x-first-death-queue"), queue);
      EXPECT_EQ(rabbitmq::text_of(headers, "kept"), "as it was") << "a header of the publisher's";
      EXPECT_FALSE(delivery.properties.expiration)
          << "it kept its expiration and would expire again in the dead letters' queue";
    }
    return buried;
  }
  static void expect_death(const Death& death, const std::string& reason, const std::string& queue,
                           std::int64_t count) {
    EXPECT_EQ(death.reason, reason) << "x-death: reason";
    EXPECT_EQ(death.queue, queue) << "x-death: queue";
    EXPECT_EQ(death.exchange, "") << "x-death: exchange";
    EXPECT_EQ(death.key, queue) << "x-death: routing-keys";
    EXPECT_EQ(death.count, count) << "x-death: count";
    EXPECT_TRUE(death.timed) << "x-death: time";
  }
  static rabbitmq::Publishing to(const std::string& queue) {
    rabbitmq::Publishing how{"", queue};
    how.properties.headers = Table{{"kept", "as it was"}};
    return how;
  }

  std::string exchange_, morgue_;
};

TEST_P(RabbitMqExpiry, MessagesExpireByTheQueuesLimitInOrderIntoTheDeadLetters) {
  auto connection = connect();
  connection.confirm(deadline());
  const auto queue = declare_mortal(connection, "short", {{"x-message-ttl", kLife}});
  const auto sent = publish_entries(connection, to(queue), 1, 20);
  expect_same(sent, expect_buried(connection, sent.size(), "expired", queue), "dead letters");
  EXPECT_EQ(connection.inspect(queue, deadline()).messages, 0U) << "expired messages are still in the queue";
}

TEST_P(RabbitMqExpiry, AMessageExpiresByItsOwnLimitAndTheOthersStay) {
  auto connection = connect();
  connection.confirm(deadline());
  const auto queue = declare_mortal(connection, "mixed", {});
  auto mortal = to(queue);
  mortal.properties.expiration = fmt::format("{}", kLife);
  const auto dying = publish_entries(connection, mortal, 1, 5);
  const auto staying = publish_entries(connection, to(queue), 6, 5);
  expect_waiting(connection, morgue_, 5);
  const auto first = connection.get(morgue_, deadline());
  ASSERT_TRUE(first);
  const auto deaths = deaths_of(*first);
  ASSERT_EQ(deaths.size(), 1U);
  EXPECT_EQ(deaths.front().original_expiration, fmt::format("{}", kLife)) << "x-death: original-expiration";
  connection.refuse(first->tag, false, true, deadline());
  expect_same(dying, expect_buried(connection, 5, "expired", queue), "dead letters");
  expect_same(staying, drain_entries(connection, queue), "what had no limit");
}

TEST_P(RabbitMqExpiry, AQueueThatNobodyUsesIsRemoved) {
  constexpr int unused = 4 * kLife;
  auto connection = connect();
  const auto before = core::Deadline::Clock::now();
  const auto queue =
      declare(connection, rabbitmq::Queue{"unused", true, false, false, false, {{"x-expires", unused}}});
  // Consuming is use, even for a moment; inspecting would be too.
  const auto gone = [&] {
    auto observer = connect();
    try {
      observer.consume(queue, 1, deadline());
    } catch (const rabbitmq::AmqpError& error) {
      if (error.code() == kNotFound) return core::Wait::done;
      throw;
    }
    return core::Wait::again;
  };
  const bool at_once = gone() == core::Wait::done;
  const auto lived = core::Deadline::Clock::now() - before;
  EXPECT_FALSE(at_once && lived < core::Milliseconds(unused)) << "it went before its time";
  if (core::wait_until(gone, soon(), core::Milliseconds(2 * unused))) return;
  ADD_FAILURE() << queue << " is still there after being unused for twice its time";
}

TEST_P(RabbitMqExpiry, RejectedMessagesAreDeadLetters) {
  auto connection = connect();
  connection.confirm(deadline());
  const auto queue = declare_mortal(connection, "picky", {});
  const auto sent = publish_entries(connection, to(queue), 1, 10);
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const auto delivery = connection.get(queue, deadline());
    ASSERT_TRUE(delivery) << "message " << i + 1 << " did not come";
    connection.reject(delivery->tag, false, deadline());
  }
  expect_same(sent, expect_buried(connection, sent.size(), "rejected", queue), "dead letters");
}

TEST_P(RabbitMqExpiry, WhatHasNoRoomIsADeadLetterTheOldestFirst) {
  auto connection = connect();
  connection.confirm(deadline());
  const auto queue = declare_mortal(connection, "tight", {{"x-max-length", 5}});
  const auto sent = publish_entries(connection, to(queue), 1, 15);
  expect_same({sent.begin(), sent.end() - 5}, expect_buried(connection, 10, "maxlen", queue), "dead letters");
  expect_same({sent.end() - 5, sent.end()}, drain_entries(connection, queue), "the newest");
}

// As people retry: rejected, it waits in a second queue until it expires back into the first.
TEST_P(RabbitMqExpiry, ARetryLoopCountsEveryDeath) {
  auto connection = connect();
  connection.confirm(deadline());
  const auto work = named("work");
  const auto pause = declare(connection, rabbitmq::Queue{"pause",
                                                         true,
                                                         false,
                                                         false,
                                                         false,
                                                         {{"x-message-ttl", kLife},
                                                          {"x-dead-letter-exchange", ""},
                                                          {"x-dead-letter-routing-key", work}}});
  declare(connection,
          rabbitmq::Queue{"work",
                          true,
                          false,
                          false,
                          false,
                          {{"x-dead-letter-exchange", ""}, {"x-dead-letter-routing-key", pause}}});
  const auto sent = publish_entries(connection, to(work), 1, 1);
  for (std::int64_t round = 0; round <= 3; ++round) {
    expect_waiting(connection, work, 1);
    const auto delivery = connection.get(work, deadline());
    ASSERT_TRUE(delivery) << "it did not come back in round " << round;
    const auto entry = entry_of(*delivery);
    ASSERT_TRUE(entry);
    expect_same(sent, {*entry}, fmt::format("round {}", round));
    const auto deaths = deaths_of(*delivery);
    EXPECT_EQ(deaths.size(), round == 0 ? 0U : 2U) << "entries in x-death in round " << round;
    for (const auto& death : deaths) {
      const bool rejected = death.reason == "rejected";
      expect_death(death, rejected ? "rejected" : "expired", rejected ? work : pause, round);
    }
    connection.reject(delivery->tag, false, deadline());
  }
}

TEST_P(RabbitMqExpiry, AMessageThatIsDeliveredTooOftenIsADeadLetterOfItsQuorumQueue) {
  auto connection = connect();
  connection.confirm(deadline());
  const auto queue = declare_mortal(connection, "patient", {{"x-delivery-limit", 2}}, true);
  const auto sent = publish_entries(connection, to(queue), 1, 1);
  int deliveries = 0;
  const auto give_back = [&] {
    const auto delivery = connection.get(queue, deadline());
    if (delivery) connection.refuse(delivery->tag, false, true, deadline());
    deliveries += delivery ? 1 : 0;
    return connection.inspect(morgue_, deadline()).messages == 1 ? core::Wait::done : core::Wait::again;
  };
  ASSERT_TRUE(core::wait_until(give_back, soon(), core::Milliseconds(5)))
      << "delivered " << deliveries << " times and still no dead letter";
  EXPECT_EQ(deliveries, 3) << "deliveries, with a limit of two redeliveries";
  const auto letter = connection.get(morgue_, deadline());
  ASSERT_TRUE(letter);
  connection.acknowledge(letter->tag, false, deadline());
  const auto deaths = deaths_of(*letter);
  ASSERT_EQ(deaths.size(), 1U);
  expect_death(deaths.front(), "delivery_limit", queue, 1);
  const auto entry = entry_of(*letter);
  ASSERT_TRUE(entry);
  expect_same(sent, {*entry}, "the dead letter");
}

ROOTSEAL_LONGER_SCENARIOS(function, RabbitMqExpiry, "rabbitmq");

}  // namespace
}  // namespace rootseal::scenarios::expiry
