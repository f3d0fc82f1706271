#include "run/options.hpp"

#include "core/error.hpp"
#include "core/places.hpp"
#include "core/text.hpp"

namespace rootseal::run {

namespace fs = std::filesystem;

std::string to_text(Size size) {
  return size == Size::quick ? "quick" : size == Size::full ? "full" : "default";
}

Keep parse_keep(const std::string& text) {
  if (text == "never") return Keep::never;
  if (text == "on-failure") return Keep::on_failure;
  if (text == "always") return Keep::always;
  throw core::UsageError({"reading --keep", text, "unknown value",
                          core::known_and_nearest(text, {"never", "on-failure", "always"})});
}

Paths Paths::find() {
  Paths paths;
  paths.programs = core::programs_folder();
  paths.tools = paths.programs.parent_path() / "tools-mount";
  paths.home = core::project_folder();
  const std::vector<fs::path> needed{paths.compose(),
                                     paths.attacks(),
                                     paths.tools / "rootseal-scan",
                                     paths.programs / "rootseal-scenarios",
                                     paths.programs / "rootseal-workloads",
                                     paths.programs / "rootseal-reaper"};
  for (const auto& path : needed) {
    if (!fs::exists(path)) {
      throw core::HarnessError({"looking for rootseal's own parts", path.string(), "not there",
                                "build with scripts/run.sh, or set ROOTSEAL_HOME to the project's folder"});
    }
  }
  return paths;
}

}  // namespace rootseal::run
