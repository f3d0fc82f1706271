#include "verdict/advice_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "core/text.hpp"
#include "verdict/advice.hpp"
#include "verdict/names.hpp"

namespace rootseal::verdict {

using record::Stack;

constexpr double kMiB = 1024 * 1024;
constexpr std::array kSuites{"function", "recovery", "security", "performance", "workflow"};

bool of(const std::string& row, const Stack& stack) { return base_of(row) == stack.id; }

const record::Claim* holding(const Stack& stack, const std::string& name) {
  const auto found = std::find_if(stack.claims.begin(), stack.claims.end(), [&](const auto& claim) {
    return claim.name == name && claim.holds == true;
  });
  return found == stack.claims.end() ? nullptr : &*found;
}

bool harness_own(const record::Check& check) {
  return check.id == record::kStartCheck || check.id == record::kClaimsCheck;
}

std::string Mount::setting(const std::string& name) const {
  for (const auto& each : settings) {
    if (each.starts_with(name + "=")) return each.substr(name.size() + 1);
  }
  return "";
}

std::optional<Mount> mount_at(const Stack& stack, const std::string& place) {
  std::optional<Mount> found;
  for (const auto& line : stack.mounts) {
    const auto words = core::split(line, ' ');
    if (words.size() < 3 || words[0] != place) continue;
    found = Mount{words[1], core::split(words[2], ','), {words.begin() + 3, words.end()}};
  }
  return found;
}

std::vector<std::string> list_of(const record::Claim& claim) {
  std::vector<std::string> all;
  for (const auto& each : core::split(claim.value, ',')) {
    all.push_back(each.substr(std::min(each.find_first_not_of(' '), each.size())));
  }
  return all;
}

bool makes(const Stack& stack, const std::string& name, const std::string& value) {
  const auto* claim = holding(stack, name);
  return claim != nullptr && claim->value == value;
}

double power_of_two(double bytes) { return std::exp2(std::ceil(std::log2(std::max(bytes, kMiB)))); }

bool is_compose_file(const record::File& file) { return file.name.ends_with(".yaml"); }

Passed passed(const record::Record& record, const Stack& stack) {
  std::map<std::string, std::string> suites;  // by id
  for (const auto& check : record.checks) {
    if (of(check.stack, stack) && check.verdict == record::Verdict::pass && !harness_own(check))
      suites[check.id] = check.suite;
  }
  Passed all;
  for (const auto& [id, suite] : suites) all.ids.push_back(id);
  std::vector<std::string> counts;
  for (const char* suite : kSuites) {
    const auto count =
        std::count_if(suites.begin(), suites.end(), [&](const auto& each) { return each.second == suite; });
    if (count > 0) counts.push_back(fmt::format("{} {}", suite, count));
  }
  all.text = fmt::format("{} check{}", suites.size(), suites.size() == 1 ? " passes" : "s pass");
  if (!counts.empty()) all.text += fmt::format(" ({})", core::join(counts, ", "));
  return all;
}

std::string Part::at(const std::string& section, const std::string& row) const {
  return fmt::format("{}: {}{}{}", stack_.id, section, row.empty() ? "" : " ", row);
}

void Part::add(const std::string& id, const std::string& title, const std::string& why,
               const std::string& lines, std::vector<std::string> evidence, const std::string& kind) {
  all_.push_back({stack_.service + "/" + id, stack_.service, title, why, lines, kind, std::move(evidence)});
}

std::optional<double> Part::used(const std::string& resource) const {
  std::optional<double> most;
  for (const auto& row : record_.resources) {
    if (of(row.stack, stack_) && row.name == resource) most = std::max(most.value_or(row.value), row.value);
  }
  return most;
}

const record::Check* Part::passing(const std::string& scenario) const {
  const auto found = std::find_if(record_.checks.begin(), record_.checks.end(), [&](const auto& check) {
    return check.stack == stack_.id && check.id.starts_with(scenario + ".") &&
           check.verdict == record::Verdict::pass;
  });
  return found == record_.checks.end() ? nullptr : &*found;
}

const record::Comparison* Part::slower_to_connect() const {
  const auto found =
      std::find_if(record_.comparisons.begin(), record_.comparisons.end(), [&](const auto& row) {
        return row.stack == stack_.id && row.workload.starts_with("connect") && row.metric == "p50" &&
               row.interval && row.interval->ci_low > 1;
      });
  return found == record_.comparisons.end() ? nullptr : &*found;
}

}  // namespace rootseal::verdict
