#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <set>

#include "attack/attack.hpp"
#include "attack/variables.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "profile/strict_yaml.hpp"
#include "record/threat.hpp"

namespace rootseal::attack {
namespace {

namespace fs = std::filesystem;
using profile::Reader;
using Texts = std::vector<std::string>;

const Texts kKeys{"id",        "title",  "threat",   "severity", "references",   "identities",
                  "needs",     "action", "effect",   "undo",     "traces",       "blocked_when",
                  "by_design", "remedy", "liveness", "stack",    "dormant_where"};
const Texts kSeverities{"low", "medium", "high", "critical"};
const Texts kIdentities{"root", "service", "admin", "client", "engine"};
const Texts kWithSteps{"root", "service", "admin", "engine"};  // for whom there are kinds of steps
constexpr const char* kForAll = "any";                         // folder of what is tried on every service
constexpr const char* kComposeService = "server";              // the one service of every Compose file here

Texts threats() {
  Texts keys;
  for (const auto& threat : record::kThreats) keys.emplace_back(threat.key);
  return keys;
}

std::map<std::string, std::string> claims_of(const Reader& reader) {
  Texts names;
  for (const auto& [name, values] : profile::known_claims()) names.push_back(name);
  reader.allow(names);
  std::map<std::string, std::string> claims;
  for (const auto& [name, value] : reader.members()) {
    const auto& known = profile::known_claims().at(name);
    claims[name] =
        known.empty() ? value.text() : value.one_of(known, fmt::format("value of the claim '{}'", name));
  }
  if (claims.empty()) reader.refuse("no claim is named");
  return claims;
}

Texts identities_of(const Reader& reader) {
  Texts all;
  for (const auto& item : reader.items()) {
    all.push_back(item.one_of(kIdentities, "identity"));
    if (std::find(kWithSteps.begin(), kWithSteps.end(), all.back()) == kWithSteps.end()) {
      item.refuse(fmt::format("no step acts as '{}' yet", all.back()),
                  "known: " + core::join(kWithSteps, ", "));
    }
  }
  if (all.empty()) reader.refuse("no identity is named");
  return all;
}

Texts words_of(const Reader& reader) {
  Texts words = reader.texts();
  if (words.empty()) reader.refuse("the list is empty");
  return words;
}

const std::map<std::string, Step::Kind> kSteps{{"scan", Step::Kind::scan},
                                               {"exec", Step::Kind::exec},
                                               {"admin", Step::Kind::admin},
                                               {"copy", Step::Kind::copy},
                                               {"restart", Step::Kind::restart}};

Step step_of(const Reader& reader) {
  reader.allow({"scan", "exec", "admin", "copy", "restart", "expect"});
  Step step;
  int kinds = 0;
  for (const auto& [key, kind] : kSteps) {
    if (!reader.has(key)) continue;
    ++kinds;
    step.kind = kind;
    if (kind == Step::Kind::admin) {
      step.statement = reader.at(key).text();
    } else if (kind == Step::Kind::restart) {
      if (!reader.at(key).boolean()) reader.at(key).refuse("a step that does not restart is no step");
    } else {
      step.argv = words_of(reader.at(key));
    }
  }
  if (kinds != 1) reader.refuse("a step has exactly one of scan, exec, admin, copy, restart");
  if (step.kind == Step::Kind::copy && step.argv.size() != 2)
    reader.at("copy").refuse("a copy needs a path and a text", "write it like [/etc/x, text]");
  if (reader.has("expect")) step.expect = reader.at("expect").text();
  return step;
}

std::vector<Step> steps_of(const Reader& reader) {
  std::vector<Step> steps;
  for (const auto& item : reader.items()) steps.push_back(step_of(item));
  return steps;
}

Effect file_effect(const Reader& reader) {
  reader.allow({"file", "contains", "same_as"});
  Effect effect;
  effect.path = reader.at("file").text();
  if (reader.has("contains") && reader.has("same_as"))
    reader.refuse("an effect has one of contains, same_as");
  if (reader.has("contains"))
    effect = {Effect::Kind::file_contains, effect.path, reader.at("contains").text()};
  if (reader.has("same_as")) effect = {Effect::Kind::file_same_as, effect.path, reader.at("same_as").text()};
  return effect;
}

Effect effect_of(const Reader& reader) {
  reader.allow({"file", "contains", "same_as", "root", "full", "answer"});
  int kinds = 0;
  for (const char* kind : {"file", "root", "full", "answer"}) kinds += reader.has(kind) ? 1 : 0;
  if (kinds != 1) reader.refuse("an effect has exactly one of file, root, full, answer");
  if (reader.has("file")) return file_effect(reader);
  if (reader.has("full")) {
    reader.allow({"full"});
    return {Effect::Kind::full, reader.at("full").text(), ""};
  }
  if (reader.has("root")) {
    reader.allow({"root"});
    return {Effect::Kind::root_writable, "/", reader.at("root").one_of({"writable"}, "value of 'root'")};
  }
  reader.allow({"answer"});
  return {Effect::Kind::answer, "", reader.at("answer").text()};
}

void read_expectations(Definition& definition, const Reader& reader) {
  for (const auto& item : reader.items()) {
    item.allow({"claims", "not_writable", "identities"});
    Expectation expectation{claims_of(item.at("claims")), {}, identities_of(item.at("identities"))};
    if (item.has("not_writable")) expectation.not_writable = words_of(item.at("not_writable"));
    for (const auto& identity : expectation.identities) {
      const auto& own = definition.identities;
      if (std::find(own.begin(), own.end(), identity) == own.end()) {
        item.at("identities").refuse(fmt::format("'{}' is not among the identities of the attack", identity));
      }
    }
    definition.blocked_when.push_back(std::move(expectation));
  }
}

Definition::Liveness liveness_of(const Reader& reader) {
  reader.allow({"with", "protection", "on"});
  const Reader with = reader.at("with");
  if (!with.is_map()) with.refuse("'with' is not a map of Compose keys of the service");
  YAML::Node override_file;
  override_file["services"][kComposeService] = with.node();
  return {YAML::Dump(override_file) + "\n", reader.at("protection").text(), claims_of(reader.at("on"))};
}

Definition::Dormant dormant_of(const Reader& reader) {
  reader.allow({"setting", "value", "note"});
  return {reader.at("setting").text(), reader.at("value").text(), reader.at("note").text()};
}

void read_needs(Definition& definition, const Reader& reader) {
  reader.allow({"tools", "claims"});
  if (reader.has("tools")) definition.needs_tools = reader.at("tools").texts();
  if (reader.has("claims")) definition.needs_claims = claims_of(reader.at("claims"));
}

std::string id_of(const Reader& reader, const fs::path& file) {
  static const std::regex form("[A-Z][0-9]{2}[a-z]?");
  const std::string id = reader.text();
  if (!std::regex_match(id, form))
    reader.refuse(fmt::format("'{}' is not an id", id), "write it like G01 or P09a");
  const std::string stem = file.stem().string();
  if (stem != id && stem.rfind(id + "-", 0) != 0) {
    reader.refuse(fmt::format("id '{}' does not stand in the name of the file", id),
                  fmt::format("call it {}-....yaml", id));
  }
  return id;
}

void read_what_it_is(Definition& definition, const Reader& reader) {
  definition.id = id_of(reader.at("id"), definition.file);
  definition.title = reader.at("title").text();
  definition.threat = reader.at("threat").one_of(threats(), "threat");
  definition.severity = reader.at("severity").one_of(kSeverities, "severity");
  definition.references = reader.at("references").texts();
  definition.identities = identities_of(reader.at("identities"));
  definition.remedy = reader.at("remedy").text();
  if (reader.has("by_design")) definition.by_design = reader.at("by_design").boolean();
  if (reader.has("stack")) definition.own_stack = reader.at("stack").one_of({"own"}, "stack") == "own";
}

void read_what_it_does(Definition& definition, const Reader& reader) {
  if (reader.has("needs")) read_needs(definition, reader.at("needs"));
  definition.action = steps_of(reader.at("action"));
  if (definition.action.empty()) reader.at("action").refuse("there is no step");
  for (const auto& item : reader.at("effect").items()) definition.effects.push_back(effect_of(item));
  if (definition.effects.empty())
    reader.at("effect").refuse("an effect that can be seen from outside is missing");
  definition.undo = steps_of(reader.at("undo"));
  if (reader.has("traces")) definition.traces = reader.at("traces").texts();
  read_expectations(definition, reader.at("blocked_when"));
  if (reader.has("liveness")) definition.liveness = liveness_of(reader.at("liveness"));
  if (reader.has("dormant_where")) definition.dormant_where = dormant_of(reader.at("dormant_where"));
}

bool has_step(const Definition& definition, Step::Kind kind) {
  const auto of_kind = [&](const Step& step) { return step.kind == kind; };
  return std::any_of(definition.action.begin(), definition.action.end(), of_kind) ||
         std::any_of(definition.undo.begin(), definition.undo.end(), of_kind);
}

// Who speaks to the server, or to the engine, is that identity and no other; a restart ends what others do.
void check_steps(const Definition& definition, const Reader& reader) {
  if (has_step(definition, Step::Kind::admin) && definition.identities != Texts{"admin"}) {
    reader.at("identities").refuse("an attack with admin steps is of the identity admin alone");
  }
  if (has_step(definition, Step::Kind::copy) && definition.identities != Texts{"engine"}) {
    reader.at("identities").refuse("an attack with copy steps is of the identity engine alone");
  }
  if (has_step(definition, Step::Kind::restart) && !definition.own_stack)
    reader.at("action").refuse("a step restarts the server that others use", "add 'stack: own'");
}

}  // namespace

Definition load(const fs::path& file) {
  const Reader reader = Reader::open(file, "attack");
  reader.allow(kKeys);
  Definition definition;
  definition.file = file;
  const std::string folder = file.parent_path().filename().string();
  if (folder != kForAll) definition.services = {folder};
  read_what_it_is(definition, reader);
  read_what_it_does(definition, reader);
  check_steps(definition, reader);
  check_variables(definition, {});
  return definition;
}

std::vector<Definition> load_all(const fs::path& folder) {
  if (!fs::is_directory(folder)) {
    throw core::UsageError({"loading the attacks", folder.string(), "there is no such folder", ""});
  }
  std::vector<Definition> all;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const bool below_a_service = entry.path().parent_path().parent_path() == folder;
    if (below_a_service && entry.path().extension() == ".yaml") all.push_back(load(entry.path()));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  const auto twin =
      std::adjacent_find(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id == b.id; });
  if (twin != all.end()) {
    throw core::UsageError({"loading the attacks", std::next(twin)->file.string(),
                            fmt::format("id {} is taken by {}", twin->id, twin->file.string()),
                            "give it a free id"});
  }
  return all;
}

std::vector<std::string> threats_without_attack(const std::vector<Definition>& all,
                                                const service::Description& service) {
  const auto tried = select(all, service.name, "*");
  std::vector<std::string> missing;
  for (const auto& threat : record::kThreats) {
    const bool concerns = threat.of.empty() || threat.of == service.kind;
    const bool covered = std::any_of(tried.begin(), tried.end(), [&](const Definition& definition) {
      return definition.threat == threat.key;
    });
    if (concerns && !covered) missing.emplace_back(threat.key);
  }
  return missing;
}

std::vector<Definition> select(const std::vector<Definition>& all, const std::string& service,
                               const std::string& glob) {
  std::vector<Definition> chosen;
  for (const auto& definition : all) {
    const auto& of = definition.services;
    const bool ours = of.empty() || std::find(of.begin(), of.end(), service) != of.end();
    if (ours && core::glob_matches(glob, definition.id)) chosen.push_back(definition);
  }
  return chosen;
}

}  // namespace rootseal::attack
