// The configuration lies on the host, mounted read-only; it is edited there. A broker reads it when it
// starts, and a container that is started again mounts what then lies at that place: a new file too.
#include <fmt/format.h>

#include <optional>

#include "testing/by_hand.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios {
namespace {

constexpr const char* kInside = "/etc/rabbitmq/conf.d/90-mounted.conf";

class RabbitMqMountedConfiguration : public Scenario {
 protected:
  void SetUp() override {
    Scenario::SetUp();
    file_ = own_file("90-mounted.conf", "heartbeat = 55\n");  // of no consequence here; the default is 60
    server_.emplace(request_stack(
        "edited",
        {fmt::format("services:\n  server:\n    volumes:\n      - {}:{}:ro\n", file_.string(), kInside)}));
    const auto why = why_not_in_force("55");
    if (!why.empty()) environment_fault("the mounted file is not in force from the start: " + why);
  }
  void TearDown() override {
    server_.reset();
    Scenario::TearDown();
  }

  [[nodiscard]] std::string edited(const std::string& expression) const {
    return why_not(here({"sed", "-i", expression, file_.string()}));
  }
  [[nodiscard]] std::string written(const std::string& text) const {
    return why_not(here({"sh", "-c", "echo \"$1\" > \"$0\"", file_.string(), text}));
  }
  [[nodiscard]] process::Outcome ctl(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"exec", server_->container().id(), "rabbitmqctl"});
    return docker({arguments});
  }
  [[nodiscard]] std::string why_not_in_force(const std::string& seconds) const {
    return why_not_said(ctl({"eval", "application:get_env(rabbit, heartbeat)."}), "{ok," + seconds + "}");
  }
  [[nodiscard]] std::string restarted() const {
    const auto why = why_not(docker({{"restart", "--time", "30", server_->container().id()}}));
    if (why.empty()) server_->wait_ready();
    return why;
  }

 private:
  std::filesystem::path file_;
  std::optional<RequestedStack> server_;
};

TEST_P(RabbitMqMountedConfiguration, IsEditedOnTheHostAndReadAgain) {
  attempt(
      "echo SETTING > FILE on the host, mounted into /etc/rabbitmq/conf.d, rabbitmqctl stop_app, start_app",
      [&] {
        for (const auto& step :
             {written("heartbeat = 56"), why_not(ctl({"stop_app"})), why_not(ctl({"start_app"}))}) {
          if (!step.empty()) return step;
        }
        return why_not_in_force("56");
      })
      .instead("the same, docker restart SERVER", [&] {
        const auto why = restarted();
        return why.empty() ? why_not_in_force("56") : why;
      });
  attempt("sed -i on a file on the host, mounted into /etc/rabbitmq/conf.d, docker restart SERVER",
          [&] {
            for (const auto& step : {edited("s/[0-9]*$/57/"), restarted()}) {
              if (!step.empty()) return step;
            }
            return why_not_in_force("57");
          })
      .works_where("root", "writable")
      .works_where("root", "read-only");
}

ROOTSEAL_LONGER_SCENARIOS(workflow, RabbitMqMountedConfiguration, "rabbitmq");

}  // namespace
}  // namespace rootseal::scenarios
