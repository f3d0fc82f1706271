// Exchanges: each routes exactly what it must and nothing else. Bindings and messages are drawn at random;
// what each queue must get, and what must come back, a model of the routing says (routing_model.hpp).
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "rabbitmq/own_queues.hpp"
#include "rabbitmq/routing_model.hpp"

namespace rootseal::scenarios::routing {
namespace {

using rabbitmq::Table;
using Random = std::mt19937_64;

struct Binding {
  std::size_t queue = 0;
  std::string key;
  Table arguments = {};
};
struct Mail {
  std::string key;
  Table headers = {};
};
using Routes = std::function<bool(const Binding&, const Mail&)>;

const std::vector<std::string> kWords{"a", "b", "red", "stock"};

// 0 to `longest` of the words, joined by dots.
std::string some_words(Random& rng, std::size_t longest, const std::vector<std::string>& words) {
  std::string key;
  for (std::size_t left = rng() % (longest + 1), first = 1; left > 0; --left, first = 0) {
    key += (first != 0 ? "" : ".") + words[rng() % words.size()];
  }
  return key;
}

Table some_headers(Random& rng, std::size_t most) {
  static const std::vector<std::string> names{"colour", "size", "shape"};
  Table headers;
  for (const auto& name : names) {
    if (headers.size() < most && rng() % 3 != 0) headers.push_back({name, kWords[rng() % 2]});
  }
  return headers;
}

class RabbitMqRouting : public OwnQueues {
 protected:
  static constexpr std::size_t kQueues = 6;

  // Two bindings each on the average, some queues with none, some with several that take the same message,
  // which they must then get once.
  static std::vector<Binding> draw_bindings(Random& rng, const std::function<Binding(Random&)>& draw) {
    std::vector<Binding> bindings;
    for (std::size_t i = 0; i < 2 * kQueues; ++i) {
      bindings.push_back(draw(rng));
      bindings.back().queue = rng() % kQueues;
    }
    return bindings;
  }

  void expect_routed(const std::string& type, const std::vector<Binding>& bindings,
                     const std::vector<Mail>& mails, const Routes& routes) {
    auto holder = connect();  // of the queues, which are exclusive: they go with it
    const std::string exchange = declare(holder, rabbitmq::Exchange{type, type, false});
    for (std::size_t queue = 0; queue < kQueues; ++queue) {
      holder.declare({queue_name(queue), false, true}, deadline());
    }
    for (const auto& [queue, key, arguments] : bindings) {
      holder.bind(queue_name(queue), exchange, key, deadline(), arguments);
    }
    const auto returned = publish(exchange, mails);
    expect_as_the_model_says(holder, bindings, mails, routes, returned);
  }

 private:
  [[nodiscard]] std::string queue_name(std::size_t queue) const { return named(fmt::format("{}", queue)); }

  // The numbers of the messages that came back.
  std::vector<Entry> publish(const std::string& exchange, const std::vector<Mail>& mails) const {
    auto publisher = connect();
    publisher.confirm(deadline());
    std::uint64_t number = 0;
    for (const auto& mail : mails) {
      rabbitmq::Publishing how{exchange, mail.key, false};
      if (!mail.headers.empty()) how.properties.headers = mail.headers;
      publisher.publish(how, rabbitmq::to_message({++number, mail.key}), deadline());
    }
    const auto settled = publisher.settle(soon());
    EXPECT_EQ(settled.acknowledged.size(), mails.size()) << "messages confirmed";
    std::vector<Entry> returned;
    for (const auto& each : settled.returned) {
      EXPECT_EQ(each.why, "312 NO_ROUTE");
      const auto entry = rabbitmq::from_message(each.body);
      EXPECT_TRUE(entry) << "a returned message does not match its checksum";
      if (entry) returned.push_back({entry->number, entry->payload});
    }
    return returned;
  }

  void expect_as_the_model_says(rabbitmq::Connection& holder, const std::vector<Binding>& bindings,
                                const std::vector<Mail>& mails, const Routes& routes,
                                const std::vector<Entry>& returned) const {
    std::vector<std::vector<Entry>> wanted(kQueues);
    std::vector<Entry> homeless;
    for (std::size_t i = 0; i < mails.size(); ++i) {
      std::set<std::size_t> takers;
      for (const auto& binding : bindings) {
        if (routes(binding, mails[i])) takers.insert(binding.queue);
      }
      for (const auto queue : takers) wanted[queue].push_back({i + 1, mails[i].key});
      if (takers.empty()) homeless.push_back({i + 1, mails[i].key});
    }
    std::size_t delivered = 0;
    for (std::size_t queue = 0; queue < kQueues; ++queue) {
      delivered += wanted[queue].size();
      expect_same(wanted[queue], drain_entries(holder, queue_name(queue)), bound(bindings, queue));
    }
    expect_same(homeless, returned, "returned as unroutable");
    EXPECT_TRUE(delivered > 0) << "nothing was routed: this run says nothing";
    evidence(fmt::format("{} messages, {} bindings, {} queues: {} deliveries, {} returned", mails.size(),
                         bindings.size(), kQueues, delivered, returned.size()));
  }

