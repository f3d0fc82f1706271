// Durable queues: persistent messages published with confirms, consumed with acknowledgements on another
// connection, and held against the ledger of what was sent, by sequence number and checksum.
#include <fmt/format.h>

#include <set>

#include "rabbitmq/left_behind.hpp"
#include "rabbitmq/own_vhost.hpp"
#include "services/rabbitmq/ledger.hpp"
#include "testing/ledger_check.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::publish_consume {
namespace {

constexpr std::uint64_t kBatch = 100;  // published before their confirms are waited for
constexpr std::uint16_t kPrefetch = 50;
constexpr const char* kFollowing = "not of the ledger";

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
    const auto settled = publisher.settle(soon());
    EXPECT_TRUE(settled.complete) << "confirms are missing"
                                  << (settled.blocked.empty() ? "" : ": " + settled.blocked);
    EXPECT_TRUE(settled.refused.empty()) << settled.refused.size() << " messages were refused (basic.nack)";
    EXPECT_TRUE(settled.returned.empty()) << settled.returned.front().why;
    confirmed_ += settled.acknowledged.size();
  }

  // Acknowledges each of those that are wanted.
  std::vector<Entry> consume(rabbitmq::Connection& consumer, const std::string& queue,
                             std::size_t wanted) const {
    std::vector<Entry> received;
    consumer.consume(queue, kPrefetch, deadline());
    while (received.size() < wanted) {
      const auto delivery = consumer.next(soon());
      if (!delivery) break;
      EXPECT_TRUE(delivery->persistent)
          << "message " << received.size() + 1 << " came back without its persistence";
      const auto entry = rabbitmq::from_message(delivery->body);
      EXPECT_TRUE(entry) << "message " << received.size() + 1 << " does not match its checksum";
      if (entry) received.push_back({entry->number, entry->payload});
      consumer.acknowledge(delivery->tag, false, deadline());
    }
    return received;
  }

  // A broker says nothing to an acknowledgement, and a quorum queue may see it late. So as many messages
  // follow as may be outstanding, and stay without one: they come behind everything else, and the last of
  // them only when nothing that was acknowledged is outstanding any more.
  void expect_all_acknowledged(rabbitmq::Connection& publisher, rabbitmq::Connection& consumer,
                               const std::string& queue) {
    for (int i = 0; i < kPrefetch; ++i) publisher.publish({"", queue}, kFollowing, deadline());
    settle(publisher);
    int came = 0;
    while (came < kPrefetch) {
      const auto delivery = consumer.next(soon());
      if (!delivery || delivery->body != kFollowing) break;
      ++came;
    }
    EXPECT_EQ(came, kPrefetch) << "messages that follow: one more than was sent came before them, or an "
                                  "acknowledged one is still outstanding";
  }

  void run(bool quorum) {
    const OwnVhost vhost(target(), container(), own_name());
    auto publisher = vhost.connect();
    publisher.declare({"ledger", true, false, false, quorum}, deadline());
    const auto sent = publish(publisher, "ledger", static_cast<std::uint64_t>(by_size(500, 2'000, 10'000)));
    if (HasFailure()) return;

    const auto confirmed = confirmed_;
    std::vector<Entry> received;
    {
      auto consumer = vhost.connect();
      received = consume(consumer, "ledger", sent.size());
      expect_all_acknowledged(publisher, consumer, "ledger");
    }
    const auto wrong = compare_sequence(sent, received);
    if (!wrong.empty()) ADD_FAILURE() << shortened(wrong);
    // Those that followed are back once the consumer has gone, and nothing else is.
    const auto left = rabbitmq::messages_left(publisher, "ledger", kPrefetch);
    EXPECT_EQ(left, kPrefetch) << "messages in the queue, whose acknowledged ones must be gone";
    evidence(
        fmt::format("{} persistent messages confirmed, {} consumed and acknowledged, {} differences, {} "
                    "acknowledged ones left in the queue",
                    confirmed, received.size(), wrong.size(), static_cast<int>(left) - kPrefetch));
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
  const auto settled = publisher.settle(soon());
  EXPECT_TRUE(settled.complete);
  ASSERT_EQ(settled.returned.size(), 1U);
  EXPECT_EQ(settled.returned.front().why, "312 NO_ROUTE");
  EXPECT_EQ(settled.returned.front().body, "lost?");
}

ROOTSEAL_SCENARIOS(function, RabbitMqPublishConsume, "rabbitmq");

}  // namespace
}  // namespace rootseal::scenarios::publish_consume
