#include "engine/docker.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include <cstdlib>

#include "core/error.hpp"
#include "core/secret.hpp"
#include "engine/inspect.hpp"

namespace rootseal::engine {
namespace {

using core::HarnessError;
using core::Milliseconds;

const char* const kAskingEngine = "asking for the engine";
const char* const kAskingCompose = "asking for Compose";
const char* const kSetUp = "start it with 'scripts/setup.sh', or set DOCKER_HOST";

std::string last_words(const process::Outcome& outcome) {
  const std::string words = core::UntrustedText(outcome.err).last_line();
  return words.empty() ? outcome.ending() : words;
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  return text;
}

// Like Runner::run, but a client that is not installed is an Outcome: the caller knows the next move.
process::Outcome try_run(process::Runner& runner, std::vector<std::string> argv) {
  process::Command command;
  command.argv = std::move(argv);
  try {
    return runner.run(command);
  } catch (const core::Interrupted&) {
    throw;
  } catch (const HarnessError& error) {
    process::Outcome outcome;
    outcome.exit_code = 127;
    outcome.err = error.what();
    return outcome;
  }
}

std::string ask_engine(process::Runner& runner, const std::string& what) {
  const process::Outcome outcome = try_run(runner, {"docker", what, "--format", "{{json .}}"});
  if (!outcome.ok()) throw HarnessError({kAskingEngine, "docker", last_words(outcome), kSetUp});
  return outcome.out;
}

// "v2 2.26.1", or empty when this is no Compose.
std::string compose_version(process::Runner& runner, std::vector<std::string> argv) {
  argv.insert(argv.end(), {"version", "--short"});
  const process::Outcome outcome = try_run(runner, std::move(argv));
  std::string version = trimmed(outcome.out);
  if (!version.empty() && version.front() == 'v') version.erase(0, 1);
  if (!outcome.ok() || version.empty() || version.front() < '0' || version.front() > '9') return "";
  return fmt::format("{} {}", version.front() == '1' ? "v1" : "v2", version);
}

struct Compose {
  std::vector<std::string> argv;
  std::string version;
};

Compose find_compose(process::Runner& runner, const std::filesystem::path& own) {
  const char* given = std::getenv("ROOTSEAL_COMPOSE");
  if (given != nullptr && *given != '\0') {
    Compose compose{{given}, compose_version(runner, {given})};
    if (!compose.version.empty()) return compose;
    throw HarnessError(
        {kAskingCompose, given,
         "this program from ROOTSEAL_COMPOSE does not answer 'version --short' as Compose does",
         "correct or unset ROOTSEAL_COMPOSE"});
  }
  for (std::vector<std::string> argv :
       {std::vector<std::string>{"docker", "compose"}, {own.string()}, {"docker-compose"}}) {
    if (argv.front().empty()) continue;
    std::string version = compose_version(runner, argv);
    if (!version.empty()) return {std::move(argv), std::move(version)};
  }
  throw HarnessError({kAskingCompose, "docker",
                      "the engine answers, but there is neither 'docker compose' (version 2) nor "
                      "'docker-compose' (version 1)",
                      "install the Compose plug-in of your Docker packages, or Debian's docker-compose; "
                      "'scripts/setup.sh' does it"});
}

void add_own_facts(record::Environment& environment) {
  utsname names{};
  if (::uname(&names) == 0) environment.kernel = names.release;
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) == 0) environment.cpus = CPU_COUNT(&set);
  struct sysinfo facts {};
  if (::sysinfo(&facts) == 0)
    environment.memory = static_cast<std::uint64_t>(facts.totalram) * facts.mem_unit;
}

void append_labels(std::vector<std::string>& args, const std::map<std::string, std::string>& labels) {
  for (const auto& [name, value] : labels) args.insert(args.end(), {"--label", name + "=" + value});
}

}  // namespace

Docker::Docker(process::Runner& runner, Ask ask, const std::filesystem::path& own_compose) : runner_(runner) {
  if (ask == Ask::nothing) return;
  const std::string version = ask_engine(runner, "version");
  environment_ = parse_engine(version, ask_engine(runner, "info"));
  Compose compose = find_compose(runner, own_compose);
  compose_ = std::move(compose.argv);
  environment_.compose = std::move(compose.version);
  add_own_facts(environment_);
}

process::Outcome Docker::run(std::vector<std::string> args, Milliseconds limit) const {
  process::Command command;
  command.argv = std::move(args);
  command.argv.insert(command.argv.begin(), "docker");
  command.limit = limit;
  return runner_.run(command);
}

process::Outcome Docker::must(std::vector<std::string> args, const std::string& step,
                              const std::string& subject, Milliseconds limit) const {
  process::Command command;
  command.argv = std::move(args);
  command.argv.insert(command.argv.begin(), "docker");
  command.limit = limit;
  return runner_.must(command, step, subject);
}

std::optional<ImageFacts> Docker::image(const std::string& reference) const {
  const process::Outcome outcome = run({"image", "inspect", "--format", "{{json .}}", reference});
  if (outcome.ok()) return parse_image(outcome.out);
  if (outcome.err.find("o such image") != std::string::npos) return std::nullopt;
  throw HarnessError({"looking for an image", reference, last_words(outcome), ""});
}

bool Docker::pull(const std::string& reference, Milliseconds limit) const {
  return run({"pull", "--quiet", reference}, limit).ok();
}

void Docker::create_volume(const std::string& name, const std::map<std::string, std::string>& labels,
                           const std::map<std::string, std::string>& options) const {
  std::vector<std::string> args = {"volume", "create"};
  append_labels(args, labels);
  for (const auto& [option, value] : options) args.insert(args.end(), {"--opt", option + "=" + value});
  args.push_back(name);
  must(std::move(args), "creating a volume", name);
}

void Docker::clone_volume(const std::string& from, const std::string& to, const std::string& image,
                          const std::map<std::string, std::string>& labels) const {
  create_volume(to, labels);
  std::vector<std::string> args = {"run", "--rm", "--network", "none", "--user", "0:0", "--read-only"};
  append_labels(args, labels);
  args.insert(args.end(),
              {"--volume", from + ":/rootseal-from:ro,nocopy", "--volume", to + ":/rootseal-to:nocopy",
               "--entrypoint", "cp", image, "-a", "/rootseal-from/.", "/rootseal-to/"});
  must(std::move(args), "copying volume " + from, to, core::patience(2));
}

std::string Docker::hold_volume(const std::string& name, const std::string& image,
                                const std::map<std::string, std::string>& labels) const {
  std::vector<std::string> args = {"run", "--detach", "--network", "none", "--user", "0:0", "--read-only"};
  append_labels(args, labels);
  // Nothing is copied from the image: that is left to the server's container.
  args.insert(args.end(),
              {"--volume", name + ":/rootseal-held:nocopy", "--entrypoint", "sleep", image, "infinity"});
  return trimmed(must(std::move(args), "holding a volume", name).out);
}

}  // namespace rootseal::engine
