// The configuration lies on the host, mounted read-only; it is edited there. A broker reads it when its
// application starts. A file that is mounted singly is that file: an editor that puts a new one in its place
// changes nothing inside, on any root, before the container is started again, which mounts what then lies
// there.
#include <fmt/format.h>

#include <optional>

#include "testing/by_hand.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::mounted_configuration {
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
  [[nodiscard]] std::string why_not_in_force_again(const std::string& seconds) const {
    for (const auto* action : {"stop_app", "start_app"}) {
      const auto why = why_not(ctl({action}));
      if (!why.empty()) return why;
    }
    return why_not_in_force(seconds);
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
        const auto why = written("heartbeat = 56");
        return why.empty() ? why_not_in_force_again("56") : why;
      })
      .works_where("root", "writable")
      .works_where("root", "read-only");
  // Inside, the file is still the one that was there when the container started.
  attempt("sed -i on FILE on the host, mounted into /etc/rabbitmq/conf.d, rabbitmqctl stop_app, start_app",
          [&] {
            const auto why = edited("s/56$/57/");
            return why.empty() ? why_not_in_force_again("57") : why;
          })
      .instead("the same, docker restart SERVER", [&] {
        const auto why = restarted();
        return why.empty() ? why_not_in_force("57") : why;
      });
}

ROOTSEAL_LONGER_SCENARIOS(workflow, RabbitMqMountedConfiguration, "rabbitmq");

}  // namespace
}  // namespace rootseal::scenarios::mounted_configuration
