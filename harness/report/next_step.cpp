#include "report/next_step.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace rootseal::report {
namespace {

bool is_plain(const std::string& word) {
  return !word.empty() && std::isalnum(static_cast<unsigned char>(word[0])) != 0 &&
         std::all_of(word.begin(), word.end(), [](unsigned char c) {
           return c < 128 && (std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.');
         });
}

std::string option(const char* name, const std::string& value) {
  return is_plain(value) ? fmt::format(" --{} {}", name, value) : "";
}

}  // namespace

std::string to_repeat(const record::Check& check, const std::string& service) {
  std::string command = "scripts/run.sh" + option("service", service) + option("suite", check.suite);
  if (check.id == record::kStartCheck || check.id == record::kClaimsCheck) return command;
  if (check.suite == "performance") return command + option("workload", check.id);
  const std::string family = check.id.substr(0, check.id.find('.'));
  return is_plain(family) ? command + fmt::format(" --scenario '{}.*'", family) : command;
}

std::string to_repeat(const record::Attack& attack, const std::string& service) {
  return "scripts/run.sh" + option("service", service) + " --suite security" + option("attack", attack.id);
}

std::string to_measure(const std::string& service, const std::vector<std::string>& workloads, int launches) {
  const std::string size = launches > 0 ? " --full" : "";  // it judges what needs so many
  std::string command = "scripts/run.sh" + size + option("service", service) + " --suite performance";
  std::string names;
  for (const auto& each : workloads) {
    if (is_plain(each)) names += (names.empty() ? "" : ",") + each;
  }
  if (!names.empty()) command += " --workload " + names;
  return launches > 0 ? command + fmt::format(" --launches {}", launches) : command;
}

}  // namespace rootseal::report
