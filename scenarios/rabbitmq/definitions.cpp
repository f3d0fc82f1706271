// The definitions of a broker, exported inside its container, go into a fresh stack of the same profile:
// users, virtual hosts, permissions, policies, queues, exchanges and bindings are all there and the same, and
// they work.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "rabbitmq/own_vhost.hpp"
#include "service/checksum.hpp"
#include "testing/ledger_check.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios {
namespace {

using Digests = std::map<std::string, std::string>;
using nlohmann::json;

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
  for (const char* kind : {"users", "vhosts", "permissions", "topic_permissions", "parameters", "policies",
                           "queues", "exchanges", "bindings"}) {
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

class RabbitMqDefinitions : public Scenario {
 protected:
  void define(const OwnVhost& vhost) const {
    auto connection = vhost.connect();
    connection.declare({"orders"}, deadline());
    connection.declare({"audit", true, false, false, true}, deadline());
    connection.declare_exchange("events", "topic", deadline());
    connection.bind("orders", "events", "order.*", deadline());
    connection.bind("audit", "events", "#", deadline());
    vhost.ctl().must({"set_policy", "--vhost", vhost.target().database, "limits", "^orders$",
                      R"({"max-length": 1000, "overflow": "reject-publish"})", "--apply-to", "queues"},
                     deadline());
  }

  // One message through the imported exchange and bindings.
  void expect_it_works(const service::Target& there) const {
    rabbitmq::Connection connection(there, deadline());
    connection.confirm(deadline());
    connection.publish({"events", "order.new"}, "through the imported exchange", deadline());
    const auto settled = connection.settle(deadline().at_most(core::Milliseconds(20'000)));
    EXPECT_TRUE(settled.complete && settled.refused.empty() && settled.returned.empty()) << "not routed";
    for (const char* queue : {"orders", "audit"}) {
      const auto message = connection.get(queue, deadline());
      EXPECT_TRUE(message && message->body == "through the imported exchange")
          << queue << " did not get the message";
    }
  }
};

TEST_P(RabbitMqDefinitions, ExportedDefinitionsImportIntoAFreshStack) {
  const OwnVhost vhost(target(), container(), own_name());
  define(vhost);
  const auto exported = vhost.ctl().export_definitions(deadline());
  const auto here = digests_of(exported);
  for (const char* kind : {"users", "vhosts", "permissions", "policies", "queues", "exchanges", "bindings"}) {
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
  expect_it_works(imported);
}

ROOTSEAL_SCENARIOS(function, RabbitMqDefinitions, "rabbitmq");

}  // namespace
}  // namespace rootseal::scenarios
