// run/options: what a run was asked to do, and where the project's parts lie. Values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rootseal::run {

enum class Size { quick, standard, full };
std::string to_text(Size size);  // "quick", "default", "full"

enum class Keep { never, on_failure, always };  // what becomes of the stacks of a run that ends
Keep parse_keep(const std::string& text);       // throws UsageError

struct Options {
  std::vector<std::string> services;          // empty = every registered one
  std::map<std::string, std::string> images;  // service -> reference
  std::vector<std::string> profiles;          // empty = every one that the service has
  std::vector<std::string> suites;            // empty = all five
  Size size = Size::standard;
  std::filesystem::path out;  // holds runs/ and latest; default: results/ of the project
  Keep keep = Keep::never;
  std::optional<std::uint64_t> seed;
  std::string scenario_glob = "*";
  std::string attack_glob = "*";
  std::string workload_glob = "*";
  int launches = 0;                // of the performance suite; 0 = what the size says
  std::string transport = "auto";  // of the workloads' connections: auto, netns, socket, published
  std::vector<std::string> plant, plant_delay;  // STACK=SHARE: slow a side down on purpose, to prove the
                                                // method
  std::vector<std::string> argv;                // as given, for the record
};

inline const std::vector<std::string> kSuites{"function", "security", "performance", "recovery", "workflow"};

struct Paths {
  std::filesystem::path home;      // the project: compose/, scenarios/attacks, scripts/, results/
  std::filesystem::path programs;  // rootseal-scenarios, rootseal-workloads, rootseal-reaper
  std::filesystem::path tools;     // what is mounted at /opt/rootseal in every stack
  [[nodiscard]] std::filesystem::path compose() const { return home / "compose"; }
  [[nodiscard]] std::filesystem::path attacks() const { return home / "scenarios/attacks"; }
  [[nodiscard]] std::filesystem::path images_script() const { return home / "scripts/images.sh"; }
  // Where scripts/setup.sh puts a Compose of version 2 on machines that have none.
  [[nodiscard]] std::filesystem::path compose_program() const {
    return home / "build/tools/cli-plugins/docker-compose";
  }
  // From the place of this program (core/places). Throws HarnessError naming what is missing and the command
  // that builds it.
  static Paths find();
};

}  // namespace rootseal::run
