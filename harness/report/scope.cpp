#include "report/scope.hpp"

#include <fmt/format.h>

#include <set>

#include "report/answers.hpp"
#include "report/text.hpp"

namespace rootseal::report {
namespace {

using record::Record;

void add_machine(std::vector<Fact>& facts, const record::Environment& env) {
  facts.push_back({"Machine", fmt::format("{}, kernel {}, {}, {:.1f} GiB of memory", env.os, env.kernel,
                                          plural(static_cast<std::size_t>(env.cpus), "CPU", "CPUs"),
                                          static_cast<double>(env.memory) / (1 << 30))});
  facts.push_back(
      {"Engine", fmt::format("Docker {} (client {}), Compose {}, {}, storage {}, cgroup {}", env.docker,
                             env.docker_client, env.compose, env.runtime, env.storage_driver, env.cgroup)});
  facts.push_back({"Security options of the engine",
                   fmt::format("{}. What they stop, they stop on every profile alike",
                               env.lsm.empty() ? "none" : fmt::format("{}", fmt::join(env.lsm, ", ")))});
}

}  // namespace

std::vector<Fact> scope_facts(const Record& record) {
  std::vector<Fact> facts;
  for (const auto& server : answers(record)) {
    facts.push_back(
        {"Image of " + server.server,
         fmt::format("{} ({}), {}", server.image.reference,
                     server.image.built_here ? "built here from packages, with the official image's contract"
                                             : "not built here",
                     server.image.digest)});
  }
  add_machine(facts, record.environment);
  facts.push_back(
      {"Recovery", "the server's process was stopped or killed (SIGKILL). A power loss was not tried"});
  std::set<std::string> ways;
  for (const auto& epoch : record.epochs) ways.insert(epoch.transport + "; " + epoch.placement);
  for (const auto& way : ways) facts.push_back({"Measured over", way});
  return facts;
}

std::vector<std::string> left_out(const Record& record) {
  std::vector<std::string> out;
  for (const auto& stack : record.stacks) {
    if (stack.id.find('+') != std::string::npos) continue;  // a further stack of a profile that is listed
    for (const auto& text : stack.deviations)
      out.push_back(fmt::format("{} deviates from what it stands for: {}.", stack.id, text));
  }
  for (const auto& row : record.skipped) {
    out.push_back(
        fmt::format("Skipped: {}{}: {}.", row.what, row.stack.empty() ? "" : " on " + row.stack, row.reason));
  }
  for (const auto& row : record.surface) {
    if (row.measured) continue;
    out.push_back(
        fmt::format("Not measured: what {} can write on {}: {}.", row.identity, row.stack, row.note));
  }
  return out;
}

const std::vector<std::string>& limits() {
  static const std::vector<std::string> all{
      "`/dev` stays a writable tmpfs from which programs run, for uid 0. It is closed to a server that does "
      "not "
      "run as root, but not to a shell that the engine gives as root.",
      "The data volume is writable, and programs run from it unless it is mounted noexec.",
      "A program that exists only in memory needs no filesystem.",
      "An interpreter runs a script from a noexec mount: noexec stops programs, not `sh script`.",
      "An SQL superuser reaches the shell (`COPY ... PROGRAM`) and can change the server's settings on the "
      "data volume.",
      "The broker evaluates `~/.erlang` at boot, and its home is on the data volume.",
      "A tmpfs without a size can take half of the machine's memory.",
      "Whoever may use the Docker socket can do everything: no setting inside the container stops the "
      "engine."};
  return all;
}

}  // namespace rootseal::report
