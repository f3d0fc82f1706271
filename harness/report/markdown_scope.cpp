#include <fmt/format.h>

#include <set>

#include "report/answers.hpp"
#include "report/markdown.hpp"
#include "report/text.hpp"

namespace rootseal::report {
namespace {

using record::Record;

std::string images(const Record& record) {
  std::string out;
  for (const auto& server : answers(record)) {
    out +=
        fmt::format("- Image of {}: `{}` ({}), `{}`.\n", server.server, one_line(server.image.reference),
                    server.image.built_here ? "built here from packages, with the official image's contract"
                                            : "not built here",
                    one_line(server.image.digest));
  }
  return out;
}

std::string machine(const Record& record) {
  const auto& env = record.environment;
  const std::string lsm = env.lsm.empty() ? "none" : fmt::format("{}", fmt::join(env.lsm, ", "));
  return fmt::format(
      "- Machine: {}, kernel {}, {}, {:.1f} GiB of memory.\n"
      "- Engine: Docker {} (client {}), Compose {}, {}, storage {}, cgroup {}.\n"
      "- Security options of the engine: {}. What they stop, they stop on every profile alike.\n",
      one_line(env.os), one_line(env.kernel), plural(static_cast<std::size_t>(env.cpus), "CPU", "CPUs"),
      static_cast<double>(env.memory) / (1 << 30), one_line(env.docker), one_line(env.docker_client),
      one_line(env.compose), one_line(env.runtime), one_line(env.storage_driver), one_line(env.cgroup), lsm);
}

std::string measured_how(const Record& record) {
  std::set<std::string> ways;
  for (const auto& epoch : record.epochs) ways.insert(one_line(epoch.transport + "; " + epoch.placement));
  std::string out;
  for (const auto& way : ways) out += fmt::format("- Measured over: {}.\n", markdown_text(way));
  return out;
}

std::string left_out(const Record& record) {
  std::string out;
  for (const auto& stack : record.stacks) {
    if (stack.id.find('+') != std::string::npos) continue;  // a further stack of a profile that is listed
    for (const auto& text : stack.deviations) {
      out += fmt::format("- {} deviates from what it stands for: {}.\n", stack.id, markdown_text(text));
    }
  }
  for (const auto& row : record.skipped) {
    out += fmt::format("- Skipped: {}{}: {}.\n", markdown_text(row.what),
                       row.stack.empty() ? "" : " on " + row.stack, markdown_text(row.reason));
  }
  for (const auto& row : record.surface) {
    if (!row.measured) {
      out += fmt::format("- Not measured: what {} can write on {}: {}.\n", row.identity, row.stack,
                         markdown_text(row.note));
    }
  }
  return out;
}

}  // namespace

std::string scope_section(const Record& record) {
  return "\n## On what this rests\n\n" +
         fmt::format("- rootseal {} ({}): `{}`.\n", record.tool.version, record.tool.git,
                     one_line(fmt::format("{}", fmt::join(record.run.argv, " ")))) +
         images(record) + machine(record) +
         "- Recovery means: the server's process was stopped or killed (SIGKILL). A power loss was not "
         "tried.\n" +
         measured_how(record) + left_out(record);
}

std::string limits_section() {
  return "\n## What a read-only root does not stop\n\n"
         "- `/dev` stays a writable tmpfs from which programs run, for uid 0. A server that does not run as "
         "root closes "
         "it.\n"
         "- The data volume is writable, and programs run from it unless it is mounted noexec.\n"
         "- A program that exists only in memory needs no filesystem.\n"
         "- An interpreter runs a script from a noexec mount: noexec stops programs, not `sh script`.\n"
         "- An SQL superuser reaches the shell (`COPY ... PROGRAM`) and can change the server's settings on "
         "the data "
         "volume.\n"
         "- The broker evaluates `~/.erlang` at boot, and its home is on the data volume.\n"
         "- A tmpfs without a size can take half of the machine's memory.\n"
         "- Whoever may use the Docker socket can do everything: no setting inside the container stops the "
         "engine.\n";
}

}  // namespace rootseal::report
