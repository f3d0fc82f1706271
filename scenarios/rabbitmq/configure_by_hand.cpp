// What operators of a broker do with its own tools: enable a plug-in, set something for the next start,
// change something at once, save the definitions.
#include <fmt/format.h>

#include <optional>

#include "testing/by_hand.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::configure_by_hand {
namespace {

constexpr const char* kPlugin = "rabbitmq_prometheus";
constexpr const char* kSetting = "heartbeat = 55\n";  // of no consequence here; the default is 60
constexpr const char* kAskSetting = "application:get_env(rabbit, heartbeat).";
constexpr const char* kAsSet = "{ok,55}";

class RabbitMqByHand : public Scenario {
 protected:
  [[nodiscard]] std::string id() const { return container().id(); }
  [[nodiscard]] static process::Outcome in(const std::string& server, std::vector<std::string> program) {
    program.insert(program.begin(), {"exec", "-i", server});
    return docker({program});
  }
};

TEST_P(RabbitMqByHand, ALimitIsChangedAtOnce) {
  attempt("docker exec SERVER rabbitmqctl set_disk_free_limit", [&] {
    const auto set = in(id(), {"rabbitmqctl", "set_disk_free_limit", "50MB"});
    return set.ok()
               ? why_not_said(in(id(), {"rabbitmqctl", "eval", "rabbit_disk_monitor:get_disk_free_limit()."}),
                              "50000000")
               : why_not(set);
  });
}

TEST_P(RabbitMqByHand, DefinitionsAreSaved) {
  const std::string file = "/tmp/" + own_name();
  const std::string wanted = "\"vhosts\"";
  attempt("docker exec SERVER rabbitmqctl export_definitions /tmp/FILE",
          [&] {
            const auto saved = in(id(), {"rabbitmqctl", "export_definitions", file});
            return saved.ok() ? why_not_said(in(id(), {"cat", file}), wanted) : why_not(saved);
          })
      .works_where("root", "writable")
      .instead("docker exec SERVER rabbitmqctl --silent export_definitions - > FILE", [&] {
        return why_not_said(in(id(), {"rabbitmqctl", "--silent", "export_definitions", "-"}), wanted);
      });
  docker({{"exec", "-u", "0", id(), "rm", "-f", file}});
}

ROOTSEAL_LONGER_SCENARIOS(workflow, RabbitMqByHand, "rabbitmq");

// What a broker has to find when it starts: on a read-only root it is mounted, and a new container is needed.
class RabbitMqNextStart : public RabbitMqByHand {
 protected:
  // A broker with the plug-in and the setting from files on this machine.
  const std::string& with_mounts() {
    if (!further_) {
      const auto plugins = own_file("enabled_plugins", fmt::format("[{}].\n", kPlugin));
      const auto setting = own_file("90-setting.conf", kSetting);
      further_.emplace(request_stack(
          "mounted", {fmt::format("services:\n  server:\n    environment:\n"
                                  "      RABBITMQ_ENABLED_PLUGINS_FILE: /etc/rabbitmq/mounted_plugins\n"
                                  "    volumes:\n"
                                  "      - {}:/etc/rabbitmq/mounted_plugins:ro\n"
                                  "      - {}:/etc/rabbitmq/conf.d/90-setting.conf:ro\n",
                                  plugins.string(), setting.string())}));
    }
    return further_->view().container;
  }
  void TearDown() override {
    further_.reset();
    Scenario::TearDown();
  }

 private:
  std::optional<RequestedStack> further_;
};

TEST_P(RabbitMqNextStart, HasThePluginAndTheSetting) {
  const auto why_not_enabled = [](const std::string& server) {
    return why_not(in(server, {"rabbitmq-plugins", "is_enabled", kPlugin}));
  };
  const auto why_not_set = [](const std::string& server) {
    return why_not_said(in(server, {"rabbitmqctl", "eval", kAskSetting}), kAsSet);
  };
  attempt("docker exec SERVER rabbitmq-plugins enable PLUGIN",
          [&] {
            const auto enabled = in(id(), {"rabbitmq-plugins", "enable", kPlugin});
            return enabled.ok() ? why_not_enabled(id()) : why_not(enabled);
          })
      .works_where("root", "writable")
      .refused_where("root", "read-only")
      .instead(
          "[PLUGIN]. in a file, mounted read-only, RABBITMQ_ENABLED_PLUGINS_FILE its place; a new container",
          [&] { return why_not_enabled(with_mounts()); });
  const std::string file = "/etc/rabbitmq/conf.d/90-by-hand.conf";
  attempt("docker exec SERVER sh -c 'cat > /etc/rabbitmq/conf.d/FILE', docker restart SERVER",
          [&] {
            const auto written = docker({{"exec", "-i", id(), "sh", "-c", "cat > " + file}, kSetting});
            if (!written.ok()) return why_not(written);
            stop_server(core::Milliseconds(30'000));
            start_server();
            return why_not_set(id());
          })
      .works_where("root", "writable")
      .refused_where("root", "read-only")
      .instead("the file mounted read-only into /etc/rabbitmq/conf.d; a new container",
               [&] { return why_not_set(with_mounts()); });
  docker({{"exec", "-u", "0", id(), "rm", "-f", file}});
  docker({{"exec", id(), "rabbitmq-plugins", "disable", kPlugin}});
}

ROOTSEAL_LONGER_SCENARIOS(workflow, RabbitMqNextStart, "rabbitmq");

}  // namespace
}  // namespace rootseal::scenarios::configure_by_hand
