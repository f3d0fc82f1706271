// Files go in and come out, as developers do it with `docker cp`.
#include <fmt/format.h>

#include "testing/by_hand.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::copy_files {
namespace {

constexpr const char* kAnywhere =
    "/dev/shm";  // the engine gives it to every container, writable for everybody

constexpr const char* kBesideIt =
    "docker run --rm -i --pid container:SERVER --network container:SERVER -v PROGRAM:/tool:ro --entrypoint "
    "/tool IMAGE";

class CopyFiles : public Scenario {
 protected:
  [[nodiscard]] std::string id() const { return container().id(); }
  // What the server's own process 1 is called: who sees it is inside.
  [[nodiscard]] std::string process_one() const {
    return docker({{"exec", id(), "cat", "/proc/1/comm"}}).out;
  }
  [[nodiscard]] std::string why_not_inside(const std::string& path, const std::string& content) const {
    return why_not_said(docker({{"exec", id(), "cat", path}}), content);
  }
  void remove_inside(const std::string& path) const { docker({{"exec", "-u", "0", id(), "rm", "-f", path}}); }
};

TEST_P(CopyFiles, AProgramGoesIn) {
  const std::string says = own_name();
  const auto tool = own_file("tool.sh", "#!/bin/sh\necho " + says + "\ncat /proc/1/comm\n", true);
  const std::string inside = "/usr/local/bin/" + says;
  attempt("docker cp of a program into /usr/local/bin, docker exec of it",
          [&] {
            const auto copied = docker({{"cp", tool.string(), id() + ":" + inside}});
            if (!copied.ok()) return why_not(copied);
            return why_not_said(docker({{"exec", id(), inside}}), says);
          })
      .works_where("root", "writable")
      .refused_where("root", "read-only")
      .instead(
          kBesideIt + std::string(": a container beside it that sees its processes and its network"), [&] {
            const auto line = beside(
                stack(), kBesideIt, {{"SERVER", id()}, {"PROGRAM", tool.string()}, {"IMAGE", stack().image}});
            return why_not_said(docker({line}), says + "\n" + process_one());
          });
  remove_inside(inside);
}

TEST_P(CopyFiles, ATextGoesIntoTmp) {
  const std::string content = own_name();
  const auto text = own_file("text", content);
  const std::string name = "/" + content;
  attempt("docker cp of a file into /tmp",
          [&] {
            const auto copied = docker({{"cp", text.string(), id() + ":/tmp" + name}});
            return copied.ok() ? why_not_inside("/tmp" + name, content) : why_not(copied);
          })
      .works_where("root", "writable")
      .instead(
          "docker exec -i SERVER sh -c 'cat > /dev/shm/FILE' < FILE: memory that all inside share, so remove "
          "it again",
          [&] {
            const auto written =
                docker({{"exec", "-i", id(), "sh", "-c", "cat > " + (kAnywhere + name)}, content});
            return written.ok() ? why_not_inside(kAnywhere + name, content) : why_not(written);
          });
  remove_inside("/tmp" + name);
  remove_inside(kAnywhere + name);
}

// What a command inside made of it, not the file that the image has.
TEST_P(CopyFiles, AReportComesOut) {
  const std::string command = "cat /proc/1/comm; echo " + own_name();
  const std::string made = process_one() + own_name();
  const std::string report = "/tmp/" + own_name();
  attempt("docker exec of a command that writes to a file in /tmp, docker cp of the file",
          [&] {
            const auto written = docker({{"exec", id(), "sh", "-c", "{ " + command + "; } > " + report}});
            return written.ok() ? why_not_said(docker({{"cp", id() + ":" + report, "-"}}), made)
                                : why_not(written);
          })
      .works_where("root", "writable")
      .instead("docker exec SERVER COMMAND > FILE: the shell outside writes the file", [&] {
        return why_not_said(docker({{"exec", id(), "sh", "-c", command}}), made);
      });
  remove_inside(report);
}

TEST_P(CopyFiles, AFileOfTheImageComesOut) {
  attempt("docker cp of /etc/passwd out", [&] {
    return why_not_said(docker({{"cp", id() + ":/etc/passwd", "-"}}), "root:x:0:0:");
  });
}

ROOTSEAL_SCENARIOS(workflow, CopyFiles, kAnyService);

// Two kinds of tmpfs, and the engine copies into neither; of one it says that it did. Of the engine alone, so
// that no server is needed.
class CopyOntoATmpfs : public Scenario {
 protected:
  void SetUp() override {
    Scenario::SetUp();
    auto line = beside(stack());
    if (claims("root", "read-only")) line.emplace_back("--read-only");
    line.insert(line.end(), {"--detach", "--tmpfs", "/short", "--mount", "type=tmpfs,target=/long",
                             "--entrypoint", "sleep", stack().image, "60"});
    const auto started = docker({line});
    if (!started.ok()) environment_fault("starting a container beside the server: " + why_not(started));
    idle_ = started.out.substr(0, started.out.find('\n'));
  }
  void TearDown() override {
    docker({{"rm", "--force", "--volumes", idle_}});
    Scenario::TearDown();
  }
  [[nodiscard]] bool claims(const std::string& name, const std::string& value) const {
    const auto found = stack().claims.find(name);
    return found != stack().claims.end() && found->second == value;
  }
  void try_both(const std::string& title, const std::string& place) {
    const std::string content = own_name();
    const auto text = own_file("text", content);
    const auto why_not_there = [&](const std::string& path) {
      return why_not_said(docker({{"exec", idle_, "cat", path}}), content);
    };
    attempt(title, [&] {
      const auto copied = docker({{"cp", text.string(), idle_ + ":" + place + "/copied"}});
      if (!copied.ok()) return why_not(copied);
      const auto lost = why_not_there(place + "/copied");
      return lost.empty() ? lost : "the client says that it was copied, but inside: " + lost;
    }).instead("docker exec -i SERVER sh -c 'cat > FILE' < FILE", [&] {
      const auto written = docker({{"exec", "-i", idle_, "sh", "-c", "cat > " + place + "/piped"}, content});
      return written.ok() ? why_not_there(place + "/piped") : why_not(written);
    });
  }

 private:
  std::string idle_;
};

TEST_P(CopyOntoATmpfs, ReachesNeitherKind) {
  try_both("docker cp of a file onto a tmpfs (`tmpfs:` of Compose)", "/short");
  try_both("docker cp of a file onto a tmpfs (`volumes: type: tmpfs` of Compose)", "/long");
}

ROOTSEAL_LONGER_SCENARIOS(workflow, CopyOntoATmpfs, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios::copy_files
