// The definitions of a broker, exported inside its container, go into a fresh stack of the same profile:
// users, virtual hosts, permissions, policies, queues, exchanges and bindings are all there and the same, and
// they work.
#include <fmt/format.h>

#include <array>
#include <functional>
#include <nlohmann/json.hpp>

#include "rabbitmq/own_vhost.hpp"
#include "service/checksum.hpp"
#include "testing/ledger_check.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::definitions {
namespace {

using Digests = std::map<std::string, std::string>;
using nlohmann::json;

constexpr std::array kKinds{"users",    "vhosts", "permissions", "topic_permissions", "parameters",
                            "policies", "queues", "exchanges",   "bindings"};

// Of what may name a definition within its kind, whatever is there.
std::string name_of(const json& definition) {
  std::string name;
  for (const char* key : {"vhost", "user", "component", "source", "destination_type", "destination", "name",
                          "routing_key", "exchange"}) {
    if (definition.contains(key)) name += (name.empty() ? "" : "/") + definition[key].get<std::string>();
  }
  return name;
}

// A virtual host made without tags is exported with the tags "" and, once imported, with []: the same to the
// broker.
json normalised(json definition) {
  if (definition.contains("metadata") && definition["metadata"].value("tags", json()) == "") {
    definition["metadata"]["tags"] = json::array();
  }
  return definition;
}

// Digests only: a user's definition holds the hash of his password.
Digests digests_of(const core::Secret& definitions) {
  const json all = json::parse(definitions.reveal());
  Digests digests;
  for (const char* kind : kKinds) {
    for (const auto& definition : all.value(kind, json::array())) {
      digests[fmt::format("{} {}", kind, name_of(definition))] =
          service::checksum(normalised(definition).dump());
    }
  }
  return digests;
}

std::size_t count_of(const Digests& digests, const std::string& kind) {
  std::size_t count = 0;
  for (const auto& [name, digest] : digests) count += name.starts_with(kind + " ") ? 1 : 0;
  return count;
}

constexpr int kAccessRefused = 403;
constexpr int kPreconditionFailed = 406;
constexpr int kLimit = 3;  // of the queue "orders", by policy

class RabbitMqDefinitions : public Scenario {
 protected:
  // One thing at least of every kind, and for each something that works only with it. What AMQP cannot make
  // is imported in one go, because rabbitmqctl takes seconds for each.
  void define(const OwnVhost& vhost) const {
    const std::string& name = vhost.target().database;
    vhost.ctl().import_definitions(
        core::Secret(
            json({{"users", {{{"name", clerk()}, {"password", clerks_password()}, {"tags", "monitoring"}}}},
                  {"permissions",
                   {{{"user", clerk()},
                     {"vhost", name},
                     {"configure", "^$"},
                     {"write", "^events$"},
                     {"read", "^$"}}}},
                  {"topic_permissions",
                   {{{"user", clerk()},
                     {"vhost", name},
                     {"exchange", "events"},
                     {"write", "^order[.]"},
                     {"read", "^$"}}}},
                  {"parameters",
                   {{{"component", "vhost-limits"},
                     {"vhost", name},
                     {"name", "limits"},
                     {"value", {{"max-queues", 5}}}}}},
                  {"policies",
                   {{{"vhost", name},
                     {"name", "limits"},
                     {"pattern", "^orders$"},
                     {"apply-to", "queues"},
                     {"definition", {{"max-length", kLimit}, {"overflow", "reject-publish"}}},
                     {"priority", 1}}}}})
                .dump()),
        deadline());
    auto connection = vhost.connect();
    connection.declare({"orders"}, deadline());
    connection.declare({"audit", true, false, false, true}, deadline());
    connection.declare({"red", true, false, false, false, {{"x-max-priority", 2}}}, deadline());
    connection.declare({"stray"}, deadline());
    connection.declare_exchange({"last", "fanout"}, deadline());
    connection.declare_exchange({"events", "topic", true, false, {{"alternate-exchange", "last"}}},
                                deadline());
    connection.declare_exchange({"colours", "headers"}, deadline());
    connection.bind("orders", "events", "order.*", deadline());
    connection.bind("audit", "events", "order.#", deadline());
    connection.bind("stray", "last", "", deadline());
    connection.bind("red", "colours", "", deadline(), {{"x-match", "all"}, {"colour", "red"}});
  }

  [[nodiscard]] std::string clerk() const { return own_name() + "_clerk"; }
  // Of a user who lives as long as the stack: not a secret.
  [[nodiscard]] std::string clerks_password() const { return own_name() + "_password"; }

