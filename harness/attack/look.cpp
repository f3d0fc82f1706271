// What can be seen of an attack from outside, and what it needs before it can be tried.
#include <fmt/format.h>

#include <algorithm>

#include "attack/steps.hpp"
#include "core/secret.hpp"
#include "core/text.hpp"
#include "engine/files.hpp"

namespace rootseal::attack {
namespace {

constexpr std::uint64_t kLeftOver = 64U << 10U;  // bytes: with less, a file system is full

void look_at(const Effect& effect, const engine::Files& files, const Site& site,
             const std::optional<std::string>& answer, View& view) {
  bool there = false;
  std::string what = effect.path;
  if (effect.kind == Effect::Kind::file_exists) {
    there = files.stat(effect.path).has_value();
  } else if (effect.kind == Effect::Kind::file_contains) {
    there = files.read(effect.path).value_or("").find(effect.value) != std::string::npos;
    what = fmt::format("'{}' in {}", shown(effect.value), effect.path);
  } else if (effect.kind == Effect::Kind::file_same_as) {
    there = files.same_content(effect.path, effect.value).value_or(false);
    what = fmt::format("the content of {} in {}", effect.value, effect.path);
  } else if (effect.kind == Effect::Kind::root_writable) {
    const auto table = site.container->mounts();
    const engine::Mount* root = engine::mount_of(table, "/");
    there = root != nullptr && root->writable();
    what = fmt::format("a writable root ({})", root == nullptr ? "no mount" : root->text());
  } else if (effect.kind == Effect::Kind::full) {
    there = files.room(effect.path).value_or(kLeftOver) < kLeftOver;
    what = fmt::format("a full file system at {}", effect.path);
  } else {
    there = answer && *answer == effect.value;
    what = fmt::format("the answer '{}'", shown(effect.value));
  }
  if (there) ++view.effects_there;
  if (there && effect.kind != Effect::Kind::answer) view.there.push_back(what);
  view.lines.push_back(fmt::format("seen from outside: {}: {}", what, there ? "there" : "not there"));
}

bool has_tool(const engine::Files& files, const std::string& tool, const std::string& path) {
  if (!tool.empty() && tool[0] == '/') return files.stat(tool).has_value();
  const auto folders = core::split(path, ':');
  return std::any_of(folders.begin(), folders.end(),
                     [&](const auto& folder) { return files.stat(folder + "/" + tool).has_value(); });
}

}  // namespace

View look(const Definition& definition, const Site& site, const std::optional<std::string>& answer) {
  View view;
  const engine::Files files(*site.container);
  for (const auto& effect : definition.effects) look_at(effect, files, site, answer, view);
  for (const auto& path : definition.traces) {
    if (files.stat(path)) view.there.push_back(path);
  }
  return view;
}

std::map<std::string, std::string> environment_of(const engine::Container& container) {
  const auto outcome = container.docker().must(
      {"inspect", "--format", "{{range .Config.Env}}{{println .}}{{end}}", container.id()},
      "reading the container's environment", container.id());
  std::map<std::string, std::string> environment;
  for (const auto& line : core::split(outcome.out, '\n')) {
    const std::size_t equals = line.find('=');
    if (equals != std::string::npos) environment[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return environment;
}

std::string missing_prerequisite(const Definition& definition, const std::string& identity, const Site& site,
                                 const std::map<std::string, std::string>& environment) {
  for (const auto& [name, value] : definition.needs_claims) {
    if (!site.profile->makes(name, value))
      return fmt::format("the profile does not claim '{}: {}'", name, value);
  }
  if (identity == "admin" && site.service->admin() == nullptr) {
    return fmt::format("nobody speaks to {} as its administrator", site.service->description().title);
  }
  if (definition.needs_tools.empty()) return "";
  const engine::Files files(*site.container);
  const auto path = environment.find("PATH");
  const std::string folders = path == environment.end() ? "/usr/sbin:/usr/bin:/sbin:/bin" : path->second;
  for (const auto& tool : definition.needs_tools) {
    if (!has_tool(files, tool, folders)) return fmt::format("the image has no program '{}'", tool);
  }
  return "";
}

}  // namespace rootseal::attack
