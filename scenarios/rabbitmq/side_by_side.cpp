// Many at once: 16 publishers and 16 consumers on four queues, each with a connection of its own. Every
// message is accounted for exactly once, by number and checksum, and no consumer sees a publisher's messages
// out of order.
#include <fmt/format.h>

#include <atomic>
#include <future>

#include "rabbitmq/own_queues.hpp"

namespace rootseal::scenarios::side_by_side {
namespace {

constexpr std::size_t kPublishers = 16;
constexpr std::size_t kConsumers = 16;
constexpr std::size_t kQueues = 4;
constexpr std::uint64_t kStride =
    1'000'000;  // a message's number is its publisher's times this, plus its own
constexpr std::uint64_t kWindow = 25;
constexpr core::Milliseconds kSlice{50};  // how soon a consumer sees that there is nothing left to wait for

// What one of them did; gathered by the test's own thread, because expectations belong there.
struct Share {
  std::vector<Entry> entries;
  std::vector<std::string> wrong;
};

class RabbitMqSideBySide : public OwnQueues {
 protected:
  // Its messages go to the queues in turn.
  Share publish(std::size_t publisher, std::uint64_t count, const std::vector<std::string>& queues) const {
    Share share;
    std::mt19937_64 rng = random();
    rng.discard(publisher * 1'000);
    auto connection = connect();
    connection.confirm(deadline());
    for (std::uint64_t i = 1; i <= count; ++i) {
      const std::uint64_t number = publisher * kStride + i;
      share.entries.push_back({number, random_text(rng, rng() % 300)});
      connection.publish({"", queues[i % queues.size()], i % 2 == 0},
                         rabbitmq::to_message({number, share.entries.back().payload}), deadline());
      if (i % kWindow != 0 && i != count) continue;
      const auto settled = connection.settle(soon());
      if (!settled.complete || !settled.refused.empty() || !settled.returned.empty()) {
        share.wrong.push_back(fmt::format("publisher {}: message {}: {} refused, {} returned, complete: {}",
                                          publisher, i, settled.refused.size(), settled.returned.size(),
                                          settled.complete));
      }
    }
    return share;
  }

  // Until `left` messages have been taken by all together.
  Share consume(const std::string& queue, std::atomic<std::int64_t>& left) const {
    Share share;
    auto connection = connect();
    connection.consume(queue, 20, deadline());
    std::map<std::uint64_t, std::uint64_t> newest;  // of each publisher
    const auto patience = deadline().at_most(core::Milliseconds(60'000));
    while (left.load() > 0 && !patience.expired()) {
      const auto delivery = connection.next(patience.at_most(kSlice));
      if (!delivery) continue;
      --left;
      const auto entry = rabbitmq::from_message(delivery->body);
      if (!entry) {
        share.wrong.push_back("a message does not match its checksum");
        continue;
      }
      if (delivery->redelivered) share.wrong.push_back(fmt::format("{} was redelivered", entry->number));
      auto& before = newest[entry->number / kStride];
      if (entry->number < before) {
        share.wrong.push_back(fmt::format("{} was reordered: it came after {}", entry->number, before));
      }
      before = std::max(before, entry->number);
      share.entries.push_back({entry->number, entry->payload});
      connection.acknowledge(delivery->tag, false, deadline());
    }
    return share;
  }

  static std::vector<Entry> gather(std::vector<std::future<Share>>& shares) {
    std::vector<Entry> all;
    for (auto& each : shares) {
      const Share share = each.get();
      if (!share.wrong.empty()) ADD_FAILURE() << shortened(share.wrong, 3);
      all.insert(all.end(), share.entries.begin(), share.entries.end());
    }
    std::sort(all.begin(), all.end(), [](const Entry& a, const Entry& b) { return a.number < b.number; });
    return all;
  }
};

TEST_P(RabbitMqSideBySide, EveryMessageOfSixteenPublishersReachesOneOfSixteenConsumersOnce) {
  auto connection = connect();
  std::vector<std::string> queues;
  for (std::size_t i = 0; i < kQueues; ++i) {
    queues.push_back(declare(connection, rabbitmq::Queue{fmt::format("{}", i)}));
  }
  const auto each = static_cast<std::uint64_t>(by_size(25, 100, 1'000));
  std::atomic<std::int64_t> left{static_cast<std::int64_t>(kPublishers * each)};
  std::vector<std::future<Share>> consumers, publishers;
  for (std::size_t i = 0; i < kConsumers; ++i) {
    consumers.push_back(
        std::async(std::launch::async, [&, i] { return consume(queues[i % kQueues], left); }));
  }
  for (std::size_t i = 1; i <= kPublishers; ++i) {
    publishers.push_back(std::async(std::launch::async, [&, i] { return publish(i, each, queues); }));
  }
  const auto sent = gather(publishers);
  const auto received = gather(consumers);
  expect_same(sent, received, "all together");
  // Had one more than was sent been delivered, or an acknowledgement been lost, it would be back by now.
  for (const auto& queue : queues) expect_waiting(connection, queue, 0);
  evidence(fmt::format("{} messages of {} publishers, {} taken by {} consumers", sent.size(), kPublishers,
                       received.size(), kConsumers));
}

ROOTSEAL_SCENARIOS(function, RabbitMqSideBySide, "rabbitmq");

}  // namespace
}  // namespace rootseal::scenarios::side_by_side
