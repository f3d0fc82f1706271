// Queues with a limit, and publishers who are told: what does not fit pushes out the oldest or is refused
// with a negative confirm, as the queue says (into the dead letters: expiry.cpp). Confirms for many at once.
#include <fmt/format.h>

#include <algorithm>

#include "rabbitmq/own_queues.hpp"

namespace rootseal::scenarios::limits {
namespace {

constexpr int kLimit = 10;

class RabbitMqLimits : public OwnQueues {
 protected:
  void SetUp() override {
    OwnQueues::SetUp();
    if (HasFatalFailure()) return;
    connection_.emplace(connect());
    connection_->confirm(deadline());
  }
  std::string declare_limited(const std::string& name, rabbitmq::Table arguments, bool quorum = false) {
    arguments.push_back({"x-max-length", kLimit});
    return declare(*connection_, rabbitmq::Queue{name, true, false, false, quorum, arguments});
  }
  // Number 1 to `count`, without waiting in between.
  std::vector<Entry> publish(const std::string& queue, std::uint64_t count) {
    auto rng = random();
    std::vector<Entry> sent;
    for (std::uint64_t number = 1; number <= count; ++number) {
      sent.push_back({number, random_text(rng, rng() % 100)});
      connection_->publish({"", queue}, rabbitmq::to_message({number, sent.back().payload}), deadline());
    }
    return sent;
  }
  // Every number is either confirmed or refused, once.
  [[nodiscard]] rabbitmq::Settled settle(std::uint64_t count) {
    auto settled = connection_->settle(soon());
    std::sort(settled.acknowledged.begin(), settled.acknowledged.end());
    std::sort(settled.refused.begin(), settled.refused.end());
    EXPECT_TRUE(settled.complete) << "answers are missing";
    EXPECT_EQ(settled.acknowledged.size() + settled.refused.size(), count) << "messages answered";
    return settled;
  }
  static std::vector<Entry> those(const std::vector<Entry>& sent, const std::vector<std::uint64_t>& numbers) {
    std::vector<Entry> chosen;
    for (const auto number : numbers) chosen.push_back(sent.at(number - 1));
    return chosen;
  }

  std::optional<rabbitmq::Connection> connection_;
};

TEST_P(RabbitMqLimits, AFullQueueDropsItsOldestMessages) {
  const auto queue = declare_limited("ring", {});
  const auto sent = publish(queue, 3 * kLimit);
  EXPECT_TRUE(settle(sent.size()).refused.empty()) << "a queue that drops its oldest refused the newest";
  expect_same({sent.end() - kLimit, sent.end()}, drain_entries(*connection_, queue), "the newest");
}

TEST_P(RabbitMqLimits, AFullQueueRefusesAndKeepsExactlyWhatItConfirmed) {
  const auto queue = declare_limited("full", {{"x-overflow", "reject-publish"}});
  const auto sent = publish(queue, 3 * kLimit);
  const auto settled = settle(sent.size());
  EXPECT_EQ(settled.acknowledged.size(), std::size_t{kLimit})
      << "messages confirmed by a queue of that length";
  expect_same(those(sent, settled.acknowledged), drain_entries(*connection_, queue), "what was confirmed");
  connection_->publish({"", queue}, "there is room again", deadline());
  EXPECT_EQ(connection_->settle(soon()).acknowledged.size(), 1U) << "refused although the queue was emptied";
  evidence(fmt::format("{} confirmed, {} refused", settled.acknowledged.size(), settled.refused.size()));
}

// A quorum queue may take a few more than its limit, because it counts what has been replicated; what it
// confirmed it must keep all the same.
TEST_P(RabbitMqLimits, AFullQuorumQueueRefusesAndKeepsExactlyWhatItConfirmed) {
  const auto queue = declare_limited("quorum", {{"x-overflow", "reject-publish"}}, true);
  std::vector<Entry> sent;
  std::vector<std::uint64_t> confirmed;
  bool refused = false;
  auto rng = random();
  for (std::uint64_t number = 1; number <= 10 * kLimit && !refused; ++number) {
    sent.push_back({number, random_text(rng, 50)});
    connection_->publish({"", queue}, rabbitmq::to_message({number, sent.back().payload}), deadline());
    const auto settled = settle(1);
    refused = !settled.refused.empty();
    if (!settled.acknowledged.empty()) confirmed.push_back(number);
  }
  EXPECT_TRUE(refused) << sent.size() << " messages went into a queue of " << kLimit;
  EXPECT_GE(confirmed.size(), std::size_t{kLimit});
  expect_same(those(sent, confirmed), drain_entries(*connection_, queue), "what was confirmed");
}

TEST_P(RabbitMqLimits, EveryMessageOfAWindowIsConfirmedOnce) {
  const auto queue = declare(*connection_, rabbitmq::Queue{"window"});
  const auto count = static_cast<std::uint64_t>(by_size(300, 1'000, 5'000));
  const auto sent = publish(queue, count);
  const auto settled = settle(count);
  EXPECT_TRUE(settled.refused.empty()) << settled.refused.size() << " refused";
  expect_same(those(sent, settled.acknowledged), drain_entries(*connection_, queue), "what was confirmed");
  // How many it answers at once is the broker's affair; alone, each must be answered by itself.
  connection_->publish({"", queue}, "alone", deadline());
  EXPECT_EQ(connection_->settle(soon()).answers, 1U) << "answers to one message";
  evidence(fmt::format("a window of {} messages was confirmed by {} answers", count, settled.answers));
}

TEST_P(RabbitMqLimits, PrioritiesComeFirstAndKeepTheirOrderAmongThemselves) {
  const auto queue =
      declare(*connection_, rabbitmq::Queue{"urgent", true, false, false, false, {{"x-max-priority", 5}}});
  auto rng = random();
  std::vector<std::pair<int, Entry>> sent;
  for (std::uint64_t number = 1; number <= 60; ++number) {
    rabbitmq::Publishing how{"", queue};
    const int drawn = static_cast<int>(rng() % 9);  // 6 to 8 count as the highest that the queue knows
    if (drawn > 0) how.properties.priority = static_cast<std::uint8_t>(drawn);  // none is the lowest
    sent.push_back({std::min(drawn, 5), {number, random_text(rng, 20)}});
    connection_->publish(how, rabbitmq::to_message({number, sent.back().second.payload}), deadline());
  }
  static_cast<void>(settle(sent.size()));
  std::stable_sort(sent.begin(), sent.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<Entry> wanted;
  for (const auto& [priority, entry] : sent) wanted.push_back(entry);
  expect_same(wanted, drain_entries(*connection_, queue), "by priority");
}

ROOTSEAL_SCENARIOS(function, RabbitMqLimits, "rabbitmq");

}  // namespace
}  // namespace rootseal::scenarios::limits
