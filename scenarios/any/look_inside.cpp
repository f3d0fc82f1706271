// Looking into a running server: a shell, its log, its processes, and a tool that the image does not have.
#include <fmt/format.h>

#include "service/checksum.hpp"
#include "testing/by_hand.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios {
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

class InstallATool : public Scenario {};

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
          "docker run --rm --user 0 --pid container:SERVER --network container:SERVER --volumes-from "
          "SERVER:ro "
          "IMAGE sh -c 'dpkg -i PACKAGE && TOOL': a container beside it, with the tool",
          [&] {
            const std::string name = docker({{"exec", id, "cat", "/proc/1/comm"}}).out;
            auto line = beside(stack());
            line.insert(line.end(),
                        {"--user", "0", "--pid", "container:" + id, "--network", "container:" + id,
                         "--volumes-from", id + ":ro", "--entrypoint", "sh", stack().image, "-c",
                         "dpkg -i " + package + " >&2 && cat " + marker + " && cat /proc/1/comm"});
            const auto ran = docker({line});
            const auto why = why_not_said(ran, "rootseal G07");
            return why.empty() ? why_not_said(ran, name) : why;
          });
  docker({{"exec", "-u", "0", id, "dpkg", "--purge", "rootseal-g07"}});
}

ROOTSEAL_LONGER_SCENARIOS(workflow, InstallATool, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios
