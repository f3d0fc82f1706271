#include "core/places.hpp"

#include <cstdlib>

#include "core/error.hpp"

namespace rootseal::core {

namespace fs = std::filesystem;

fs::path programs_folder() { return fs::read_symlink("/proc/self/exe").parent_path(); }

fs::path project_above(const fs::path& start) {
  for (fs::path folder = start; folder != folder.root_path(); folder = folder.parent_path()) {
    if (fs::exists(folder / "compose") && fs::exists(folder / "scenarios/attacks")) return folder;
  }
  throw HarnessError({"looking for the project's folder", start.string(),
                      "neither this folder nor one above it holds compose/ and scenarios/attacks/",
                      "set ROOTSEAL_HOME to the project's folder"});
}

fs::path project_folder() {
  const char* home = std::getenv("ROOTSEAL_HOME");
  return home != nullptr ? fs::path(home) : project_above(programs_folder());
}

}  // namespace rootseal::core
