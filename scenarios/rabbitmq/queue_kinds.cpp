// Queues by who may use them and how long they live within one life of the broker: exclusive, auto-delete,
// transient, and those declared twice. What survives a restart: survivors.cpp.
#include <fmt/format.h>

#include "rabbitmq/own_queues.hpp"

namespace rootseal::scenarios::queue_kinds {
namespace {

constexpr int kNotFound = 404;
constexpr int kResourceLocked = 405;
constexpr int kPreconditionFailed = 406;

class RabbitMqQueueKinds : public OwnQueues {
 protected:
  // On a connection of its own, because a refusal ends the channel.
  [[nodiscard]] bool exists(const std::string& queue) const {
    auto connection = connect();
    try {
      connection.inspect(queue, deadline());
      return true;
    } catch (const rabbitmq::AmqpError& error) {
      if (error.code() == kNotFound) return false;
      throw;
    }
  }
  void expect_gone(const std::string& queue, const std::string& when) const {
    const auto look = [&] { return exists(queue) ? core::Wait::again : core::Wait::done; };
    if (core::wait_until(look, soon(), core::Milliseconds(20))) return;
    ADD_FAILURE() << queue << " is still there " << when;
  }
};

TEST_P(RabbitMqQueueKinds, AnExclusiveQueueIsItsOwnersAloneAndGoesWithHim) {
  const auto queue = named("exclusive");
  std::optional<rabbitmq::Connection> owner(connect());
  owner->declare({queue, false, true}, deadline());
  owner->publish({"", queue, false}, "for its owner", deadline());
  auto stranger = connect();
  EXPECT_EQ(refusal_of("getting from it as a stranger", [&] { stranger.get(queue, deadline()); }),
            kResourceLocked);
  auto another = connect();
  EXPECT_EQ(refusal_of("declaring it as a stranger",
                       [&] {
                         another.declare({queue, false, true}, deadline());
                       }),
            kResourceLocked);
  const auto message = owner->get(queue, deadline());
  EXPECT_TRUE(message && message->body == "for its owner") << "its owner did not get his message";
  owner.reset();
  expect_gone(queue, "after its owner said goodbye");
}

TEST_P(RabbitMqQueueKinds, AnExclusiveQueueGoesWithABrokenConnectionToo) {
  const auto queue = named("broken");
  auto owner = connect();
  owner.declare({queue, false, true}, deadline());
  owner.break_off();
  expect_gone(queue, "after its owner's connection broke");
}

TEST_P(RabbitMqQueueKinds, AnAutoDeleteQueueGoesWithItsLastConsumerAndNotBefore) {
  auto declarer = connect();
  const auto queue = declare(declarer, rabbitmq::Queue{"auto", true, false, true});
  EXPECT_TRUE(exists(queue)) << "it went before it had a consumer";
  auto first = connect();
  auto second = connect();
  first.consume(queue, 1, deadline());
  second.consume(queue, 1, deadline());
  first.cancel(deadline());
  EXPECT_EQ(declarer.inspect(queue, deadline()).consumers, 1U) << "consumers after one of two was cancelled";
  second.cancel(deadline());
  expect_gone(queue, "after its last consumer was cancelled");
}

TEST_P(RabbitMqQueueKinds, ATransientQueueKeepsMessagesWhileTheBrokerLives) {
  auto declarer = connect();
  const auto queue = declare(declarer, rabbitmq::Queue{"transient", false});
  auto publisher = connect();
  publisher.confirm(deadline());
  const auto count = static_cast<std::uint64_t>(by_size(100, 300, 2'000));
  const auto persistent = publish_entries(publisher, {"", queue, true}, 1, count);
  auto all = publish_entries(publisher, {"", queue, false}, count + 1, count);
  all.insert(all.begin(), persistent.begin(), persistent.end());
  auto consumer = connect();  // after the connections that declared it and published to it are of no more use
  expect_same(all, drain_entries(consumer, queue), "a transient queue");
  evidence(fmt::format("{} messages, half of them persistent", all.size()));
}

TEST_P(RabbitMqQueueKinds, AQueueCannotBeDeclaredAgainAsSomethingElse) {
  auto connection = connect();
  const auto queue = declare(connection, rabbitmq::Queue{"twice"});
  connection.declare({queue}, deadline());  // the same again is no fault
  EXPECT_EQ(refusal_of("declaring it again as transient",
                       [&] {
                         connect().declare({queue, false}, deadline());
                       }),
            kPreconditionFailed);
  EXPECT_EQ(
      refusal_of("declaring it again with a limit",
                 [&] {
                   connect().declare({queue, true, false, false, false, {{"x-max-length", 5}}}, deadline());
                 }),
      kPreconditionFailed);
  EXPECT_EQ(refusal_of("declaring it again as a quorum queue",
                       [&] {
                         connect().declare({queue, true, false, false, true}, deadline());
                       }),
            kPreconditionFailed);
}

ROOTSEAL_SCENARIOS(function, RabbitMqQueueKinds, "rabbitmq");

}  // namespace
}  // namespace rootseal::scenarios::queue_kinds
