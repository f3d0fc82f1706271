#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "attack/attack.hpp"
#include "attack/steps.hpp"
#include "core/error.hpp"
#include "core/secret.hpp"
#include "core/text.hpp"
#include "profile/scan_client.hpp"

namespace rootseal::attack {
namespace {

using nlohmann::json;
constexpr std::size_t kExamples = 50, kPathShown = 500;

std::string text_of(const json& value) {
  return core::UntrustedText(value.get<std::string>()).printable(kPathShown);
}

std::vector<std::string> texts_of(const json& list) {
  std::vector<std::string> texts;
  for (const auto& item : list) texts.push_back(text_of(item));
  return texts;
}

void read_counts(record::Surface& surface, const json& answer) {
  answer.at("directories_seen").get_to(surface.directories_seen);
  answer.at("files_seen").get_to(surface.files_seen);
  answer.at("writable_dirs").get_to(surface.writable_dirs);
  answer.at("writable_files").get_to(surface.writable_files);
  answer.at("executable_dirs").get_to(surface.executable_dirs);
  answer.at("replaceable_executables").get_to(surface.replaceable_executables);
  answer.at("replaceable_configs").get_to(surface.replaceable_configs);
  answer.at("setuid_files").get_to(surface.setuid_files);
}

// Mounts that only seem writable are named in the note, not in the table.
std::vector<std::string> read_mounts(record::Surface& surface, const json& mounts) {
  std::vector<std::string> refused;
  for (const auto& mount : mounts) {
    const std::string path = text_of(mount.at("path"));
    if (!mount.at("confirmed").get<bool>()) {
      refused.push_back(fmt::format("{} ({})", path, text_of(mount.at("errno_name"))));
      continue;
    }
    surface.mounts.push_back({path, text_of(mount.at("type")), text_of(mount.at("options")),
                              !mount.at("noexec").get<bool>(), mount.at("size").get<std::uint64_t>()});
  }
  return refused;
}

void read_answer(record::Surface& surface, const json& answer) {
  read_counts(surface, answer);
  surface.examples = texts_of(answer.at("topmost"));
  if (surface.examples.size() > kExamples) surface.examples.resize(kExamples);
  const auto refused = read_mounts(surface, answer.at("mounts"));
  surface.note = fmt::format(
      "uid {}: faccessat2 on every directory and file, each mount confirmed by one real file; left out: {}",
      answer.at("uid").get<unsigned>(), core::join(texts_of(answer.at("skipped")), ", "));
  const auto unreadable = answer.at("unreadable_dirs").get<std::uint64_t>();
  if (unreadable > 0) surface.note += fmt::format("; {} directories could not be looked into", unreadable);
  if (!refused.empty()) surface.note += "; permitted but refused when tried: " + core::join(refused, ", ");
  surface.measured = true;
}

// The places of the claim `writable`, and where they lead: the claim may go through a link.
std::vector<std::string> declared_places(const Site& site) {
  const auto* claim = site.profile->claim("writable");
  return claim == nullptr ? std::vector<std::string>{} : claim->values;
}

void measure(record::Surface& surface, const Site& site) {
  std::vector<std::string> places = declared_places(site);
  std::vector<std::vector<std::string>> questions{{"surface"}};
  for (const auto& place : places) questions.push_back({"resolve", place});
  const auto user = user_of(surface.identity, *site.service);
  const auto answers = profile::ask_scans(*site.container, site.scan, questions, user);
  const auto& answer = answers.front();
  if (!answer.understood || !answer.ok) {
    surface.note = answer.text;
    return;
  }
  read_answer(surface, answer.json);
  for (std::size_t i = 1; i < answers.size(); ++i) {
    if (answers[i].ok) places.push_back(answers[i].path);
  }
  std::vector<std::string> writable;
  for (const auto& mount : surface.mounts) writable.push_back(mount.path);
  surface.undeclared =
      undeclared(writable, places, site.profile->makes("root", "writable"), site.container->mounts());
}

}  // namespace

std::vector<std::string> undeclared(const std::vector<std::string>& writable,
                                    const std::vector<std::string>& declared, bool root_declared,
                                    const std::vector<engine::Mount>& table) {
  std::vector<std::string> rest;
  for (const auto& place : writable) {
    if (std::find(declared.begin(), declared.end(), place) != declared.end()) continue;
    if (place == "/" && root_declared) continue;
    const engine::Mount* mount = engine::mount_of(table, place);
    const bool of_engine = mount != nullptr && mount->target == place && engine::engine_provided(*mount);
    if (!of_engine) rest.push_back(place);
  }
  return rest;
}

record::Surface measure_surface(const Site& site, const std::string& identity) {
  record::Surface surface;
  surface.stack = site.stack;
  surface.service = site.service->description().name;
  surface.profile = site.profile->name;
  surface.identity = identity;
  try {
    measure(surface, site);
  } catch (const core::Interrupted&) {
    throw;
  } catch (const std::exception& error) {
    surface.measured = false;
    surface.note = error.what();
  }
  return surface;
}

}  // namespace rootseal::attack
