// attack/variables: the ${...} of attack files. Not part of the library's interface.
//   ${id} the attack's id; ${tools} where rootseal's tools are mounted; ${version} of the server;
//   ${hex:NAME} a payload's content in hexadecimal; every other name is a fact of the service.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "attack/attack.hpp"

namespace rootseal::attack {

struct Variables {
  std::map<std::string, std::string> values;
  std::filesystem::path payloads;
};

// Inner ones first, so that ${hex:P09a-${version}.so} works. Throws HarnessError for an unknown name, an
// empty value or a payload that cannot be read.
std::string expanded(const std::string& text, const Variables& variables);
Definition expanded(Definition definition, const Variables& variables);

// Throws UsageError naming file and line when a ${...} of the definition is malformed, or (`facts` given)
// unknown.
void check_variables(const Definition& definition, const std::optional<std::vector<std::string>>& facts);

}  // namespace rootseal::attack
