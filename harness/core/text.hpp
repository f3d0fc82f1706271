// core/text: small functions on names. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rootseal::core {

// The candidate with the smallest edit distance to `name`, or empty when none is near: when more than a third
// of the letters, and more than two, differ.
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);
// "unknown profile 'redonly' (known: baseline, readonly); did you mean 'readonly'?" without the leading
// words.
std::string known_and_nearest(std::string_view name, const std::vector<std::string>& candidates);
// Shell glob: * ? [...].
bool glob_matches(const std::string& pattern, const std::string& text);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::vector<std::string> split(std::string_view text, char separator);  // keeps empty parts; "" gives {}
// "/anywhere/scenarios/x/y.cpp" and "../../scenarios/x/y.cpp" -> "scenarios/x/y.cpp": the file of a scenario
// or workload, wherever it was compiled. Other paths stay as they are.
std::string scenario_path(const std::string& file);

}  // namespace rootseal::core
