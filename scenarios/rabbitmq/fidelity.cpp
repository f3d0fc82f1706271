// A message comes back as it was sent: every property, headers of every type, bodies from nothing to beyond
// many frames, byte for byte.
#include <fmt/format.h>

#include <algorithm>

#include "rabbitmq/own_queues.hpp"

namespace rootseal::scenarios::fidelity {
namespace {

using rabbitmq::Array;
using rabbitmq::Properties;
using rabbitmq::Table;
using rabbitmq::Value;

constexpr int kPreconditionFailed = 406;
constexpr std::size_t kFrame = 131'072;       // the largest frame that our connections agree to
constexpr std::size_t kPayload = kFrame - 8;  // of the body in one frame

Table headers_of_every_type() {
  return {
      {"z-text-first", "the order is kept"},
      {"yes", true},
      {"no", false},
      {"i8", {'b', std::int64_t{-128}}},
      {"u8", {'B', std::int64_t{255}}},
      {"i16", {'s', std::int64_t{-32'768}}},
      {"u16", {'u', std::int64_t{65'535}}},
      {"i32", -2'147'483'647},
      {"u32", {'i', std::int64_t{4'294'967'295}}},
      {"i64", std::int64_t{-9'007'199'254'740'993}},
      {"float", {'f', 0.5}},
      {"double", 0.1},
      {"decimal", {'D', (std::int64_t{2} << 32) | 314}},
      {"utf-8", "gr\xc3\xbc\xc3\x9f \xe2\x82\xac"},
      {"not utf-8", std::string("\xff\xfe\x00\x80", 4)},
      {"bytes", {'x', std::string("\x00\xff\n\r", 4)}},
      {"empty", ""},
      {"long", std::string(20'000, 'h')},
      {"time", {'T', std::int64_t{1'700'000'000}}},
      {"array", Array{1, "two", Array{}, Table{{"deep", "down"}}}},
      {"table", Table{{"b", 1}, {"a", Table{{"nested", 2}}}}},
      {"nothing", Value()},
      {"a-text-last", "the order is kept"},
  };
}

class RabbitMqFidelity : public OwnQueues {
 protected:
  Properties everything() const {
    Properties all;
    all.content_type = "application/x-rootseal; charset=\"utf-8\"";
    all.content_encoding = "identity";
    all.headers = headers_of_every_type();
    all.priority = std::uint8_t{7};
    all.correlation_id = std::string("\x00\x01 binary \xff", 11);
    all.reply_to = own_name();
    all.expiration = "86400000";  // a day
    all.message_id = std::string(255, 'm');
    all.timestamp = 1'700'000'000;
    all.type = "";
    all.user_id = service().description().login;  // the broker refuses another's
    all.app_id = "rootseal";
    all.cluster_id = "none";
    return all;
  }

  // A quorum queue adds how often a message was given back, and sorts the headers while it does; since 4.0 a
  // classic one sorts them as well. Before, it left even their order alone.
  static Properties sorted(Properties properties) {
    if (!properties.headers) return properties;
    auto& headers = *properties.headers;
    const auto added = [](const rabbitmq::Field& field) {
      return field.name == "x-delivery-count" && field.value == Value(std::int64_t{0});
    };
    const bool alone = std::erase_if(headers, added) != 0 && headers.empty();
    std::sort(headers.begin(), headers.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    if (alone) properties.headers.reset();
    return properties;
  }
  static std::map<std::string, std::string> seen(const Properties& properties, bool reorders) {
    return described(reorders ? sorted(properties) : properties);
  }

  void expect_back(rabbitmq::Connection& connection, const std::string& queue,
                   const rabbitmq::Publishing& how, const std::string& body) const {
    connection.publish(how, body, deadline());
    expect_taken(connection, 1);
    const auto back = connection.get(queue, deadline());
    ASSERT_TRUE(back) << "the message did not come";
    connection.acknowledge(back->tag, false, deadline());
    const bool reorders = queue == named(kQuorum) || !stack().version.starts_with("3.");
    const auto wrong = compare_named({"property", "what was sent", "what came back"},
                                     seen(how.properties, reorders), seen(back->properties, reorders));
    if (!wrong.empty()) ADD_FAILURE() << shortened(wrong);
    EXPECT_EQ(back->persistent, how.persistent) << "the delivery mode";
    EXPECT_EQ(back->exchange, how.exchange);
    EXPECT_EQ(back->routing_key, how.routing_key);
    EXPECT_TRUE(back->body == body) << "a body of " << body.size() << " bytes came back as "
                                    << back->body.size() << ", altered";
  }

  // Through classic and quorum queues, in memory and on disk.
  static constexpr const char* kQuorum = "quorum";
  template <typename Try>
  void for_each_kind(Try attempt) {
    auto connection = connect();
    connection.confirm(deadline());
    for (const bool quorum : {false, true}) {
      const auto queue =
          declare(connection, rabbitmq::Queue{quorum ? kQuorum : "classic", true, false, false, quorum});
      for (const bool persistent : {false, true}) {
        SCOPED_TRACE(fmt::format("{} queue, {} message", quorum ? "quorum" : "classic",
                                 persistent ? "persistent" : "transient"));
        attempt(connection, queue, persistent);
      }
    }
  }
};

TEST_P(RabbitMqFidelity, EveryPropertyAndHeaderComesBackAsItWasSent) {
  for_each_kind([&](rabbitmq::Connection& connection, const std::string& queue, bool persistent) {
    rabbitmq::Publishing how{"", queue, persistent};
    expect_back(connection, queue, how, "no property at all");
    how.properties = everything();
    expect_back(connection, queue, how, "every property");
  });
  evidence(fmt::format("{} properties and {} headers",
                       described(everything()).size() - headers_of_every_type().size(),
                       headers_of_every_type().size()));
}

TEST_P(RabbitMqFidelity, BodiesFromNothingToManyFramesComeBackByteForByte) {
  auto rng = random();
  const auto largest = static_cast<std::size_t>(by_size(4'000'000, 8'000'000, 15'000'000));
  std::vector<std::string> bodies;
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, kPayload - 1, kPayload, kPayload + 1, 2 * kPayload, largest}) {
    bodies.push_back(random_bytes(rng, size));
  }
  bodies.push_back(std::string(3'000, '\0'));
  for_each_kind([&](rabbitmq::Connection& connection, const std::string& queue, bool persistent) {
    for (const auto& body : bodies) {
      // The largest once of each kind of queue: it goes to the disk.
      if (body.size() == largest && !persistent) continue;
      expect_back(connection, queue, {"", queue, persistent}, body);
    }
  });
  evidence(fmt::format("{} bodies up to {} bytes, in frames of {}", bodies.size(), largest, kFrame));
}

TEST_P(RabbitMqFidelity, ASenderCannotGiveAnotherName) {
  auto connection = connect();
  connection.confirm(deadline());
  rabbitmq::Publishing how{"", own_name()};
  how.properties.user_id = "somebody-else";
  connection.publish(how, "in another's name", deadline());
  EXPECT_EQ(refusal_of("publishing in another's name", [&] { connection.settle(soon()); }),
            kPreconditionFailed);
}

ROOTSEAL_SCENARIOS(function, RabbitMqFidelity, "rabbitmq");

}  // namespace
}  // namespace rootseal::scenarios::fidelity
