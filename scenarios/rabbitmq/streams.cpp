// Streams: reading takes nothing away, so that consumers side by side read the same messages, each from where
// it asks to begin.
#include <fmt/format.h>

#include "rabbitmq/own_queues.hpp"

namespace rootseal::scenarios::streams {
namespace {

using rabbitmq::Value;

class RabbitMqStreams : public OwnQueues {
 protected:
  // One after another, so that each is a chunk of its own: "last" means the last chunk.
  std::vector<Entry> fill(const std::string& stream, std::uint64_t count) {
    auto publisher = connect();
    publisher.confirm(deadline());
    std::vector<Entry> sent;
    for (std::uint64_t number = 1; number <= count; ++number) {
      const auto one = publish_entries(publisher, {"", stream}, number, 1);
      sent.insert(sent.end(), one.begin(), one.end());
    }
    return sent;
  }

  rabbitmq::Connection reading(const std::string& stream, const Value& offset) const {
    auto consumer = connect();
    consumer.consume(stream, 20, deadline(), {{"x-stream-offset", offset}});
    return consumer;
  }

  // `wanted` of them, and their offsets without a gap from `first` on.
  std::vector<Entry> read(rabbitmq::Connection& consumer, std::size_t wanted, std::int64_t first) const {
    std::vector<Entry> entries;
    while (entries.size() < wanted) {
      const auto delivery = consumer.next(soon());
      if (!delivery) break;
      const auto headers = delivery->properties.headers.value_or(rabbitmq::Table());
      EXPECT_EQ(rabbitmq::number_of(headers, "x-stream-offset"),
                first + static_cast<std::int64_t>(entries.size()))
          << "x-stream-offset of delivery " << delivery->tag;
      if (auto entry = entry_of(*delivery)) entries.push_back(std::move(*entry));
      consumer.acknowledge(delivery->tag, false, deadline());
    }
    return entries;
  }

  std::string declare_stream(const std::string& name) {
    auto connection = connect();
    return declare(connection,
                   rabbitmq::Queue{name, true, false, false, false, {{"x-queue-type", "stream"}}});
  }
};

TEST_P(RabbitMqStreams, SeveralConsumersReadTheSameMessagesFromWhereTheyAsk) {
  const auto stream = declare_stream("log");
  const auto sent = fill(stream, static_cast<std::uint64_t>(by_size(50, 100, 500)));
  const auto middle = static_cast<std::int64_t>(sent.size() / 2);
  const std::vector<Entry> from_middle(sent.begin() + middle, sent.end());
  const std::vector<Entry> newest(sent.end() - 1, sent.end());

  // Three at a time, and a fourth who comes when they have read it all.
  auto first = reading(stream, "first");
  auto numbered = reading(stream, std::int64_t{middle});
  auto last = reading(stream, "last");
  expect_same(sent, read(first, sent.size(), 0), "from the first");
  expect_same(from_middle, read(numbered, from_middle.size(), middle), fmt::format("from number {}", middle));
  expect_same(newest, read(last, 1, static_cast<std::int64_t>(sent.size()) - 1), "from the last");
  auto later = reading(stream, "first");
  expect_same(sent, read(later, sent.size(), 0), "from the first, after others had read it");
  evidence(fmt::format("{} messages, read from the first twice, from number {} and from the last",
                       sent.size(), middle));
}

TEST_P(RabbitMqStreams, AConsumerOfWhatIsNewGetsThatAlone) {
  const auto stream = declare_stream("news");
  fill(stream, 5);
  auto waiting = reading(stream, "next");
  auto publisher = connect();
  publisher.confirm(deadline());
  const auto fresh = publish_entries(publisher, {"", stream}, 6, 5);
  expect_same(fresh, read(waiting, fresh.size(), 5), "from the next on");
}

ROOTSEAL_SCENARIOS(function, RabbitMqStreams, "rabbitmq");

}  // namespace
}  // namespace rootseal::scenarios::streams
