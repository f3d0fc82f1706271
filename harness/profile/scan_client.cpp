#include "profile/scan_client.hpp"

#include <fmt/format.h>

#include "core/secret.hpp"

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

}  // namespace rootseal::profile