  static std::string bound(const std::vector<Binding>& bindings, std::size_t queue) {
    std::string text = fmt::format("queue {} bound by", queue);
    for (const auto& binding : bindings) {
      if (binding.queue == queue) text += fmt::format(" '{}'", binding.key);
    }
    return text;
  }
};

std::vector<Mail> draw_mails(Random& rng, int count, const std::function<Mail(Random&)>& draw) {
  std::vector<Mail> mails;
  for (int i = 0; i < count; ++i) mails.push_back(draw(rng));
  return mails;
}

TEST_P(RabbitMqRouting, ADirectExchangeRoutesByTheKeyAsItIs) {
  auto rng = random();
  // With what would be wildcards elsewhere.
  const std::vector<std::string> keys{"a", "A", "a.b", "a.*", "#", "", "b"};
  const auto any = [&keys](Random& r) { return keys[r() % keys.size()]; };
  const auto bindings = draw_bindings(rng, [&](Random& r) { return Binding{0, any(r)}; });
  const auto mails = draw_mails(rng, by_size(100, 300, 2'000), [&](Random& r) { return Mail{any(r)}; });
  expect_routed("direct", bindings, mails,
                [](const Binding& binding, const Mail& mail) { return binding.key == mail.key; });
}

TEST_P(RabbitMqRouting, AFanoutExchangeRoutesToEveryBoundQueueWhateverTheKey) {
  auto rng = random();
  const auto bindings = draw_bindings(rng, [](Random& r) { return Binding{0, some_words(r, 2, kWords)}; });
  const auto mails =
      draw_mails(rng, by_size(50, 200, 1'000), [](Random& r) { return Mail{some_words(r, 2, kWords)}; });
  expect_routed("fanout", bindings, mails, [](const Binding&, const Mail&) { return true; });
}

TEST_P(RabbitMqRouting, ATopicExchangeRoutesByWordsWithItsTwoWildcards) {
  auto rng = random();
  std::vector<std::string> parts = kWords;
  parts.insert(parts.end(), {"*", "#", "*", "#"});
  const auto bindings = draw_bindings(rng, [&parts](Random& r) {
    return Binding{0, some_words(r, 4, parts)};
  });
  auto mails =
      draw_mails(rng, by_size(150, 500, 4'000), [](Random& r) { return Mail{some_words(r, 5, kWords)}; });
  for (const char* key : {"", ".", "a..b", "a.", ".a", "a.b.red.stock.a.b.red"}) mails.push_back({key});
  expect_routed("topic", bindings, mails, [](const Binding& binding, const Mail& mail) {
    return topic_matches(binding.key, mail.key);
  });
}

TEST_P(RabbitMqRouting, AHeadersExchangeRoutesByHeadersWhateverTheKey) {
  auto rng = random();
  const auto bindings = draw_bindings(rng, [](Random& r) {
    Table arguments = some_headers(r, 2);
    // "any" of nothing is left out: brokers are not agreed on it.
    if (arguments.empty()) arguments.push_back({"size", rabbitmq::Value()});
    arguments.push_back({"x-match", r() % 2 == 0 ? "all" : "any"});
    return Binding{0, "", arguments};
  });
  const auto mails = draw_mails(rng, by_size(100, 300, 2'000), [](Random& r) {
    return Mail{some_words(r, 1, kWords), some_headers(r, 3)};
  });
  expect_routed("headers", bindings, mails, [](const Binding& binding, const Mail& mail) {
    return headers_match(binding.arguments, mail.headers);
  });
}

TEST_P(RabbitMqRouting, AnAlternateExchangeGetsWhatHasNoRouteAndNothingElse) {
  auto connection = connect();
  connection.confirm(deadline());
  const auto last_resort = declare(connection, rabbitmq::Exchange{"last", "fanout", false});
  const auto first = declare(
      connection, rabbitmq::Exchange{"first", "direct", false, false, {{"alternate-exchange", last_resort}}});
  const auto routed = declare(connection, rabbitmq::Queue{"routed"});
  const auto stray = declare(connection, rabbitmq::Queue{"stray"});
  connection.bind(routed, first, "known", deadline());
  connection.bind(stray, last_resort, "", deadline());
  const auto known = publish_entries(connection, {first, "known"}, 1, 20);
  const auto unknown = publish_entries(connection, {first, "unknown"}, 21, 20);
  expect_same(known, drain_entries(connection, routed), "what has a route");
  expect_same(unknown, drain_entries(connection, stray), "what the alternate exchange got");
}

ROOTSEAL_SCENARIOS(function, RabbitMqRouting, "rabbitmq");

}  // namespace
}  // namespace rootseal::scenarios::routing
