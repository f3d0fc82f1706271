#include "profile/scan_client.hpp"

#include <fmt/format.h>

#include "core/secret.hpp"
#include "core/text.hpp"

namespace rootseal::profile {
namespace {

std::string summary(const ScanAnswer& answer) {
  const std::string path = core::UntrustedText(answer.path).printable(200);
  const std::string detail = core::UntrustedText(answer.detail).printable(200);
  if (answer.ok) return fmt::format("{}: done{}{}", path, detail.empty() ? "" : ", ", detail);
  const std::string name = answer.errno_name.empty() ? "failed" : answer.errno_name;
  return fmt::format("{}: {}{} ({})", path, name, answer.noexec ? " on a noexec mount" : "", detail);
}

std::string what_came(const process::Outcome& outcome) {
  const std::string said = core::UntrustedText(outcome.err.empty() ? outcome.out : outcome.err).last_line();
  return fmt::format("rootseal-scan gave no answer: {}{}{}", outcome.ending(), said.empty() ? "" : ", ",
                     said);
}

}  // namespace

ScanAnswer parse_scan(const process::Outcome& outcome) {
  ScanAnswer answer;
  answer.text = what_came(outcome);
  auto json = nlohmann::json::parse(outcome.out, nullptr, false);
  if (!json.is_object() || outcome.timed_out || outcome.exit_code > 1) return answer;
  try {
    answer.ok = json.at("ok").get<bool>();
    answer.error = json.at("errno").get<int>();
    answer.errno_name = json.at("errno_name").get<std::string>();
    answer.path = json.at("path").get<std::string>();
    answer.detail = json.at("detail").get<std::string>();
    answer.noexec = json.value("noexec", false);
  } catch (const nlohmann::json::exception&) {
    return answer;
  }
  answer.understood = answer.ok == (outcome.exit_code == 0);
  if (answer.understood) answer.text = summary(answer);
  answer.json = std::move(json);
  return answer;
}

ScanAnswer ask_scan(const engine::Container& container, const std::string& scan,
                    const std::vector<std::string>& words, const engine::User& user) {
  engine::Exec exec;
  exec.argv = {scan};
  exec.argv.insert(exec.argv.end(), words.begin(), words.end());
  exec.user = user;
  exec.limit = core::Milliseconds(60'000);
  return parse_scan(container.exec(exec));
}

std::vector<ScanAnswer> parse_scans(const process::Outcome& outcome, std::size_t count) {
  std::vector<ScanAnswer> answers;
  bool all_done = true;
  for (const auto& line : core::split(outcome.out, '\n')) {
    if (line.empty()) continue;
    process::Outcome one = outcome;
    one.out = line;
    const auto json = nlohmann::json::parse(line, nullptr, false);
    const bool ok = json.is_object() && json.value("ok", false);
    if (outcome.exit_code <= 1) one.exit_code = ok ? 0 : 1;
    all_done = all_done && ok;
    answers.push_back(parse_scan(one));
  }
  // An answer too few, or an exit status that contradicts the lines: none of them is believed.
  const bool consistent = answers.size() == count && all_done == (outcome.exit_code == 0);
  if (!consistent) {
    answers.assign(count, ScanAnswer{});
    for (auto& answer : answers) answer.text = what_came(outcome);
  }
  return answers;
}

std::vector<ScanAnswer> ask_scans(const engine::Container& container, const std::string& scan,
                                  const std::vector<std::vector<std::string>>& questions,
                                  const engine::User& user) {
  if (questions.empty()) return {};
  engine::Exec exec;
  exec.argv = {scan};
  for (const auto& words : questions) {
    if (exec.argv.size() > 1) exec.argv.emplace_back("--");
    exec.argv.insert(exec.argv.end(), words.begin(), words.end());
  }
  exec.user = user;
  exec.limit = core::Milliseconds(60'000);
  return parse_scans(container.exec(exec), questions.size());
}

}  // namespace rootseal::profile
