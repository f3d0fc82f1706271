#include "attack/steps.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/secret.hpp"
#include "core/text.hpp"
#include "engine/files.hpp"
#include "profile/scan_client.hpp"

namespace rootseal::attack {
namespace {

constexpr std::size_t kShown = 300;
constexpr int kCannotExecute = 126, kNotFound = 127;

std::string shown(const std::string& text) { return core::UntrustedText(text).printable(kShown); }

std::string trimmed(const std::string& text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  return end == std::string::npos ? "" : text.substr(0, end + 1);
}

// A step that was carried out but did not answer as it must did something else than the attack: not a
// refusal.
Tried checked(Tried tried, const std::optional<std::string>& expect) {
  if (!tried.done || !expect || tried.answer == *expect) return tried;
  tried.done = false;
  tried.stopped_by = "other";
  tried.text += fmt::format(" (expected '{}', got '{}')", shown(*expect), shown(tried.answer));
  return tried;
}

Tried take_scan(const Step& step, const engine::User& user, const Site& site) {
  const auto answer = profile::ask_scan(*site.container, site.scan, step.argv, user);
  Tried tried;
  tried.done = answer.understood && answer.ok;
  tried.answer = answer.detail;
  if (!tried.done) {
    tried.stopped_by =
        answer.understood ? stopper_of_scan(step.argv.front(), answer.errno_name, answer.noexec) : "other";
  }
  tried.text = fmt::format("scan {}: {}", shown(core::join(step.argv, " ")), answer.text);
  return tried;
}

bool on_noexec_mount(const std::vector<std::string>& argv, const engine::Container& container) {
  const auto table = container.mounts();
  return std::any_of(argv.begin(), argv.end(), [&](const std::string& word) {
    if (word.empty() || word[0] != '/') return false;
    const engine::Mount* mount = engine::mount_of(table, word);
    return mount != nullptr && mount->has("noexec");
  });
}

// A program that is not there, or that did not end in time, was not refused by any protection.
std::string stopper_of_exec(const Step& step, const process::Outcome& outcome,
                            const engine::Container& container) {
  if (outcome.timed_out || outcome.exit_code == kNotFound) return "other";
  const bool noexec = outcome.exit_code == kCannotExecute && on_noexec_mount(step.argv, container);
  return stopper_of_text(outcome.err + outcome.out, noexec, false);
}

Tried take_exec(const Step& step, const engine::User& user, const Site& site) {
  engine::Exec exec;
  exec.argv = step.argv;
  exec.user = user;
  const auto outcome = site.container->exec(exec);
  Tried tried;
  tried.done = outcome.ok();
  tried.answer = trimmed(outcome.out);
  if (!tried.done) tried.stopped_by = stopper_of_exec(step, outcome, *site.container);
  const std::string said =
      core::UntrustedText(outcome.err.empty() ? outcome.out : outcome.err).last_line(kShown);
  tried.text = fmt::format("exec {}: {}{}{}", shown(core::join(step.argv, " ")), outcome.ending(),
                           said.empty() ? "" : ", ", said);
  return tried;
}

Tried take_admin(const Step& step, const Site& site) {
  const auto deadline = core::Deadline::after(core::Milliseconds(30'000));
  const auto reply = site.service->admin()->execute(site.target, *site.container, step.statement, deadline);
  Tried tried;
  tried.done = reply.ok;
  tried.answer = trimmed(reply.text);
  if (!tried.done) tried.stopped_by = stopper_of_text(reply.error, false, true);
  const std::string head = step.statement.substr(0, 120) + (step.statement.size() > 120 ? "..." : "");
  tried.text =
      fmt::format("admin {}: {}", shown(trimmed(head)), shown(reply.ok ? tried.answer : reply.error));
  return tried;
}

void look_at(const Effect& effect, const engine::Files& files, const Site& site,
             const std::optional<std::string>& answer, View& view) {
  bool there = false;
  std::string what = effect.path;
  if (effect.kind == Effect::Kind::file_exists) {
    there = files.stat(effect.path).has_value();
  } else if (effect.kind == Effect::Kind::file_contains) {
    there = files.read(effect.path).value_or("").find(effect.value) != std::string::npos;
    what = fmt::format("'{}' in {}", shown(effect.value), effect.path);
  } else if (effect.kind == Effect::Kind::file_same_as) {
    there = files.same_content(effect.path, effect.value).value_or(false);
    what = fmt::format("the content of {} in {}", effect.value, effect.path);
  } else if (effect.kind == Effect::Kind::root_writable) {
    const auto table = site.container->mounts();
    const engine::Mount* root = engine::mount_of(table, "/");
    there = root != nullptr && root->writable();
    what = fmt::format("a writable root ({})", root == nullptr ? "no mount" : root->text());
  } else {
    there = answer && *answer == effect.value;
    what = fmt::format("the answer '{}'", shown(effect.value));
  }
  if (there) ++view.effects_there;
  if (there && effect.kind != Effect::Kind::answer) view.there.push_back(what);
  view.lines.push_back(fmt::format("seen from outside: {}: {}", what, there ? "there" : "not there"));
}

bool has_tool(const engine::Files& files, const std::string& tool, const std::string& path) {
  if (!tool.empty() && tool[0] == '/') return files.stat(tool).has_value();
  const auto folders = core::split(path, ':');
  return std::any_of(folders.begin(), folders.end(),
                     [&](const auto& folder) { return files.stat(folder + "/" + tool).has_value(); });
}

}  // namespace

engine::User user_of(const std::string& identity, const service::Service& service) {
  return identity == "root" ? engine::User{0, 0} : service.description().user;
}

Tried take(const Step& step, const std::string& identity, const Site& site) {
  const engine::User user = user_of(identity, *site.service);
  if (step.kind == Step::Kind::scan) return checked(take_scan(step, user, site), step.expect);
  if (step.kind == Step::Kind::exec) return checked(take_exec(step, user, site), step.expect);
  return checked(take_admin(step, site), step.expect);
}

View look(const Definition& definition, const Site& site, const std::optional<std::string>& answer) {
  View view;
  const engine::Files files(*site.container);
  for (const auto& effect : definition.effects) look_at(effect, files, site, answer, view);
  for (const auto& path : definition.traces) {
    if (files.stat(path)) view.there.push_back(path);
  }
  return view;
}

std::map<std::string, std::string> environment_of(const engine::Container& container) {
  const auto outcome = container.docker().must(
      {"inspect", "--format", "{{range .Config.Env}}{{println .}}{{end}}", container.id()},
      "reading the container's environment", container.id());
  std::map<std::string, std::string> environment;
  for (const auto& line : core::split(outcome.out, '\n')) {
    const std::size_t equals = line.find('=');
    if (equals != std::string::npos) environment[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return environment;
}

std::string missing_prerequisite(const Definition& definition, const std::string& identity, const Site& site,
                                 const std::map<std::string, std::string>& environment) {
  for (const auto& [name, value] : definition.needs_claims) {
    if (!site.profile->makes(name, value))
      return fmt::format("the profile does not claim '{}: {}'", name, value);
  }
  if (identity == "admin" && site.service->admin() == nullptr) {
    return fmt::format("nobody speaks to {} as its administrator", site.service->description().title);
  }
  if (definition.needs_tools.empty()) return "";
  const engine::Files files(*site.container);
  const auto path = environment.find("PATH");
  const std::string folders = path == environment.end() ? "/usr/sbin:/usr/bin:/sbin:/bin" : path->second;
  for (const auto& tool : definition.needs_tools) {
    if (!has_tool(files, tool, folders)) return fmt::format("the image has no program '{}'", tool);
  }
  return "";
}

}  // namespace rootseal::attack
