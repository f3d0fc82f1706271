#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <nlohmann/json.hpp>
#include <set>

#include "core/error.hpp"
#include "core/text.hpp"
#include "engine/compose.hpp"

namespace rootseal::engine {
namespace {

using nlohmann::json;

// One file of the project, or one text.
struct Source {
  std::string name;
  YAML::Node root;
};

[[noreturn]] void refuse(const std::string& name, const YAML::Mark& mark, const std::string& why) {
  const std::string place = mark.is_null() ? name : fmt::format("{}:{}", name, mark.line + 1);
  throw core::UsageError({"reading a Compose file", place, why, ""});
}

template <typename Load>
Source load(const std::string& name, Load loader) {
  try {
    Source source{name, loader()};
    if (!source.root.IsMap()) refuse(name, source.root.Mark(), "not a Compose file: no keys at the top");
    return source;
  } catch (const YAML::Exception& error) {
    refuse(name, error.mark, error.msg);
  }
}

std::vector<Source> load_all(const ProjectSpec& spec) {
  std::vector<Source> sources;
  for (const auto& file : spec.files) {
    sources.push_back(load(file.string(), [&] { return YAML::LoadFile(file.string()); }));
  }
  int number = 0;
  for (const std::string& text : spec.override_texts) {
    const std::string name = fmt::format("override text {}", ++number);
    sources.push_back(load(name, [&] { return YAML::Load(text); }));
  }
  if (sources.empty()) refuse(spec.name, YAML::Mark::null_mark(), "the project has no file");
  return sources;
}

json scalar_as_json(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return text;  // quoted
  if (text == "true" || text == "false") return text == "true";
  const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
  const bool usual = text.size() < 18 && (text == "0" || text.front() != '0');
  if (!text.empty() && digits && usual) return std::stoll(text);
  return text;
}

json as_json(const YAML::Node& node) {
  if (node.IsScalar()) return scalar_as_json(node);
  if (node.IsSequence()) {
    json list = json::array();
    for (const auto& item : node) list.push_back(as_json(item));
    return list;
  }
  if (!node.IsMap()) return nullptr;
  json map = json::object();
  for (const auto& entry : node) map[entry.first.Scalar()] = as_json(entry.second);
  return map;
}

// Compose would take a dollar sign for a variable.
std::string literal(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '$' ? "$$" : std::string(1, c);
  return out;
}

json labels_of(const ProjectSpec& spec) {
  json labels = json::object();
  for (const auto& [name, value] : spec.labels) labels[name] = literal(value);
  return labels;
}

// "a=b" in a list, or a map.
json with_labels(json definition, const json& ours) {
  json labels = json::object();
  const json theirs = definition.value("labels", json());
  for (const auto& item : theirs) {
    if (!theirs.is_array() || !item.is_string()) break;
    const std::vector<std::string> parts = core::split(item.get<std::string>(), '=');
    labels[parts.at(0)] =
        item.get<std::string>().substr(std::min(item.get<std::string>().size(), parts[0].size() + 1));
  }
  if (theirs.is_object()) labels = theirs;
  labels.update(ours);
  definition["labels"] = std::move(labels);
  return definition;
}

// What the files together say of a top-level section, the later ones over the earlier.
json merged_section(const std::vector<Source>& sources, const char* section) {
  json merged = json::object();
  for (const Source& source : sources) {
    const YAML::Node node = source.root[section];
    if (!node || node.IsNull()) continue;
    if (!node.IsMap()) refuse(source.name, node.Mark(), fmt::format("'{}' is not a map", section));
    const json found = as_json(node);
    for (const auto& [key, definition] : found.items()) {
      json& into = merged[key];
      if (!into.is_object()) into = json::object();
      if (definition.is_object()) into.update(definition);
    }
  }
  return merged;
}

std::string only_service(const std::vector<Source>& sources) {
  std::string service;
  for (const Source& source : sources) {
    const YAML::Node services = source.root["services"];
    if (!services) continue;
    if (!services.IsMap()) refuse(source.name, services.Mark(), "'services' is not a map");
    for (const auto& entry : services) {
      const std::string key = entry.first.Scalar();
      if (!service.empty() && key != service) {
        refuse(source.name, entry.first.Mark(),
               fmt::format("service '{}' beside '{}': a stack has exactly one", key, service));
      }
      service = key;
    }
  }
  if (service.empty()) refuse(sources.front().name, sources.front().root.Mark(), "it has no service");
  return service;
}

YAML::Node volumes_of(const Source& source, const std::string& service) {
  const YAML::Node services = source.root["services"];
  if (!services || !services[service].IsDefined() || !services[service].IsMap()) return YAML::Node();
  const YAML::Node volumes = services[service]["volumes"];
  return volumes ? volumes : YAML::Node();
}

std::string replacement_key(const std::string& key) { return "rootseal-" + key; }

// The service's mounts of volumes that are to be replaced, by target, with the replacement in their place.
std::map<std::string, json> replaced_mounts(const std::vector<Source>& sources, const std::string& service,
                                            const ProjectSpec& spec) {
  std::map<std::string, json> mounts;
  for (const Source& source : sources) {
    for (const auto& node : volumes_of(source, service)) {
      json mount = as_json(node);
      std::string target, key;
      if (mount.is_string()) {
        std::vector<std::string> parts = core::split(mount.get<std::string>(), ':');
        if (parts.size() < 2) continue;
        key = parts[0];
        target = parts[1];
        parts[0] = replacement_key(key);
        mount = core::join(parts, ":");
      } else if (mount.is_object()) {
        key = mount.value("source", "");
        target = mount.value("target", "");
        mount["source"] = replacement_key(key);
      }
      mounts.erase(target);
      if (spec.volumes.count(key) != 0) mounts[target] = mount;
    }
  }
  return mounts;
}

json service_override(const std::vector<Source>& sources, const std::string& service,
                      const ProjectSpec& spec) {
  json override = {{"labels", labels_of(spec)}};
  json volumes = json::array();
  for (auto& [target, mount] : replaced_mounts(sources, service, spec)) volumes.push_back(mount);
  for (const std::string& bind : spec.read_only_binds) volumes.push_back(literal(bind) + ":ro");
  if (!volumes.empty()) override["volumes"] = std::move(volumes);
  for (const auto& [name, value] : spec.service_environment) {
    override["environment"][name] = literal(value);
  }
  return override;
}

bool external(const json& definition) {
  return definition.contains("external") && definition.at("external") != json(false);
}

// Our labels on all of a section that is not somebody else's.
json labelled_section(const json& section, const json& labels, Merging merging) {
  json out = json::object();
  for (const auto& [key, definition] : section.items()) {
    if (external(definition)) continue;
    out[key] = merging == Merging::merges ? json{{"labels", labels}} : with_labels(definition, labels);
  }
  return out;
}

}  // namespace

std::string generated_override(const ProjectSpec& spec, Merging merging) {
  const std::vector<Source> sources = load_all(spec);
  const std::string service = only_service(sources);
  json networks = merged_section(sources, "networks");
  if (!networks.contains("default")) networks["default"] = json::object();
  const json named = merged_section(sources, "volumes");
  json volumes = labelled_section(named, labels_of(spec), merging);
  for (const auto& [key, name] : spec.volumes) {
    if (!named.contains(key)) {
      std::vector<std::string> known;
      for (const auto& [one, definition] : named.items()) known.push_back(one);
      refuse(sources.front().name, YAML::Mark::null_mark(),
             fmt::format("no volume '{}' to replace ({})", key, core::known_and_nearest(key, known)));
    }
    volumes[replacement_key(key)] = {{"external", true}, {"name", name}};
  }
  json override = {{"services", {{service, service_override(sources, service, spec)}}},
                   {"networks", labelled_section(networks, labels_of(spec), merging)}};
  if (!volumes.empty()) override["volumes"] = std::move(volumes);
  return override.dump(2) + "\n";
}

}  // namespace rootseal::engine
