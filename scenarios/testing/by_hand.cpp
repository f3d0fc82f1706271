#include "testing/by_hand.hpp"

#include <fmt/format.h>

#include <fstream>

#include "core/error.hpp"
#include "core/secret.hpp"
#include "engine/docker.hpp"
#include "engine/resources.hpp"
#include "testing/session.hpp"

namespace rootseal::scenarios {

namespace fs = std::filesystem;

namespace {

constexpr core::Milliseconds kLimit{60'000};

process::Outcome run(std::vector<std::string> argv, const Typed& typed) {
  process::Command command;
  command.argv = std::move(argv);
  command.argv.insert(command.argv.end(), typed.arguments.begin(), typed.arguments.end());
  command.input = typed.input;
  command.environment = typed.environment;
  command.limit = kLimit;
  return Session::instance().docker().runner().run(command);
}

fs::path in_work_dir(const std::string& name) {
  return Session::instance().context().work_dir / fs::path(name).filename();
}

}  // namespace

process::Outcome docker(const Typed& typed) { return run({"docker"}, typed); }

process::Outcome docker_to(const fs::path& file, const Typed& typed) {
  return run({"sh", "-c", "exec docker \"$@\" > \"$0\"", file.string()}, typed);
}

process::Outcome here(const std::vector<std::string>& program) { return run(program, {}); }

std::string why_not(const process::Outcome& outcome) {
  if (outcome.ok()) return "";
  const auto words = core::UntrustedText(outcome.err.empty() ? outcome.out : outcome.err).last_line();
  return outcome.ending() + (words.empty() ? "" : ": " + words);
}

std::string why_not_said(const process::Outcome& outcome, const std::string& wanted) {
  if (!outcome.ok() || outcome.out.find(wanted) != std::string::npos) return why_not(outcome);
  return fmt::format("it ended well, but said \"{}\" instead of \"{}\"",
                     core::UntrustedText(outcome.out).printable(200), wanted);
}

std::vector<std::string> beside(const wire::StackView& stack) {
  std::vector<std::string> arguments{"run", "--rm", "--interactive"};
  const std::map<std::string, std::string> labels{{engine::kRunLabel, Session::instance().context().run},
                                                  {engine::kOwnerLabel, engine::owner_of_this_process()},
                                                  {engine::kStackLabel, stack.id}};
  for (const auto& [name, value] : labels) {
    arguments.emplace_back("--label");
    arguments.push_back(fmt::format("{}={}", name, value));
  }
  return arguments;
}

fs::path own_file(const std::string& name, const std::string& content, bool executable) {
  const fs::path path = in_work_dir(name);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (!(file << content) || !file.flush()) {
    throw core::HarnessError({"writing a file of the scenario", path.string(), "it cannot be written", ""});
  }
  fs::permissions(path, fs::perms(executable ? 0755 : 0644));
  return path;
}

fs::path own_folder(const std::string& name) {
  const fs::path path = in_work_dir(name);
  fs::remove_all(path);
  fs::create_directories(path);
  fs::permissions(path, fs::perms(0777));
  return path;
}

}  // namespace rootseal::scenarios
