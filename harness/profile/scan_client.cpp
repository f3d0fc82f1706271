#include "profile/scan_client.hpp"

#include <fmt/format.h>

#include <algorithm>

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
  return parse_scan(container.exec(exec));
}

namespace {

std::vector<ScanAnswer> parse_lines(const process::Outcome& outcome) {
  std::vector<ScanAnswer> answers;
  for (const auto& line : core::split(outcome.out, '\n')) {
    if (line.empty()) continue;
    process::Outcome one = outcome;
    one.out = line;
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (outcome.exit_code <= 1) one.exit_code = json.is_object() && json.value("ok", false) ? 0 : 1;
    answers.push_back(parse_scan(one));
  }
  return answers;
}

// An answer too few, or an exit status that contradicts the lines: none of them is believed.
std::vector<ScanAnswer> believed(std::vector<ScanAnswer> answers, bool consistent, std::size_t count,
                                 const process::Outcome& outcome) {
  if (consistent) return answers;
  answers.assign(count, ScanAnswer{});
  for (auto& answer : answers) answer.text = what_came(outcome);
  return answers;
}

bool all_done(const std::vector<ScanAnswer>& answers) {
  return std::all_of(answers.begin(), answers.end(), [](const ScanAnswer& answer) { return answer.ok; });
}

process::Outcome ask(const engine::Container& container, const std::string& scan,
                     const std::vector<std::vector<std::string>>& questions, const std::string& between,
                     const engine::User& user) {
  engine::Exec exec;
  exec.argv = {scan};
  for (const auto& words : questions) {
    if (exec.argv.size() > 1) exec.argv.push_back(between);
    exec.argv.insert(exec.argv.end(), words.begin(), words.end());
  }
  exec.user = user;
  return container.exec(exec);
}

}  // namespace

std::vector<ScanAnswer> parse_scans(const process::Outcome& outcome, std::size_t count) {
  auto answers = parse_lines(outcome);
  const bool consistent = answers.size() == count && all_done(answers) == (outcome.exit_code == 0);
  return believed(std::move(answers), consistent, count, outcome);
}

std::vector<ScanAnswer> parse_scans_until_refused(const process::Outcome& outcome, std::size_t count) {
  auto answers = parse_lines(outcome);
  const bool whole = answers.size() == count && all_done(answers) && outcome.exit_code == 0;
  const auto refused = std::find_if(answers.begin(), answers.end(), [](const auto& one) { return !one.ok; });
  const bool ended = refused != answers.end() && std::next(refused) == answers.end() &&
                     answers.size() <= count && outcome.exit_code != 0;
  return believed(std::move(answers), whole || ended, 1, outcome);
}

std::vector<ScanAnswer> ask_scans(const engine::Container& container, const std::string& scan,
                                  const std::vector<std::vector<std::string>>& questions,
                                  const engine::User& user) {
  if (questions.empty()) return {};
  return parse_scans(ask(container, scan, questions, "--", user), questions.size());
}

std::vector<ScanAnswer> ask_scans_until_refused(const engine::Container& container, const std::string& scan,
                                                const std::vector<std::vector<std::string>>& questions,
                                                const engine::User& user) {
  if (questions.empty()) return {};
  return parse_scans_until_refused(ask(container, scan, questions, "&&", user), questions.size());
}

}  // namespace rootseal::profile