  // Messages through the imported exchanges and bindings.
  void expect_routes(const service::Target& there) const {
    rabbitmq::Connection connection(there, deadline());
    connection.confirm(deadline());
    connection.publish({"events", "order.new"}, "by topic", deadline());
    connection.publish({"events", "something.else"}, "by the alternate exchange", deadline());
    rabbitmq::Publishing red{"colours", ""};
    red.properties.headers = rabbitmq::Table{{"colour", "red"}};
    connection.publish(red, "by header", deadline());
    const auto settled = connection.settle(deadline().at_most(core::Milliseconds(20'000)));
    EXPECT_TRUE(settled.complete && settled.refused.empty() && settled.returned.empty()) << "not routed";
    const std::map<std::string, std::string> wanted{{"orders", "by topic"},
                                                    {"audit", "by topic"},
                                                    {"stray", "by the alternate exchange"},
                                                    {"red", "by header"}};
    for (const auto& [queue, body] : wanted) {
      const auto message = connection.get(queue, deadline());
      EXPECT_TRUE(message && message->body == body) << queue << " did not get the message '" << body << "'";
      if (message) connection.acknowledge(message->tag, false, deadline());
    }
  }

  // The imported policy and the limit of the virtual host.
  void expect_limits(const service::Target& there) const {
    rabbitmq::Connection connection(there, deadline());
    connection.confirm(deadline());
    std::size_t refused = 0;
    for (int i = 0; i < kLimit + 1; ++i) {
      connection.publish({"", "orders"}, "one more", deadline());
      refused += connection.settle(deadline().at_most(core::Milliseconds(20'000))).refused.size();
    }
    EXPECT_EQ(refused, 1U) << "messages refused by a queue whose policy gives it one less than were sent";
    connection.declare({"the fifth"}, deadline());
    EXPECT_EQ(refusal_of([&] { connection.declare({"the sixth"}, deadline()); }), kPreconditionFailed)
        << "declaring more queues than the virtual host may have";
  }

  // The imported user may do what he might, with his password, and nothing more.
  void expect_clerk(service::Target there) const {
    there.user = clerk();
    there.password = core::Secret(clerks_password() + "?");
    EXPECT_EQ(refusal_of([&] { rabbitmq::Connection(there, deadline()); }), kAccessRefused)
        << "logging in with a wrong password";
    there.password = core::Secret(clerks_password());
    const auto publish = [&](const std::string& key) {
      rabbitmq::Connection connection(there, deadline());
      connection.confirm(deadline());
      connection.publish({"events", key}, "from the clerk", deadline());
      return connection.settle(deadline().at_most(core::Milliseconds(20'000))).acknowledged.size();
    };
    EXPECT_EQ(publish("order.a.b"), 1U) << "messages that the clerk may publish";
    EXPECT_EQ(refusal_of([&] { publish("secret"); }), kAccessRefused) << "publishing under a forbidden key";
    const auto get = [&] { rabbitmq::Connection(there, deadline()).get("audit", deadline()); };
    EXPECT_EQ(refusal_of(get), kAccessRefused) << "reading";
    const auto declare = [&] { rabbitmq::Connection(there, deadline()).declare({"his own"}, deadline()); };
    EXPECT_EQ(refusal_of(declare), kAccessRefused) << "declaring a queue";
  }

  // The broker's reply code; 0 when it does not refuse.
  static int refusal_of(const std::function<void()>& call) {
    try {
      call();
    } catch (const rabbitmq::AmqpError& error) {
      return error.code();
    }
    return 0;
  }
};

TEST_P(RabbitMqDefinitions, ExportedDefinitionsImportIntoAFreshStack) {
  const OwnVhost vhost(target(), container(), own_name());
  define(vhost);
  const auto exported = vhost.ctl().export_definitions(deadline());
  const auto here = digests_of(exported);
  for (const char* kind : kKinds) {
    EXPECT_GE(count_of(here, kind), 1U) << "the export has no " << kind;
    evidence(fmt::format("{} {}", count_of(here, kind), kind));
  }
  if (HasFailure()) return;

  const auto fresh = request_stack("restore");
  const rabbitmq::Ctl there(fresh.view().id, fresh.container());
  there.import_definitions(exported, deadline());
  const auto wrong = compare_named({"definition", "the source", "the fresh broker"}, here,
                                   digests_of(there.export_definitions(deadline())));
  if (!wrong.empty()) ADD_FAILURE() << shortened(wrong);

  // The import brought the source's user, with the source's password.
  service::Target imported = fresh.target();
  imported.password = target().password;
  imported.database = vhost.target().database;
  expect_routes(imported);
  expect_clerk(imported);
  expect_limits(imported);
}

ROOTSEAL_LONGER_SCENARIOS(function, RabbitMqDefinitions, "rabbitmq");

}  // namespace
}  // namespace rootseal::scenarios::definitions
