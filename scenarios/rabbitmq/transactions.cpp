// AMQP transactions: what is published and acknowledged in one takes effect at the commit, all of it, and
// after a roll-back not at all.
#include "rabbitmq/own_queues.hpp"

namespace rootseal::scenarios::transactions {
namespace {

class RabbitMqTransactions : public OwnQueues {
 protected:
  void SetUp() override {
    OwnQueues::SetUp();
    if (HasFatalFailure()) return;
    observer_.emplace(connect());
    queue_ = declare(*observer_, rabbitmq::Queue{"account"});
    working_.emplace(connect());
    working_->transact(deadline());
  }
  // Numbers `first` to `last`, in the open transaction.
  std::vector<Entry> publish(std::uint64_t first, std::uint64_t last) {
    auto rng = random();
    std::vector<Entry> sent;
    for (std::uint64_t number = first; number <= last; ++number) {
      sent.push_back({number, random_text(rng, 100)});
      working_->publish({"", queue_}, rabbitmq::to_message({number, sent.back().payload}), deadline());
    }
    return sent;
  }
  [[nodiscard]] std::uint32_t waiting() { return observer_->inspect(queue_, deadline()).messages; }

  std::string queue_;
  std::optional<rabbitmq::Connection> observer_, working_;
};

TEST_P(RabbitMqTransactions, NothingIsThereBeforeTheCommitAndEverythingAfterIt) {
  const auto sent = publish(1, 50);
  // A round trip on the same channel: the broker has read all of it.
  EXPECT_EQ(working_->inspect(queue_, deadline()).messages, 0U) << "messages before the commit, from within";
  EXPECT_EQ(waiting(), 0U) << "messages before the commit, from outside";
  working_->commit(deadline());
  EXPECT_EQ(waiting(), 50U) << "messages after the commit";
  expect_same(sent, drain_entries(*observer_, queue_), "what was committed");
}

TEST_P(RabbitMqTransactions, WhatIsRolledBackOrLeftOpenNeverArrives) {
  publish(1, 20);
  working_->roll_back(deadline());
  const auto kept = publish(21, 40);
  working_->commit(deadline());
  publish(41, 60);
  EXPECT_EQ(working_->inspect(queue_, deadline()).messages, 20U) << "messages with one transaction left open";
  working_.reset();
  expect_same(kept, drain_entries(*observer_, queue_), "after a roll-back, a commit and an open end");
}

TEST_P(RabbitMqTransactions, AcknowledgementsAreRolledBackToo) {
  const auto sent = publish(1, 4);
  working_->commit(deadline());
  const auto take = [&] {
    const auto delivery = working_->get(queue_, deadline());
    if (delivery) working_->acknowledge(delivery->tag, false, deadline());
    return delivery.has_value();
  };
  ASSERT_TRUE(take() && take());
  working_->commit(deadline());  // 1 and 2
  ASSERT_TRUE(take() && take());
  working_->roll_back(deadline());  // 3 and 4
  working_.reset();
  expect_waiting(*observer_, queue_, 2);
  expect_same({sent.begin() + 2, sent.end()}, drain_entries(*observer_, queue_),
              "of which acknowledgements were rolled back");
}

ROOTSEAL_SCENARIOS(function, RabbitMqTransactions, "rabbitmq");

}  // namespace
}  // namespace rootseal::scenarios::transactions
