#include "engine/container.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <mutex>

#include "core/error.hpp"
#include "core/patience.hpp"
#include "core/secret.hpp"
#include "engine/counters.hpp"
#include "engine/inspect.hpp"
#include "engine/proc.hpp"

namespace rootseal::engine {
namespace {

using core::HarnessError;
using core::Milliseconds;

std::string short_id(const std::string& id) { return "container " + id.substr(0, 12); }

std::string whole_seconds(Milliseconds span) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(span).count());
}

Inspection inspect(const Container& container) {
  const std::vector<std::string> args = {"inspect",  "--type",     "container",
                                         "--format", "{{json .}}", container.id()};
  return parse_container(container.docker().must(args, "inspecting", short_id(container.id())).out);
}

// Whether the client itself would take a variable to heart; these are no secrets and go on its command line.
bool means_something_to_the_client(const std::string& name) {
  if (name == "PATH" || name == "HOME") return true;
  for (const char* start : {"DOCKER_", "LD_", "GO", "XDG_"}) {
    if (name.rfind(start, 0) == 0) return true;
  }
  return false;
}

std::vector<std::string> exec_arguments(const Exec& exec, const std::string& id) {
  std::vector<std::string> argv = {"docker", "exec", "-u",
                                   fmt::format("{}:{}", exec.user.uid, exec.user.gid)};
  if (!exec.input.empty()) argv.emplace_back("-i");
  if (!exec.workdir.empty()) argv.insert(argv.end(), {"-w", exec.workdir});
  for (const auto& [name, value] : exec.environment) {
    argv.insert(argv.end(), {"-e", means_something_to_the_client(name) ? name + "=" + value : name});
  }
  argv.push_back(id);
  argv.insert(argv.end(), exec.argv.begin(), exec.argv.end());
  return argv;
}

// Whether the client, not the program inside, says that nothing could be run. The text alone is no proof:
// anything inside can print it.
bool looks_refused(const process::Outcome& outcome) {
  for (const char* start : {"Error response from daemon:", "Error: No such",
                            "Cannot connect to the Docker daemon", "error during connect:"}) {
    if (outcome.err.rfind(start, 0) == 0) return !outcome.ok();
  }
  return false;
}

}  // namespace

// What tells a process from another that got its number later.
struct Container::Known {
  std::mutex mutex;
  int pid = 0;
  std::uint64_t start = 0;
};

Container::Container(const Docker& docker, std::string id)
    : docker_(&docker), id_(std::move(id)), known_(std::make_shared<Known>()) {}

int Container::pid() const {
  const auto start_of = [](int pid) {
    return start_ticks(read_text(fmt::format("/proc/{}/stat", pid)).value_or(""));
  };
  const std::lock_guard lock(known_->mutex);
  if (known_->pid != 0 && start_of(known_->pid) == known_->start) return known_->pid;
  const State now = state();
  const auto start = now.running && now.pid > 0 ? start_of(now.pid) : std::nullopt;
  known_->pid = start ? now.pid : 0;
  known_->start = start.value_or(0);
  return now.running ? now.pid : 0;
}

void Container::pin(const std::string& cpuset) const {
  must({"update", "--cpuset-cpus", cpuset, id_}, "pinning it to cores " + cpuset);
}

process::Outcome Container::must(std::vector<std::string> args, const std::string& step,
                                 Milliseconds limit) const {
  return docker_->must(std::move(args), step, short_id(id_), limit);
}

State Container::state() const { return inspect(*this).state; }

std::string Container::proc_text(const std::string& file) const {
  const int pid = this->pid();
  if (pid == 0) throw HarnessError({"reading " + file, short_id(id_), "it is not running", ""});
  const auto text = read_text(fmt::format("/proc/{}/{}", pid, file));
  if (text && !text->empty()) return *text;
  throw HarnessError({"reading " + file, short_id(id_), fmt::format("process {} is not to be seen here", pid),
                      "the engine must run on this machine, and rootseal as root"});
}

ProcessStatus Container::process_status() const { return parse_status(proc_text("status")); }

std::vector<Mount> Container::mounts() const { return parse_mountinfo(proc_text("mountinfo")); }

std::map<std::string, std::uint64_t> Container::tmpfs_used() const {
  std::map<std::string, std::uint64_t> used;
  for (const auto& mount : reachable(mounts())) {
    if (mount.type != "tmpfs" || engine_provided(mount)) continue;
    struct statvfs facts {};
    if (::statvfs(fmt::format("/proc/{}/root{}", pid(), mount.target).c_str(), &facts) != 0) continue;
    used[mount.target] = static_cast<std::uint64_t>(facts.f_blocks - facts.f_bfree) * facts.f_frsize;
  }
  return used;
}

Endpoint Container::published(int inside_port) const {
  const auto published = inspect(*this).published;
  const auto found = published.find(inside_port);
  if (found != published.end()) return found->second;
  throw HarnessError({fmt::format("looking for published port {}", inside_port), short_id(id_),
                      "it does not run, or its Compose file does not publish the port", ""});
}

process::Outcome Container::exec(const Exec& exec) const {
  process::Command command;
  command.argv = exec_arguments(exec, id_);
  for (const auto& [name, value] : exec.environment) {
    if (!means_something_to_the_client(name)) command.environment[name] = value;
  }
  command.input = exec.input;
  command.limit = exec.limit;
  process::Outcome outcome = docker_->runner().run(command);
  if (!looks_refused(outcome)) return outcome;
  const State now = state();
  if (now.running && !now.paused) return outcome;
  throw HarnessError(
      {"running a command inside", short_id(id_), core::UntrustedText(outcome.err).last_line(), ""});
}

std::string Container::logs(int tail_lines) const {
  process::Command command;
  command.argv = {"docker", "logs", "--tail", tail_lines < 0 ? "all" : std::to_string(tail_lines), id_};
  command.merge_streams = true;
  return docker_->runner().must(command, "reading the log", short_id(id_)).out;
}

std::string Container::last_log_line() const { return core::UntrustedText(logs(20)).last_line(); }

void Container::kill(const std::string& signal) const {
  must({"kill", "--signal", signal, id_}, "sending SIG" + signal);
}

void Container::start() const { must({"start", id_}, "starting"); }

void Container::stop(Milliseconds grace) const {
  must({"stop", "--time", whole_seconds(grace), id_}, "stopping", grace + core::patience());
}

void Container::restart(Milliseconds grace) const {
  must({"restart", "--time", whole_seconds(grace), id_}, "restarting", grace + core::patience());
}

void Container::wait_stopped(const core::Deadline& deadline) const {
  must({"wait", id_}, "waiting for it to stop", deadline.remaining());
}

void Container::require_running(const std::string& step, const std::string& subject) const {
  const State now = state();
  if (now.running) return;
  const std::string line = last_log_line();
  throw HarnessError(
      {step, subject,
       fmt::format("container exited with code {}{}{}", now.exit_code,
                   now.oom_killed ? ", out of memory" : "",
                   line.empty() ? " (its log is empty)" : " (last log line: " + line + ")"),
       now.error.empty() ? "" : "the engine says: " + core::UntrustedText(now.error).printable(400)});
}

double Container::cpu_seconds() const { return Counters(*this).cpu_seconds(); }

std::uint64_t Container::memory_high_water() const {
  const auto bytes = Counters(*this).memory_high_water();
  if (bytes) return *bytes;
  throw HarnessError(
      {"reading its memory high-water mark", short_id(id_), "the kernel does not keep it", ""});
}

std::optional<std::uint64_t> Container::disk_written() const { return Counters(*this).disk_written(); }

}  // namespace rootseal::engine
