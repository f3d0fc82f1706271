// A container of a test's own, started by `docker run` with the test's options and gone with this object. The
// image is the first of ours by its name, whichever was built last; nothing in it runs but `sleep`. Also used
// by the integration tests of attack/.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/places.hpp"
#include "core/text.hpp"
#include "engine/container.hpp"
#include "engine/resources.hpp"
#include "process/command.hpp"

namespace rootseal::testing_support {

class TestContainer {
 public:
  explicit TestContainer(const std::vector<std::string>& options) : docker_(runner_) {
    std::vector<std::string> args{"run",  "--detach",     "--init=false", "--network",
                                  "none", "--entrypoint", "sleep"};
    args.insert(args.end(), {"--label", std::string(engine::kRunLabel) + "=" + run_.str()});
    args.insert(args.end(),
                {"--label", std::string(engine::kOwnerLabel) + "=" + engine::owner_of_this_process()});
    args.insert(args.end(), {"--volume", (core::programs_folder().parent_path() / "tools-mount").string() +
                                             ":/opt/rootseal:ro"});
    args.insert(args.end(), options.begin(), options.end());
    args.insert(args.end(), {image(), "600"});
    id_ = docker_.must(args, "starting a container for a test", "docker run").out;
    id_.erase(id_.find_last_not_of(" \n") + 1);
  }
  ~TestContainer() { docker_.run({"rm", "--force", "--volumes", id_}); }
  TestContainer(const TestContainer&) = delete;
  TestContainer& operator=(const TestContainer&) = delete;

  [[nodiscard]] engine::Container container() const { return {docker_, id_}; }
  [[nodiscard]] const engine::Docker& docker() const { return docker_; }
  // On this machine, not in the container: `nsenter` into the mount namespace of PID 1.
  process::Outcome from_outside(std::vector<std::string> words) {
    std::vector<std::string> argv{"nsenter", "--target", std::to_string(container().state().pid), "--mount",
                                  "--"};
    argv.insert(argv.end(), words.begin(), words.end());
    return runner_.run({argv, "", {}});
  }

 private:
  std::string image() const {
    const auto listed =
        docker_.must({"images", "--format", "{{.Repository}}:{{.Tag}}", "--filter", "reference=rootseal/*"},
                     "looking for an image", "rootseal/*");
    auto images = core::split(listed.out, '\n');
    std::erase(images, "");
    if (!images.empty()) return *std::min_element(images.begin(), images.end());
    throw core::HarnessError(
        {"looking for an image", "rootseal/*", "there is none", "run scripts/images.sh"});
  }

  process::SystemRunner runner_;
  engine::Docker docker_;
  core::RunId run_ = core::RunId::make();
  std::string id_;
};

}  // namespace rootseal::testing_support
