#include "testing/by_hand.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <stdexcept>

#include "core/error.hpp"
#include "core/secret.hpp"
#include "core/text.hpp"
#include "engine/docker.hpp"
#include "engine/resources.hpp"
#include "testing/session.hpp"

namespace rootseal::scenarios {

namespace fs = std::filesystem;

namespace {

process::Outcome run(std::vector<std::string> argv, const Typed& typed) {
  process::Command command;
  command.argv = std::move(argv);
  command.argv.insert(command.argv.end(), typed.arguments.begin(), typed.arguments.end());
  command.input = typed.input;
  command.environment = typed.environment;
  return Session::instance().docker().runner().run(command);
}

constexpr const char* kBeside = "docker run --rm -i ";

bool names_something(char c) { return (c >= 'A' && c <= 'Z') || c == '_'; }

// Each run of capitals that is a name, replaced; which ones those were goes to `used`.
std::string with_names_replaced(const std::string& word, const Names& names, std::set<std::string>& used) {
  std::string out;
  for (std::size_t at = 0; at < word.size();) {
    const auto end =
        std::find_if_not(word.begin() + static_cast<std::ptrdiff_t>(at), word.end(), names_something);
    const std::string capitals(word.begin() + static_cast<std::ptrdiff_t>(at), end);
    const auto name = names.find(capitals);
    if (capitals.empty()) {
      out += word[at];
    } else {
      out += name == names.end() ? capitals : name->second;
    }
    if (name != names.end()) used.insert(capitals);
    at += std::max<std::size_t>(capitals.size(), 1);
  }
  return out;
}

std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  bool quoted = false, begun = false;
  for (const char c : line) {
    if (c == '\'') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      begun = false;
      continue;
    }
    if (!begun) words.emplace_back();
    begun = true;
    if (c != '\'') words.back() += c;
  }
  if (quoted) throw std::invalid_argument("a quotation without an end: " + line);
  return words;
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
  auto said = outcome.err.empty() ? outcome.out : outcome.err;
  for (const char* hint : {"\nRun 'docker ", "\nSee 'docker "}) said = said.substr(0, said.rfind(hint));
  const auto words = core::UntrustedText(said).last_line();
  return outcome.ending() + (words.empty() ? "" : ": " + words);
}

std::string why_not_said(const process::Outcome& outcome, const std::string& wanted) {
  if (!outcome.ok() || outcome.out.find(wanted) != std::string::npos) return why_not(outcome);
  return fmt::format("it ended well, but said \"{}\" instead of \"{}\"",
                     core::UntrustedText(outcome.out).printable(200), wanted);
}

std::vector<std::string> arguments_of(const std::string& line, const Names& names) {
  auto words = words_of(line);
  if (words.empty() || words.front() != "docker") {
    throw std::invalid_argument("not a line of docker: " + line);
  }
  words.erase(words.begin());
  std::set<std::string> used;
  for (auto& word : words) word = with_names_replaced(word, names, used);
  for (const auto& [name, meaning] : names) {
    if (!used.contains(name)) throw std::invalid_argument(fmt::format("{} is not in: {}", name, line));
  }
  return words;
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

std::vector<std::string> beside(const wire::StackView& stack, const std::string& line, const Names& names) {
  if (!line.starts_with(kBeside)) throw std::invalid_argument(fmt::format("not \"{}\": {}", kBeside, line));
  const auto all = arguments_of(line, names);
  const auto prefix =
      core::split(kBeside, ' ').size() - 2;  // less "docker", and what is behind the last space
  auto arguments = beside(stack);
  arguments.insert(arguments.end(), all.begin() + static_cast<std::ptrdiff_t>(prefix), all.end());
  return arguments;
}

std::string network_of(const std::string& container) {
  const auto said =
      docker({{"inspect", "--format",
               "{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}", container}});
  auto name = said.out.substr(0, said.out.find('\n'));
  if (!said.ok() || name.empty()) {
    throw core::HarnessError(
        {"asking for its network", container, said.ok() ? "it has none" : why_not(said), ""});
  }
  return name;
}

std::string why_not_health(const std::string& container, const std::string& wanted,
                           const core::Deadline& deadline) {
  static const std::string kRunning = "running ";
  process::Outcome said;
  const auto look = [&] {
    said = docker({{"inspect", "--format", "{{.State.Status}} {{.State.Health.Status}}", container}});
    const bool may_change =
        said.ok() && said.out.starts_with(kRunning) && said.out != kRunning + wanted + "\n";
    return may_change ? core::Wait::again : core::Wait::done;
  };
  core::wait_until(look, deadline, core::Milliseconds(250));
  if (!said.ok() || said.out == kRunning + wanted + "\n") return why_not(said);
  return fmt::format("it is \"{}\" instead of \"{}{}\"", core::UntrustedText(said.out).last_line(), kRunning,
                     wanted);
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
