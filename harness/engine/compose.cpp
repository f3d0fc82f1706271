#include "engine/compose.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <fstream>

#include "core/cancel.hpp"
#include "core/error.hpp"
#include "core/patience.hpp"
#include "core/secret.hpp"
#include "core/text.hpp"
#include "engine/resources.hpp"

namespace rootseal::engine {
namespace {

using core::HarnessError;
using core::Milliseconds;

constexpr const char* kBringingUp = "bringing it up";

// The last lines that are not blank, in one.
std::string last_lines(const process::Outcome& outcome, std::size_t count = 6) {
  std::vector<std::string> lines;
  for (const std::string& line : core::split(outcome.out + "\n" + outcome.err, '\n')) {
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin != std::string::npos) lines.push_back(line.substr(begin));
  }
  if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
  return core::UntrustedText(core::join(lines, " | ")).printable();
}

void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out)
    throw HarnessError({"writing a Compose override", file.string(), "the file cannot be written", ""});
}

std::string label(const char* name, const std::string& value) {
  return fmt::format("label={}={}", name, value);
}

}  // namespace

ComposeProject::ComposeProject(const Docker& docker, ProjectSpec spec)
    : docker_(docker), spec_(std::move(spec)) {
  if (!run().empty()) return;
  throw HarnessError({"planning a project", spec_.subject, fmt::format("no label {}", kRunLabel), ""});
}

ComposeProject::~ComposeProject() {
  if (!owned_) return;
  try {
    down();
  } catch (const std::exception& error) {
    spdlog::error("{}; 'rootseal clean' removes what is left", error.what());
  }
}

std::string ComposeProject::run() const {
  const auto found = spec_.labels.find(kRunLabel);
  return found == spec_.labels.end() ? "" : found->second;
}

std::vector<std::string> ComposeProject::containers() const {
  const auto listed =
      docker_.must({"ps", "--all", "--quiet", "--no-trunc", "--filter", label(kProjectLabel, spec_.name)},
                   "looking for its container", spec_.subject);
  std::vector<std::string> ids = core::split(listed.out, '\n');
  std::erase(ids, "");
  return ids;
}

std::vector<std::filesystem::path> ComposeProject::write_files() const {
  std::vector<std::filesystem::path> files = spec_.files;
  int number = 0;
  for (const std::string& text : spec_.override_texts) {
    files.push_back(spec_.work_dir / fmt::format("{}.override-{}.yaml", spec_.name, ++number));
    write(files.back(), text);
  }
  const bool v1 = docker_.environment().compose.rfind("v1", 0) == 0;
  const std::string ours = generated_override(spec_, v1 ? Merging::replaces : Merging::merges);
  files.push_back(spec_.work_dir / (spec_.name + ".rootseal.yaml"));
  write(files.back(), ours);
  return files;
}

process::Outcome ComposeProject::compose(const std::vector<std::filesystem::path>& files,
                                         std::vector<std::string> args, Milliseconds limit) const {
  process::Command command;
  command.argv = docker_.compose();
  command.argv.insert(command.argv.end(),
                      {"--ansi", "never", "--project-name", spec_.name, "--project-directory",
                       std::filesystem::absolute(files.front()).parent_path().string()});
  for (const auto& file : files)
    command.argv.insert(command.argv.end(), {"--file", std::filesystem::absolute(file)});
  command.argv.insert(command.argv.end(), args.begin(), args.end());
  command.environment = spec_.environment;
  command.limit = limit;
  return docker_.runner().run(command);
}

void ComposeProject::up() {
  if (!owned_ && !containers().empty()) {
    throw HarnessError({kBringingUp, spec_.subject,
                        fmt::format("a project '{}' is on the engine already", spec_.name),
                        "take it down first, or 'rootseal clean'"});
  }
  bring_up({});
}

void ComposeProject::recreate() {
  if (!container_) {
    throw HarnessError({"making its container anew", spec_.subject, "it is not up", ""});
  }
  const std::string before = container_->id();
  const auto orphans = container_->state().anonymous_volumes;
  bring_up({"--force-recreate", "--renew-anon-volumes"});
  if (container_->id() == before) {
    throw HarnessError(
        {"making its container anew", spec_.subject, "Compose left the container as it was", ""});
  }
  // Compose leaves those of the old container behind, and nothing names them any more.
  for (const auto& volume : orphans) docker_.run({"volume", "rm", volume});
}

void ComposeProject::bring_up(const std::vector<std::string>& options) {
  const auto files = write_files();
  owned_ = true;
  whole_ = false;
  std::vector<std::string> args{"up", "--detach", "--no-color"};
  args.insert(args.end(), options.begin(), options.end());
  const process::Outcome outcome = compose(files, args, core::patience(3));
  if (!outcome.ok()) refuse(outcome);
  whole_ = true;
  const std::vector<std::string> ids = containers();
  if (ids.size() != 1) {
    throw HarnessError(
        {kBringingUp, spec_.subject, fmt::format("{} containers where one was expected", ids.size()), ""});
  }
  container_.emplace(docker_, ids.front());
}

void ComposeProject::refuse(const process::Outcome& outcome) const {
  const std::string what = fmt::format("{} up: {} (last lines: {})", core::join(docker_.compose(), " "),
                                       outcome.ending(), last_lines(outcome));
  if (!outcome.timed_out && outcome.signal == 0) throw ComposeRefused({kBringingUp, spec_.subject, what, ""});
  throw HarnessError({kBringingUp, spec_.subject,
                      what + ": Compose did not come to its end, so nothing is known about the server",
                      "see whether the engine answers ('rootseal doctor') and the machine is not overloaded, "
                      "then run again"});
}

void ComposeProject::down() {
  const core::CancelShield shield;
  container_.reset();
  const Removal removal = remove_run(docker_, run(), core::patient_deadline(2), whole_ ? 1 : 3, spec_.name);
  if (!removal.failed.empty()) {
    throw HarnessError(
        {"taking it down", spec_.subject, core::join(removal.failed, "; "), "'rootseal clean' tries again"});
  }
  owned_ = false;
}

std::string ComposeProject::volume(const std::string& key) const {
  const auto replaced = spec_.volumes.find(key);
  if (replaced != spec_.volumes.end()) return replaced->second;
  const auto listed = docker_.must({"volume", "ls", "--quiet", "--filter", label(kProjectLabel, spec_.name),
                                    "--filter", label("com.docker.compose.volume", key)},
                                   "looking for its volume", spec_.subject);
  const std::vector<std::string> names = core::split(listed.out, '\n');
  if (!names.empty() && !names.front().empty()) return names.front();
  throw HarnessError(
      {"looking for its volume", spec_.subject, fmt::format("it has no volume '{}'", key), ""});
}

Container ComposeProject::container() const {
  if (container_) return *container_;
  throw HarnessError({"looking for its container", spec_.subject, "it is not up", ""});
}

}  // namespace rootseal::engine
