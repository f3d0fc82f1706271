#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "core/error.hpp"
#include "core/text.hpp"
#include "core/units.hpp"
#include "profile/profile.hpp"
#include "profile/strict_yaml.hpp"

namespace rootseal::profile {
namespace {

namespace fs = std::filesystem;
constexpr const char* kBase = "compose.yaml";
constexpr const char* kControl = "baseline";
constexpr const char* kKey = "x-rootseal";

std::vector<std::string> keys(const std::map<std::string, std::vector<std::string>>& of) {
  std::vector<std::string> all;
  for (const auto& [key, value] : of) all.push_back(key);
  return all;
}

Role role_of(const Reader& reader) {
  const std::string text = reader.one_of({"control", "candidate", "specimen"}, "role");
  if (text == "control") return Role::control;
  return text == "candidate" ? Role::candidate : Role::specimen;
}

std::string number(const Reader& reader) {
  static const std::regex form("0|[1-9][0-9]{0,9}");
  const std::string text = reader.text();
  if (!std::regex_match(text, form)) reader.refuse(fmt::format("'{}' is not a whole number", text));
  return text;
}

std::string size(const Reader& reader) {
  try {
    return std::to_string(core::parse_bytes(reader.text()).count);
  } catch (const core::UsageError& error) {
    reader.refuse(error.parts().what, error.parts().next);
  }
}

std::vector<std::string> places(const Reader& reader) {
  std::vector<std::string> paths = reader.texts();
  for (const auto& path : paths) {
    if (path[0] != '/' || path != fs::path(path).lexically_normal().string() ||
        (path.size() > 1 && path.back() == '/')) {
      reader.refuse(fmt::format("'{}' is not the absolute path of a mount", path),
                    "write it like /run/server");
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<std::string> values_of(const std::string& name, const Reader& reader) {
  if (name == "writable") return places(reader);
  if (name == "uid" || name == "pids") return {number(reader)};
  if (name == "memory") return {size(reader)};
  const auto& known = known_claims().at(name);
  const std::string kind = fmt::format("value of the claim '{}'", name);
  if (name != "tmpfs") return {reader.one_of(known, kind)};
  std::vector<std::string> options;
  for (const auto& item : reader.items()) options.push_back(item.one_of(known, kind));
  if (options.empty()) reader.refuse("the claim 'tmpfs' is empty", "name an option, or leave the claim out");
  return options;
}

// The root comes first.
void sort(std::vector<ClaimSpec>& claims) {
  std::sort(claims.begin(), claims.end(), [](const auto& a, const auto& b) {
    return (a.name == "root") > (b.name == "root") ||
           ((a.name == "root") == (b.name == "root") && a.name < b.name);
  });
}

std::vector<ClaimSpec> claims_of(const Reader& reader) {
  const auto names = keys(known_claims());
  reader.allow(names);
  std::vector<ClaimSpec> claims;
  for (const auto& [name, value] : reader.members()) claims.push_back({name, values_of(name, value)});
  sort(claims);
  return claims;
}

void amend(std::vector<ClaimSpec>& claims, const ClaimSpec& claim) {
  const auto at =
      std::find_if(claims.begin(), claims.end(), [&](const auto& c) { return c.name == claim.name; });
  if (at == claims.end()) return claims.push_back(claim);
  if (claim.name != "writable") at->values.clear();
  at->values.insert(at->values.end(), claim.values.begin(), claim.values.end());
  if (claim.name == "writable") std::sort(at->values.begin(), at->values.end());
}

void read_into(Profile& profile, const Reader& document) {
  const Reader reader = document.at(kKey);
  reader.allow({"role", "summary", "claims", "deviations", "settings", "mounts", "logs"});
  profile.role = role_of(reader.at("role"));
  profile.summary = reader.at("summary").text();
  profile.claims = claims_of(reader.at("claims"));
  if (reader.has("deviations")) profile.deviations = reader.at("deviations").texts();
  if (reader.has("settings")) profile.settings = reader.at("settings").texts();
  if (reader.has("mounts")) profile.mounts = places(reader.at("mounts"));
  if (!reader.has("logs")) return;
  profile.logs = reader.at("logs").text();
  if (profile.logs != "console" && profile.logs[0] != '/') {
    reader.at("logs").refuse(fmt::format("'{}' is neither 'console' nor an absolute path", profile.logs));
  }
}

std::vector<std::string> services(const fs::path& compose_dir) {
  std::vector<std::string> all;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(compose_dir, error)) {
    if (fs::exists(entry.path() / kBase)) all.push_back(entry.path().filename().string());
  }
  std::sort(all.begin(), all.end());
  return all;
}

[[noreturn]] void unknown(const std::string& kind, const std::string& name,
                          const std::vector<std::string>& known) {
  throw core::UsageError({fmt::format("looking for the {}", kind), name, fmt::format("unknown {}", kind),
                          core::known_and_nearest(name, known)});
}

}  // namespace

const std::map<std::string, std::vector<std::string>>& known_claims() {
  static const std::map<std::string, std::vector<std::string>> claims{
      {"root", {"read-only", "writable"}},
      {"writable", {}},
      {"tmpfs", {"noexec", "nosuid", "nodev", "sized"}},
      {"capabilities", {"none"}},
      {"no-new-privileges", {"true"}},
      {"uid", {}},
      {"pids", {}},
      {"memory", {}}};
  return claims;
}

std::string to_text(Role role) {
  if (role == Role::control) return "control";
  return role == Role::candidate ? "candidate" : "specimen";
}

std::string ClaimSpec::text() const { return core::join(values, ", "); }

const ClaimSpec* Profile::claim(const std::string& claim_name) const {
  const auto found =
      std::find_if(claims.begin(), claims.end(), [&](const auto& c) { return c.name == claim_name; });
  return found == claims.end() ? nullptr : &*found;
}

bool Profile::makes(const std::string& claim_name, const std::string& value) const {
  const ClaimSpec* found = claim(claim_name);
  return found != nullptr &&
         std::find(found->values.begin(), found->values.end(), value) != found->values.end();
}

std::vector<std::string> names(const fs::path& compose_dir, const std::string& service) {
  const auto known = services(compose_dir);
  if (std::find(known.begin(), known.end(), service) == known.end()) unknown("service", service, known);
  std::vector<std::string> all;
  for (const auto& entry : fs::directory_iterator(compose_dir / service)) {
    const fs::path file = entry.path();
    if (file.extension() == ".yaml" && file.filename() != kBase) all.push_back(file.stem().string());
  }
  std::sort(all.begin(), all.end());
  all.insert(all.begin(), kControl);
  return all;
}

void amend(Profile& profile, const std::string& override_text, const std::string& subject) {
  const Reader document = Reader::parse(override_text, subject, "override");
  if (!document.has(kKey)) return;
  const Reader reader = document.at(kKey);
  reader.allow({"claims"});
  for (const auto& claim : claims_of(reader.at("claims"))) amend(profile.claims, claim);
  sort(profile.claims);
}

Profile load(const fs::path& compose_dir, const std::string& service, const std::string& name) {
  const auto known = names(compose_dir, service);
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    unknown(fmt::format("profile of {}", service), name, known);
  }
  Profile profile;
  profile.service = service;
  profile.name = name;
  profile.files = {compose_dir / service / kBase};
  if (name != kControl) profile.files.push_back(compose_dir / service / (name + ".yaml"));
  read_into(profile, Reader::open(profile.files.back(), profile.files.back().filename().string()));
  return profile;
}

}  // namespace rootseal::profile
