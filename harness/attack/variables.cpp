#include "attack/variables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <regex>

#include "core/error.hpp"
#include "core/text.hpp"
#include "record/threat.hpp"

namespace rootseal::attack {
namespace {

const std::vector<std::string> kOwn{"id", "tools", "version"};
constexpr const char* kHex = "hex:";

bool is_hex(const std::string& name) { return name.rfind(kHex, 0) == 0; }

[[noreturn]] void unusable(const std::string& name, const std::string& what) {
  throw core::HarnessError({"filling in an attack", "${" + name + "}", what, ""});
}

std::string payload_as_hex(const std::filesystem::path& folder, const std::string& name) {
  const std::string file = name.substr(std::string(kHex).size());
  if (file.empty() || file.find('/') != std::string::npos)
    unusable(name, "a payload is named without its folder");
  std::ifstream stream(folder / file, std::ios::binary);
  if (!stream) unusable(name, fmt::format("{} cannot be read", (folder / file).string()));
  std::string hex;
  for (auto byte = std::istreambuf_iterator<char>(stream); byte != std::istreambuf_iterator<char>(); ++byte) {
    hex += fmt::format("{:02x}", static_cast<unsigned char>(*byte));
  }
  return hex;
}

std::string value_of(const std::string& name, const Variables& variables) {
  if (is_hex(name)) return payload_as_hex(variables.payloads, name);
  const auto found = variables.values.find(name);
  if (found == variables.values.end()) unusable(name, "nobody gives it a value");
  if (found->second.empty()) unusable(name, "its value is not known here");
  return found->second;
}

// Applies `change` to every text that may hold a variable.
void for_each_text(Definition& definition, const std::function<void(std::string&)>& change) {
  for (auto* steps : {&definition.action, &definition.undo}) {
    for (auto& step : *steps) {
      std::for_each(step.argv.begin(), step.argv.end(), change);
      change(step.statement);
      if (step.expect) change(*step.expect);
    }
  }
  for (auto& effect : definition.effects) {
    change(effect.path);
    change(effect.value);
  }
  std::for_each(definition.traces.begin(), definition.traces.end(), change);
  for (auto& expectation : definition.blocked_when) {
    auto& places = expectation.not_writable;
    std::for_each(places.begin(), places.end(), change);
  }
}

std::size_t line_of(const std::filesystem::path& file, const std::string& text) {
  std::ifstream stream(file);
  std::string line;
  for (std::size_t number = 1; std::getline(stream, line); ++number) {
    if (line.find(text) != std::string::npos) return number;
  }
  return 1;
}

void check_text(const Definition& definition, const std::string& text,
                const std::optional<std::vector<std::string>>& facts) {
  static const std::regex form("[a-z][a-z0-9_]*");
  static const std::regex inner(R"(\$\{([^${}]*)\})");
  const auto complain = [&](const std::string& name, const std::string& what, const std::string& next) {
    const auto line = line_of(definition.file, "${" + name);
    throw core::UsageError(
        {"reading the attack", fmt::format("{}:{}", definition.file.string(), line), what, next});
  };
  std::string rest = text;
  std::smatch match;
  while (std::regex_search(rest, match, inner)) {
    const std::string name = match[1];
    const bool own = is_hex(name) || std::find(kOwn.begin(), kOwn.end(), name) != kOwn.end();
    if (!own && !std::regex_match(name, form))
      complain(name, fmt::format("'${{{}}}' is not a variable", name), "");
    if (!own && facts && std::find(facts->begin(), facts->end(), name) == facts->end()) {
      complain(name, fmt::format("the service has no fact '{}'", name),
               core::known_and_nearest(name, *facts));
    }
    rest = match.prefix().str() + "x" + match.suffix().str();
  }
  if (rest.find("${") != std::string::npos) complain("", "a '${' is not closed", "");
}

}  // namespace

std::string expanded(const std::string& text, const Variables& variables) {
  std::string done;
  std::string rest = text;
  for (std::size_t end = rest.find('}'); end != std::string::npos; end = rest.find('}')) {
    const std::size_t start = rest.rfind("${", end);
    if (start == std::string::npos) {
      done += rest.substr(0, end + 1);
      rest = rest.substr(end + 1);
      continue;
    }
    rest.replace(start, end + 1 - start, value_of(rest.substr(start + 2, end - start - 2), variables));
  }
  return done + rest;
}

Definition expanded(Definition definition, const Variables& variables) {
  for_each_text(definition, [&](std::string& text) { text = expanded(text, variables); });
  return definition;
}

void check_variables(const Definition& definition, const std::optional<std::vector<std::string>>& facts) {
  Definition copy = definition;
  for_each_text(copy, [&](const std::string& text) { check_text(definition, text, facts); });
}

void validate(const Definition& definition, const service::Description& service) {
  std::vector<std::string> facts;
  for (const auto& [name, value] : service.facts) facts.push_back(name);
  check_variables(definition, facts);
  const bool of_it_alone = definition.services == std::vector<std::string>{service.name};
  for (const auto& threat : record::kThreats) {
    if (threat.key != definition.threat || threat.of.empty() || threat.of == service.kind || !of_it_alone)
      continue;
    throw core::UsageError({"reading the attack", definition.file.string(),
                            fmt::format("the threat '{}' does not concern a {}", threat.key, service.kind),
                            fmt::format("it concerns a {}", threat.of)});
  }
}

}  // namespace rootseal::attack
