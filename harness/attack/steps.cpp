#include "attack/steps.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/error.hpp"
#include "core/secret.hpp"
#include "core/text.hpp"
#include "profile/scan_client.hpp"

namespace rootseal::attack {
namespace {

constexpr std::size_t kShown = 300;  // characters of somebody else's text in a message
constexpr int kCannotExecute = 126, kNotFound = 127;

std::string trimmed(const std::string& text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  return end == std::string::npos ? "" : text.substr(0, end + 1);
}

// The mount table tells a read-only root from a file that is mounted read-only; it is asked for a refusal
// only.
std::string by_mount(const std::string& stopper, const std::string& path, const Site& site) {
  return stopper == "EROFS" ? stopper_of_mount(stopper, path, site.container->mounts()) : stopper;
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

std::string stopper_of(const Step& step, const profile::ScanAnswer& answer, const Site& site) {
  if (!answer.understood) return "other";
  return by_mount(stopper_of_scan(step.argv.front(), answer.errno_name, answer.noexec), answer.path, site);
}

Tried tried_scan(const Step& step, const profile::ScanAnswer& answer, const Site& site) {
  Tried tried;
  tried.done = answer.understood && answer.ok;
  tried.answer = answer.detail;
  if (!tried.done) tried.stopped_by = stopper_of(step, answer, site);
  tried.text = fmt::format("scan {}: {}", shown(core::join(step.argv, " ")), answer.text);
  return checked(std::move(tried), step.expect);
}

using Steps = std::vector<Step>::const_iterator;

// Scan steps that follow each other enter the container once. What is to be answered ends them: the next one
// must not be taken when the answer is another.
Steps end_of_scans(Steps from, Steps end) {
  while (from != end && from->kind == Step::Kind::scan) {
    if ((from++)->expect) break;
  }
  return from;
}

std::vector<Tried> take_scans(Steps from, Steps to, bool until_refused, const engine::User& user,
                              const Site& site) {
  std::vector<std::vector<std::string>> questions;
  for (auto step = from; step != to; ++step) questions.push_back(step->argv);
  const auto answers = until_refused
                           ? profile::ask_scans_until_refused(*site.container, site.scan, questions, user)
                           : profile::ask_scans(*site.container, site.scan, questions, user);
  std::vector<Tried> all;
  for (const auto& answer : answers) all.push_back(tried_scan(*from++, answer, site));
  return all;
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
  if (!tried.done)
    tried.stopped_by = by_mount(stopper_of_text(reply.error, false, true), path_in(reply.error), site);
  const std::string head = step.statement.substr(0, 120) + (step.statement.size() > 120 ? "..." : "");
  tried.text =
      fmt::format("admin {}: {}", shown(trimmed(head)), shown(reply.ok ? tried.answer : reply.error));
  return tried;
}

// A file of this machine that is gone with it.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text) {
    const int fd = mkstemp(name_.data());
    if (fd < 0) throw core::HarnessError({"writing a file to copy", name_, "it cannot be created", ""});
    close(fd);
    std::ofstream(name_, std::ios::binary) << text;
  }
  ~TemporaryFile() { unlink(name_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_ = (std::filesystem::temp_directory_path() / "rootseal-copy-XXXXXX").string();
};

// What the holder of the engine's socket does: nothing runs in the container.
Tried take_copy(const Step& step, const Site& site) {
  const TemporaryFile file(step.argv.at(1));
  const auto& path = step.argv.front();
  const auto outcome = site.container->docker().run({"cp", file.name(), site.container->id() + ":" + path});
  Tried tried;
  tried.done = outcome.ok();
  if (!tried.done) tried.stopped_by = stopper_of_text(outcome.err + outcome.out, false, false);
  const std::string said = core::UntrustedText(outcome.err).last_line(kShown);
  tried.text = fmt::format("copy to {}: {}{}{}", path, outcome.ending(), said.empty() ? "" : ", ", said);
  return tried;
}

// The server is stopped and started again: what waits for its next start comes to pass.
Tried take_restart(Site& site) {
  if (!site.target_now)
    throw core::HarnessError({"restarting the server", site.stack, "this stack is not the attack's own", ""});
  site.container->restart(core::Milliseconds(20'000));
  const auto deadline = core::Deadline::after(core::Milliseconds(90'000));
  service::wait_ready(*site.service, site.target_now, *site.container, deadline, site.stack);
  site.target = site.target_now();
  Tried tried;
  tried.done = true;
  tried.text = "restart: the server answers again";
  return tried;
}

Tried take_one(const Step& step, const engine::User& user, Site& site) {
  switch (step.kind) {
    case Step::Kind::exec:
      return take_exec(step, user, site);
    case Step::Kind::admin:
      return take_admin(step, site);
    case Step::Kind::copy:
      return take_copy(step, site);
    case Step::Kind::restart:
      return take_restart(site);
    case Step::Kind::scan:
      break;  // taken together with its neighbours
  }
  return {};
}

}  // namespace

std::string shown(const std::string& text) { return core::UntrustedText(text).printable(kShown); }

engine::User user_of(const std::string& identity, const service::Service& service) {
  const bool as_root = identity == "root" || identity == "engine";
  return as_root ? engine::User{0, 0} : service.description().user;
}

std::vector<Tried> take(const std::vector<Step>& steps, bool until_refused, const std::string& identity,
                        Site& site) {
  const engine::User user = user_of(identity, *site.service);
  std::vector<Tried> all;
  for (auto step = steps.begin(); step != steps.end();) {
    const auto end = end_of_scans(step, steps.end());
    if (end == step) {
      all.push_back(checked(take_one(*step, user, site), step->expect));
      ++step;
    } else {
      auto some = take_scans(step, end, until_refused, user, site);
      all.insert(all.end(), some.begin(), some.end());
      step = end;
    }
    if (until_refused && !all.back().done) break;
  }
  return all;
}

}  // namespace rootseal::attack
