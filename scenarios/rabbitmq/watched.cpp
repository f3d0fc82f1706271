// The broker is watched from outside: by its own tools, by a scrape of its metrics over the network, and by
// the health check of a Compose file.
#include <fmt/format.h>

#include <optional>
#include <utility>

#include "core/text.hpp"
#include "services/rabbitmq/client.hpp"
#include "testing/by_hand.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::watched {
namespace {

class RabbitMqTools : public Scenario {
 protected:
  [[nodiscard]] process::Outcome typed(const std::string& line) const {
    return docker({arguments_of(line, {{"SERVER", container().id()}})});
  }
};

TEST_P(RabbitMqTools, SayWhetherItAnswers) {
  const std::string line = "docker exec SERVER rabbitmq-diagnostics -q ping";
  attempt(line, [&] { return why_not_said(typed(line), "Ping succeeded"); });
}

TEST_P(RabbitMqTools, SayHowItIs) {
  const std::string line = "docker exec SERVER rabbitmqctl --silent status --formatter json";
  attempt(line, [&] { return why_not_said(typed(line), "\"rabbitmq_version\":\"" + stack().version + "."); });
}

ROOTSEAL_LONGER_SCENARIOS(workflow, RabbitMqTools, "rabbitmq");

constexpr const char* kPlugin = "rabbitmq_prometheus";
constexpr const char* kScrape =
    "docker run --rm -i --network NETWORK --entrypoint bash IMAGE -c "
    R"('exec 3<>/dev/tcp/SERVICE/15692 && printf "GET /metrics/per-object HTTP/1.0\r\n\r\n" >&3 && cat <&3')";

class RabbitMqWatched : public Scenario {
 protected:
  // Another broker, because these are the lines of its Compose file.
  const RequestedStack& with_lines() {
    if (!further_) {
      const auto plugins = own_file("watched_plugins", fmt::format("[{}].\n", kPlugin));
      further_.emplace(request_stack(
          "watched",
          {fmt::format("services:\n  server:\n    volumes:\n      - {}:/etc/rabbitmq/enabled_plugins:ro\n"
                       "    healthcheck:\n      test: [CMD, rabbitmq-diagnostics, -q, check_running]\n"
                       "      interval: 3s\n      timeout: 30s\n      retries: 1\n",
                       plugins.string())}));
    }
    return *further_;
  }
  void TearDown() override {
    further_.reset();
    Scenario::TearDown();
  }
  [[nodiscard]] core::Deadline soon() const { return deadline().at_most(core::Milliseconds(40'000)); }

  // Publishes into a queue of this scenario's own, and looks for it among the metrics: a broker counts every
  // few seconds.
  [[nodiscard]] std::string why_not_scraped(const std::string& server, const service::Target& target) const {
    constexpr int kMessages = 3;
    rabbitmq::Connection connection(target, deadline());
    connection.declare({own_name(), false, true}, deadline());
    connection.confirm(deadline());
    for (int i = 0; i < kMessages; ++i) connection.publish({"", own_name()}, "seen", deadline());
    if (connection.settle(soon()).acknowledged.size() != kMessages) return "its messages were not confirmed";
    std::string why;
    const auto look = [&] {
      why = why_not_counted(
          docker(
              {beside(stack(), kScrape,
                      {{"NETWORK", network_of(server)}, {"SERVICE", "server"}, {"IMAGE", stack().image}})}),
          kMessages);
      return why.empty() ? core::Wait::done : core::Wait::again;
    };
    core::wait_until(look, soon().at_most(core::Milliseconds(20'000)), core::Milliseconds(500));
    return why;
  }

 private:
  [[nodiscard]] std::string why_not_counted(const process::Outcome& scraped, int messages) const {
    if (!scraped.ok()) return why_not(scraped);
    const std::string of_queue = "queue=\"" + own_name() + "\"";
    for (const auto& metric : core::split(scraped.out, '\n')) {
      if (!metric.starts_with("rabbitmq_queue_messages_ready{") || metric.find(of_queue) == std::string::npos)
        continue;
      return metric.ends_with(fmt::format("}} {}", messages)) ? "" : "it counts otherwise: " + metric;
    }
    return fmt::format("among {} lines there is no queue of this name",
                       core::split(scraped.out, '\n').size());
  }

  std::optional<RequestedStack> further_;
};

TEST_P(RabbitMqWatched, FromOutside) {
  const auto id = container().id();
  const std::string enable = "docker exec SERVER rabbitmq-plugins enable rabbitmq_prometheus";
  attempt(enable + "; " + kScrape,
          [&] {
            const auto why = why_not(docker({arguments_of(enable, {{"SERVER", id}})}));
            return why.empty() ? why_not_scraped(id, target()) : why;
          })
      .works_where("root", "writable")
      .instead(std::string("[rabbitmq_prometheus]., and what else is to be enabled, in FILE, "
                           "FILE:/etc/rabbitmq/enabled_plugins:ro among "
                           "the volumes of the Compose file, docker compose up -d; ") +
                   kScrape,
               [&] { return why_not_scraped(with_lines().container().id(), with_lines().target()); });
  docker({{"exec", id, "rabbitmq-plugins", "disable", kPlugin}});
  attempt(
      "healthcheck: {test: [CMD, rabbitmq-diagnostics, -q, check_running], interval: 3s, timeout: 30s, "
      "retries: 1} in the Compose file (times of this trial): healthy, unhealthy while its application is "
      "stopped, and healthy "
      "again",
      [&] {
        const auto checked = with_lines().container().id();
        for (const auto& [action, health] :
             {std::pair{"", "healthy"}, {"stop_app", "unhealthy"}, {"start_app", "healthy"}}) {
          const std::string word = action;
          auto why = word.empty() ? "" : why_not(docker({{"exec", checked, "rabbitmqctl", word}}));
          if (why.empty()) why = why_not_health(checked, health, soon());
          if (!why.empty()) return (word.empty() ? "" : "after " + word + ": ") + why;
        }
        return std::string();
      });
}

ROOTSEAL_LONGER_SCENARIOS(workflow, RabbitMqWatched, "rabbitmq");

}  // namespace
}  // namespace rootseal::scenarios::watched
