// Looking into a running server: a shell, its log, its processes, and a tool that the image does not have.
#include <fmt/format.h>

#include <filesystem>

#include "service/checksum.hpp"
#include "testing/by_hand.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::look_inside {
namespace {

class LookInside : public Scenario {
 protected:
  [[nodiscard]] std::string id() const { return container().id(); }
};

TEST_P(LookInside, AShellIsAttached) {
  attempt("docker exec -i SERVER bash", [&] {
    const std::string typed = "cd /tmp\necho $((6 * 7)) > /dev/null\necho " + own_name() + " $PWD\nexit\n";
    return why_not_said(docker({{"exec", "-i", id(), "bash"}, typed}), own_name() + " /tmp");
  });
}

TEST_P(LookInside, TheLogIsRead) {
  const std::string token = service::checksum(
      fmt::format("{} {}", own_name(), core::in_seconds(core::Deadline::Clock::now().time_since_epoch())));
  const std::string line = service().provoke_log_line(target(), token);
  attempt("docker logs --tail 1000 SERVER", [&] {
    process::Outcome said;
    const auto arrived = [&] {
      said = docker({{"logs", "--tail", "1000", id()}});
      said.out += said.err;
      const bool there = said.out.find(line) != std::string::npos;
      return there || !said.ok() ? core::Wait::done : core::Wait::again;
    };
    core::wait_until(arrived, deadline().at_most(core::Milliseconds(by_size(10'000, 20'000, 20'000))));
    return why_not_said(said, line);
  });
}

TEST_P(LookInside, ItsProcessesAreListed) {
  const std::string name = docker({{"exec", id(), "cat", "/proc/1/comm"}}).out;
  attempt("docker top SERVER", [&] { return why_not_said(docker({{"top", id(), "-o", "pid,comm"}}), name); });
}

ROOTSEAL_SCENARIOS(workflow, LookInside, kAnyService);

constexpr const char* kDebug =
    "docker run --rm -i --network container:SERVER --pid container:SERVER DEBUG_IMAGE TOOL";

class InstallATool : public Scenario {
 protected:
  void TearDown() override {
    if (!image_.empty()) docker({{"image", "rm", "--force", image_}});
    Scenario::TearDown();
  }
  // An image with a tool that says what it sees of processes and of the network. No step of its Dockerfile
  // runs anything: there would be a container that nobody owns.
  std::string build_debug_image() {
    const auto folder = own_folder("debug-image");
    const auto tool = own_file(
        "tool", "#!/bin/sh\ncat /proc/1/comm /proc/net/tcp /proc/net/tcp6\necho " + container().id() + "\n",
        true);
    std::filesystem::rename(tool, folder / kTool);
    std::filesystem::rename(
        own_file("Dockerfile", fmt::format("FROM {}\nCOPY {} /usr/local/bin/\n", stack().image, kTool)),
        folder / "Dockerfile");
    image_ = "rootseal-debug:" + container().id();
    return why_not(docker({arguments_of("docker build --tag DEBUG_IMAGE FOLDER",
                                        {{"DEBUG_IMAGE", image_}, {"FOLDER", folder.string()}})}));
  }
  [[nodiscard]] process::Outcome debugged() const {
    return docker(
        {beside(stack(), kDebug, {{"SERVER", container().id()}, {"DEBUG_IMAGE", image_}, {"TOOL", kTool}})});
  }

 private:
  static constexpr const char* kTool = "rootseal-tool";
  std::string image_;
};

// The package of attack G07 lies in the container already: no network, and nothing in it but a text.
TEST_P(InstallATool, FromALocalPackage) {
  const std::string id = container().id();
  const std::string package = "/opt/rootseal/payloads/G07.deb";
  const std::string marker = "/usr/share/rootseal-g07/marker";
  attempt("docker exec -u 0 SERVER dpkg -i PACKAGE",
          [&] {
            const auto installed = docker({{"exec", "-u", "0", id, "dpkg", "-i", package}});
            return installed.ok() ? why_not_said(docker({{"exec", id, "cat", marker}}), "rootseal G07")
                                  : why_not(installed);
          })
      .works_where("root", "writable")
      .refused_where("root", "read-only")
      .instead(
          "docker build --tag DEBUG_IMAGE FOLDER, once, with FROM IMAGE and COPY TOOL /usr/local/bin/ in "
          "FOLDER/Dockerfile; then " +
              std::string(kDebug) + ": a container beside it that sees its processes and its network",
          [&] {
            const std::string name = docker({{"exec", id, "cat", "/proc/1/comm"}}).out;
            const auto built = build_debug_image();
            if (!built.empty()) return built;
            const auto ran = debugged();
            for (const auto& seen : {name, fmt::format(":{:04X} ", service().description().port), id}) {
              const auto why = why_not_said(ran, seen);
              if (!why.empty()) return why;
            }
            return std::string();
          });
  docker({{"exec", "-u", "0", id, "dpkg", "--purge", "rootseal-g07"}});
}

ROOTSEAL_LONGER_SCENARIOS(workflow, InstallATool, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios::look_inside
