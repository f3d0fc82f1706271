// run: doctor. Is this machine fit for a run, and what to do if not.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "core/error.hpp"
#include "core/units.hpp"
#include "engine/docker.hpp"
#include "run/images.hpp"
#include "run/plan.hpp"
#include "run/run.hpp"

namespace rootseal::run {
namespace {

constexpr core::Bytes kMemoryWanted{4ULL << 30U};  // eight servers side by side
constexpr core::Bytes kDiskWanted{4ULL << 30U};    // images, volumes, layers

enum class Fitness { good, doubtful, bad };

struct Ailments {
  bool unfit = false;
  void say(Fitness fitness, const std::string& what, const std::string& found, const std::string& next = "") {
    const char* mark = fitness == Fitness::good       ? "ok      "
                       : fitness == Fitness::doubtful ? "doubtful"
                                                      : "NOT FIT ";
    fmt::print("{}  {:<10} {}{}{}\n", mark, what, found, next.empty() ? "" : "\n                     -> ",
               next);
    unfit |= fitness == Fitness::bad;
  }
};

void look_at_memory(Ailments& ailments, const record::Environment& environment) {
  const core::Bytes memory{environment.memory};
  ailments.say(memory < kMemoryWanted ? Fitness::doubtful : Fitness::good, "memory", core::to_text(memory),
               memory < kMemoryWanted ? "run one service at a time with --service" : "");
}

void look_at_disk(Ailments& ailments, const engine::Docker& docker) {
  const auto root = docker.run({"info", "--format", "{{.DockerRootDir}}"});
  std::string folder = root.out.substr(0, root.out.find('\n'));
  std::error_code error;
  const auto space = std::filesystem::space(folder, error);
  if (error)
    return ailments.say(Fitness::doubtful, "disk", "the engine's folder cannot be seen from here: " + folder);
  const core::Bytes free{space.available};
  ailments.say(free < kDiskWanted ? Fitness::bad : Fitness::good, "disk",
               fmt::format("{} free in {}", core::to_text(free), folder),
               free < kDiskWanted ? "free space: scripts/images.sh --prune, docker system df" : "");
}

void look_at_cpus(Ailments& ailments) {
  const auto cpus = cpus_of_this_process();
  const bool enough = cpus.size() >= 2;
  ailments.say(enough ? Fitness::good : Fitness::doubtful, "cpus",
               fmt::format("{}{}", cpus.size(), enough ? ": client and servers are pinned apart" : ""),
               enough ? "" : "with one CPU client and servers compete: timings are recorded as unpinned");
  for (const auto& limit : measuring_limits()) ailments.say(Fitness::doubtful, "measuring", limit);
  std::array<double, 1> load{};
  if (::getloadavg(load.data(), 1) == 1 && load[0] > 1.0 + static_cast<double>(cpus.size()) / 2) {
    ailments.say(Fitness::doubtful, "load",
                 fmt::format("load average {:.1f} on {} CPUs: intervals will be wide", load[0], cpus.size()),
                 "stop what else runs before measuring");
  }
  const bool root = geteuid() == 0;
  ailments.say(
      root ? Fitness::good : Fitness::doubtful, "root", root ? "yes" : "no",
      root ? "" : "effects inside containers are looked at through /proc/<pid>/root, which needs root");
}

void look_at_images(Ailments& ailments, const engine::Docker& docker, const Paths& paths) {
  for (const auto& name : service::names()) {
    const auto& official = service::find(name).description().official_image;
    const auto printed = docker.runner().run({{paths.images_script().string(), "--print", name}, "", {}});
    const auto line = printed.out.substr(0, printed.out.find('\n'));
    const auto reference = line.substr(line.rfind(' ') + 1);
    const bool here = docker.image(official) || (printed.ok() && docker.image(reference));
    ailments.say(here ? Fitness::good : Fitness::doubtful, "image",
                 name + ": " + (here ? "here" : "not here yet"),
                 here ? "" : fmt::format("the first run pulls {} or builds {}", official, reference));
  }
}

}  // namespace

int doctor(const Paths& paths, process::Runner& runner) {
  Ailments ailments;
  try {
    const engine::Docker docker(runner, engine::Docker::Ask::everything, paths.compose_program());
    const auto& environment = docker.environment();
    ailments.say(Fitness::good, "engine",
                 fmt::format("Docker {}, {}, {}, cgroup {}", environment.docker, environment.runtime,
                             environment.storage_driver, environment.cgroup));
    ailments.say(Fitness::good, "compose", environment.compose);
    look_at_memory(ailments, environment);
    look_at_disk(ailments, docker);
    look_at_images(ailments, docker, paths);
  } catch (const core::HarnessError& error) {
    ailments.say(Fitness::bad, "engine", error.parts().what, error.parts().next);
  }
  look_at_cpus(ailments);
  return ailments.unfit ? 3 : 0;
}

}  // namespace rootseal::run
