#include "engine/container.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/secret.hpp"
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

process::Outcome Container::must(std::vector<std::string> args, const std::string& step,
                                 Milliseconds limit) const {
  return docker_->must(std::move(args), step, short_id(id_), limit);
}

State Container::state() const { return inspect(*this).state; }

std::string Container::proc_text(const std::string& file) const {
  const int pid = state().pid;
  if (pid == 0) throw HarnessError({"reading " + file, short_id(id_), "it is not running", ""});
  const auto text = read_text(fmt::format("/proc/{}/{}", pid, file));
  if (text && !text->empty()) return *text;
  throw HarnessError({"reading " + file, short_id(id_), fmt::format("process {} is not to be seen here", pid),
                      "the engine must run on this machine, and rootseal as root"});
}

ProcessStatus Container::process_status() const { return parse_status(proc_text("status")); }

std::vector<Mount> Container::mounts() const { return parse_mountinfo(proc_text("mountinfo")); }

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
  must({"kill", "--signal", signal, id_}, "sending SIG" + signal, Milliseconds(30'000));
}

void Container::start() const { must({"start", id_}, "starting", Milliseconds(60'000)); }

void Container::stop(Milliseconds grace) const {
  must({"stop", "--time", whole_seconds(grace), id_}, "stopping", grace + Milliseconds(30'000));
}

void Container::restart(Milliseconds grace) const {
  must({"restart", "--time", whole_seconds(grace), id_}, "restarting", grace + Milliseconds(60'000));
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

std::string Container::cgroup_text(const std::string& controller, const std::string& v1_file,
                                   const std::string& v2_file, bool& v2) const {
  const auto host_mounts = read_text("/proc/self/mountinfo");
  const auto folder =
      cgroup_folder(proc_text("cgroup"), parse_mountinfo(host_mounts.value_or("")), controller);
  if (!folder) {
    throw HarnessError(
        {"reading its cgroup", short_id(id_), "no cgroup of " + controller + " is mounted here", ""});
  }
  v2 = folder->v2;
  const std::string path = folder->path + "/" + (v2 ? v2_file : v1_file);
  const auto text = read_text(path);
  if (text && !text->empty()) return *text;
  throw HarnessError({"reading its cgroup", short_id(id_), "cannot read " + path, ""});
}

double Container::cpu_seconds() const {
  bool v2 = false;
  const std::string text = cgroup_text("cpuacct", "cpuacct.usage", "cpu.stat", v2);
  return v2 ? cpu_seconds_of_stat(text) : static_cast<double>(std::stoull(text)) / 1e9;
}

std::uint64_t Container::memory_high_water() const {
  bool v2 = false;
  return std::stoull(cgroup_text("memory", "memory.max_usage_in_bytes", "memory.peak", v2));
}

}  // namespace rootseal::engine
