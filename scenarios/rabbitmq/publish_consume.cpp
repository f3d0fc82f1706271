// Durable queues: persistent messages published with confirms, consumed with acknowledgements on another
// connection, and held against the ledger of what was sent, by sequence number and checksum.
#include <fmt/format.h>

#include <set>

#include "rabbitmq/own_vhost.hpp"
#include "services/rabbitmq/ledger.hpp"
#include "testing/ledger_check.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::publish_consume {
namespace {

constexpr std::uint64_t kBatch = 100;  // published before their confirms are waited for
constexpr std::uint16_t kPrefetch = 50;
constexpr core::Milliseconds kQuiet{1'500};  // nothing more came for so long: nothing more comes

class RabbitMqPublishConsume : public Scenario {
 protected:
  // Every message is confirmed when this returns, or the scenario has failed.
  std::vector<Entry> publish(rabbitmq::Connection& publisher, const std::string& queue, std::uint64_t count) {
    auto rng = random();
    std::vector<Entry> sent;
    publisher.confirm(deadline());
    for (std::uint64_t number = 1; number <= count; ++number) {
      sent.push_back({number, random_text(rng, rng() % 2'000)});
      publisher.publish({"", queue}, rabbitmq::to_message({number, sent.back().payload}), deadline());
      if (number % kBatch == 0 || number == count) settle(publisher);
    }
    EXPECT_EQ(confirmed_, count) << "messages confirmed";
    return sent;
  }

  void settle(rabbitmq::Connection& publisher) {
    const auto settled = publisher.settle(deadline().at_most(core::Milliseconds(30'000)));
    EXPECT_TRUE(settled.complete) << "confirms are missing"
                                  << (settled.blocked.empty() ? "" : ": " + settled.blocked);
    EXPECT_TRUE(settled.refused.empty()) << settled.refused.size() << " messages were refused (basic.nack)";
    EXPECT_TRUE(settled.returned.empty()) << settled.returned.front().why;
    confirmed_ += settled.acknowledged.size();
  }

  // Acknowledges each; goes on until as many came as are wanted and then nothing more does.
  std::vector<Entry> consume(rabbitmq::Connection& consumer, const std::string& queue,
                             std::size_t wanted) const {
    std::vector<Entry> received;
    consumer.consume(queue, kPrefetch, deadline());
    while (const auto delivery = next(consumer, received.size() < wanted)) {
      EXPECT_TRUE(delivery->persistent)
          << "message " << received.size() + 1 << " came back without its persistence";
      const auto entry = rabbitmq::from_message(delivery->body);
      EXPECT_TRUE(entry) << "message " << received.size() + 1 << " does not match its checksum";
      if (entry) received.push_back({entry->number, entry->payload});
      consumer.acknowledge(delivery->tag, false, deadline());
    }
    return received;
  }

  std::optional<rabbitmq::Delivery> next(rabbitmq::Connection& consumer, bool more_expected) const {
    return consumer.next(deadline().at_most(more_expected ? core::Milliseconds(20'000) : kQuiet));
  }

  void run(bool quorum) {
    const OwnVhost vhost(target(), container(), own_name());
    auto publisher = vhost.connect();
    publisher.declare({"ledger", true, false, false, quorum}, deadline());
    const auto sent = publish(publisher, "ledger", static_cast<std::uint64_t>(by_size(500, 2'000, 10'000)));
    if (HasFailure()) return;

    std::vector<Entry> received;
    {
      auto consumer = vhost.connect();
      received = consume(consumer, "ledger", sent.size());
    }
    const auto wrong = compare_sequence(sent, received);
    if (!wrong.empty()) ADD_FAILURE() << shortened(wrong);
    // A fresh connection: had an acknowledgement been lost, its message would be back by now.
    const bool left = vhost.connect().get("ledger", deadline()).has_value();
    EXPECT_FALSE(left) << "an acknowledged message is still in the queue";
    evidence(fmt::format(
        "{} persistent messages confirmed, {} consumed and acknowledged, {} differences, queue {}",
        confirmed_, received.size(), wrong.size(), left ? "not empty" : "empty"));
  }

 private:
  std::uint64_t confirmed_ = 0;
};

TEST_P(RabbitMqPublishConsume, EveryConfirmedMessageArrivesOnceUnalteredAndInOrder) { run(false); }

TEST_P(RabbitMqPublishConsume, AQuorumQueueKeepsEveryConfirmedMessageToo) { run(true); }

TEST_P(RabbitMqPublishConsume, AnUnroutableMessageComesBack) {
  rabbitmq::Connection publisher(target(), deadline());
  publisher.confirm(deadline());
  publisher.publish({"", own_name()}, "lost?", deadline());
  const auto settled = publisher.settle(deadline().at_most(core::Milliseconds(20'000)));
  EXPECT_TRUE(settled.complete);
  ASSERT_EQ(settled.returned.size(), 1U);
  EXPECT_EQ(settled.returned.front().why, "312 NO_ROUTE");
  EXPECT_EQ(settled.returned.front().body, "lost?");
}

ROOTSEAL_SCENARIOS(function, RabbitMqPublishConsume, "rabbitmq");

}  // namespace
}  // namespace rootseal::scenarios::publish_consume
