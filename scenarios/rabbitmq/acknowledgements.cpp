// What becomes of a delivered message: acknowledged it is gone, given back or left behind by a broken
// connection it comes again, marked as redelivered and in its place; refused for good it is gone.
#include <fmt/format.h>

#include "rabbitmq/own_queues.hpp"

namespace rootseal::scenarios::acknowledgements {
namespace {

constexpr int kPreconditionFailed = 406;

class RabbitMqAcknowledgements : public OwnQueues {
 protected:
  static constexpr std::uint64_t kCount = 10;

  // kCount messages in a queue of the scenario's own.
  void SetUp() override {
    OwnQueues::SetUp();
    if (HasFatalFailure()) return;
    auto publisher = connect();
    queue_ = declare(publisher, rabbitmq::Queue{"work"});
    publisher.confirm(deadline());
    sent_ = publish_entries(publisher, {"", queue_}, 1, kCount);
  }

  // Takes `count` and leaves them unacknowledged.
  std::vector<rabbitmq::Delivery> take(rabbitmq::Connection& consumer, std::size_t count) const {
    std::vector<rabbitmq::Delivery> taken;
    while (taken.size() < count) {
      auto delivery = consumer.next(soon());
      if (!delivery) break;
      taken.push_back(std::move(*delivery));
    }
    EXPECT_EQ(taken.size(), count) << "messages delivered";
    return taken;
  }
  [[nodiscard]] std::vector<Entry> sent(std::size_t from, std::size_t to) const {
    return {sent_.begin() + static_cast<std::ptrdiff_t>(from),
            sent_.begin() + static_cast<std::ptrdiff_t>(to)};
  }
  // What the queue holds now, whose first `redelivered` were delivered before and the others were not.
  void expect_left(const std::vector<Entry>& wanted, std::size_t redelivered, const std::string& when) const {
    auto connection = connect();
    expect_waiting(connection, queue_, static_cast<std::uint32_t>(wanted.size()));
    std::vector<Entry> found;
    for (const auto& delivery : drain(connection, queue_)) {
      EXPECT_EQ(delivery.redelivered, found.size() < redelivered)
          << when << ": the redelivered flag of message " << found.size() + 1;
      if (auto entry = entry_of(delivery)) found.push_back(std::move(*entry));
    }
    expect_same(wanted, found, when);
  }

  std::string queue_;
  std::vector<Entry> sent_;
};

TEST_P(RabbitMqAcknowledgements, AcknowledgedMessagesAreGoneOneByOneAndAllUpToOne) {
  {
    auto consumer = connect();
    consumer.consume(queue_, 0, deadline());
    const auto taken = take(consumer, kCount);
    if (HasFailure()) return;
    consumer.acknowledge(taken[2].tag, true, deadline());   // 1 to 3
    consumer.acknowledge(taken[4].tag, false, deadline());  // 5
  }
  auto wanted = sent(5, kCount);
  wanted.insert(wanted.begin(), sent_[3]);
  expect_left(wanted, wanted.size(), "after 1 to 3 and 5 were acknowledged and the consumer left");
}

TEST_P(RabbitMqAcknowledgements, ABrokenConnectionGivesBackWhatWasNotAcknowledgedInItsPlace) {
  auto consumer = connect();
  consumer.consume(queue_, 6, deadline());
  const auto taken = take(consumer, 6);
  if (HasFailure()) return;
  consumer.cancel(deadline());  // or the acknowledgement would bring one more
  consumer.acknowledge(taken[0].tag, false, deadline());
  EXPECT_EQ(consumer.inspect(queue_, deadline()).messages, kCount - 6) << "messages not handed out";
  consumer.break_off();
  expect_left(sent(1, kCount), 5, "after 1 was acknowledged and the consumer's connection broke");
}

TEST_P(RabbitMqAcknowledgements, ARejectedMessageComesAgainOrIsGoneAsAsked) {
  auto connection = connect();
  const auto first = connection.get(queue_, deadline());
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->redelivered) << "it was never delivered before";
  connection.reject(first->tag, true, deadline());
  expect_waiting(connection, queue_, kCount);
  const auto again = connection.get(queue_, deadline());
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->redelivered) << "a rejected message came again without its flag";
  EXPECT_EQ(again->body, first->body) << "another message came first than the one that was rejected";
  connection.reject(again->tag, false, deadline());
  expect_left(sent(1, kCount), 0, "after the first was rejected for good");
}

TEST_P(RabbitMqAcknowledgements, SeveralAreRefusedAtOnce) {
  auto connection = connect();
  connection.consume(queue_, 0, deadline());
  const auto taken = take(connection, kCount);
  if (HasFailure()) return;
  connection.cancel(deadline());                             // or they would be delivered again at once
  connection.refuse(taken[3].tag, true, false, deadline());  // 1 to 4, for good
  connection.refuse(taken[kCount - 1].tag, true, true, deadline());  // the rest, to come again
  expect_left(sent(4, kCount), kCount - 4, "after 1 to 4 were refused for good and the rest was given back");
}

TEST_P(RabbitMqAcknowledgements, AnUnknownDeliveryCannotBeAcknowledged) {
  auto connection = connect();
  connection.acknowledge(4'711, false, deadline());
  EXPECT_EQ(
      refusal_of("acknowledging what was never delivered", [&] { connection.inspect(queue_, deadline()); }),
      406);
  expect_left(sent_, 0, "after the channel was closed");
}

TEST_P(RabbitMqAcknowledgements, PrefetchLimitsWhatIsOutstanding) {
  constexpr std::uint16_t prefetch = 3;
  auto consumer = connect();
  auto observer = connect();
  consumer.consume(queue_, prefetch, deadline());
  auto taken = take(consumer, prefetch);
  if (HasFailure()) return;
  // What is not waiting has been handed out. Twice, the second time after the consumer has had time for more.
  EXPECT_EQ(observer.inspect(queue_, deadline()).messages, kCount - prefetch) << "messages not handed out";
  EXPECT_FALSE(consumer.next(deadline().at_most(core::Milliseconds(100))))
      << "one more than the prefetch was delivered";
  EXPECT_EQ(observer.inspect(queue_, deadline()).messages, kCount - prefetch) << "messages not handed out";
  consumer.acknowledge(taken[1].tag, true, deadline());
  take(consumer, 2);
  EXPECT_FALSE(consumer.next(deadline().at_most(core::Milliseconds(100))))
      << "more than were acknowledged came after them";
  EXPECT_EQ(observer.inspect(queue_, deadline()).messages, kCount - prefetch - 2)
      << "messages not handed out after two were acknowledged";
}

ROOTSEAL_SCENARIOS(function, RabbitMqAcknowledgements, "rabbitmq");

}  // namespace
}  // namespace rootseal::scenarios::acknowledgements
