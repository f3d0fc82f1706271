#include "services/postgres/backup.hpp"

#include <fmt/format.h>

#include "core/text.hpp"
#include "services/postgres/description.hpp"

namespace rootseal::postgres {
namespace {

// The shell takes the first line of stdin as the password; the rest of stdin belongs to the program.
std::string run(const service::Target& target, const engine::Container& container, const std::string& step,
                std::vector<std::string> program, const std::string& input, const core::Deadline& deadline) {
  engine::Exec exec;
  exec.argv = {"sh", "-c", "IFS= read -r PGPASSWORD && export PGPASSWORD && exec \"$@\"", "sh"};
  exec.argv.insert(exec.argv.end(), program.begin(), program.end());
  exec.user = description().user;
  exec.input = target.password.reveal() + "\n" + input;
  exec.limit = deadline.remaining();
  auto outcome = container.exec(exec);
  if (outcome.ok() && !outcome.truncated) return std::move(outcome.out);
  const std::string said = core::UntrustedText(outcome.err).last_line();
  throw service::ServerError({step, target.subject,
                              fmt::format("{} in the container: {}{} ({})", program.front(), outcome.ending(),
                                          outcome.truncated ? ", output too long" : "", said),
                              ""});
}

std::vector<std::string> of_database(const std::string& program, const service::Target& target,
                                     const std::vector<std::string>& further = {}) {
  std::vector<std::string> all{program,    "--username",    target.user,
                               "--dbname", target.database, "--no-password"};
  all.insert(all.end(), further.begin(), further.end());
  return all;
}

}  // namespace

std::string dump(const service::Target& target, const engine::Container& container,
                 const core::Deadline& deadline) {
  return run(target, container, "dumping " + target.database, of_database("pg_dump", target), "", deadline);
}

void restore(const service::Target& target, const engine::Container& container, const std::string& dump,
             const core::Deadline& deadline) {
  run(target, container, "restoring " + target.database,
      of_database("psql", target,
                  {"--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1", "--output",
                   "/dev/null"}),
      dump, deadline);
}

std::string dump_custom(const service::Target& target, const engine::Container& container,
                        const core::Deadline& deadline) {
  return run(target, container, "dumping " + target.database,
             of_database("pg_dump", target, {"--format=custom"}), "", deadline);
}

void restore_custom(const service::Target& target, const engine::Container& container,
                    const std::string& dump, const core::Deadline& deadline) {
  run(target, container, "restoring " + target.database,
      of_database("pg_restore", target, {"--exit-on-error", "--single-transaction"}), dump, deadline);
}

void dump_directory(const service::Target& target, const engine::Container& container,
                    const std::string& folder, int jobs, const core::Deadline& deadline) {
  run(target, container, fmt::format("dumping {} into {}", target.database, folder),
      of_database("pg_dump", target,
                  {"--format=directory", fmt::format("--jobs={}", jobs), "--file", folder}),
      "", deadline);
}

void restore_directory(const service::Target& target, const engine::Container& container,
                       const std::string& folder, int jobs, const core::Deadline& deadline) {
  run(target, container, fmt::format("restoring {} from {}", target.database, folder),
      of_database("pg_restore", target, {"--exit-on-error", fmt::format("--jobs={}", jobs), folder}), "",
      deadline);
}

std::string pack(const service::Target& target, const engine::Container& container, const std::string& folder,
                 const core::Deadline& deadline) {
  const auto slash = folder.rfind('/');
  return run(
      target, container, "packing " + folder,
      {"tar", "--create", "--file=-", "--directory", folder.substr(0, slash + 1), folder.substr(slash + 1)},
      "", deadline);
}

void unpack(const service::Target& target, const engine::Container& container, const std::string& archive,
            const std::string& parent, const core::Deadline& deadline) {
  run(target, container, "unpacking into " + parent, {"tar", "--extract", "--file=-", "--directory", parent},
      archive, deadline);
}

std::string dump_roles(const service::Target& target, const engine::Container& container,
                       const core::Deadline& deadline) {
  return run(target, container, "dumping the roles",
             {"pg_dumpall", "--username", target.user, "--database", target.database, "--no-password",
              "--roles-only"},
             "", deadline);
}

void restore_roles(const service::Target& target, const engine::Container& container,
                   const std::string& roles, const core::Deadline& deadline) {
  // psql cannot be told to bear with this one error only.
  std::string tolerant;
  for (const auto& line : core::split(roles, '\n')) {
    const bool creates = line.starts_with("CREATE ROLE ");
    tolerant +=
        creates ? "do $do$ begin " + line + " exception when duplicate_object then null; end $do$;" : line;
    tolerant += '\n';
  }
  run(target, container, "restoring the roles",
      of_database("psql", target,
                  {"--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--output", "/dev/null"}),
      tolerant, deadline);
}

void copy_database(const service::Target& from, const std::string& into, const engine::Container& container,
                   const core::Deadline& deadline) {
  // bash, because sh cannot say that the first program of a pipe failed.
  run(from, container, "dumping " + from.database + " and restoring it as " + into,
      {"bash", "-c",
       "set -o pipefail; pg_dump --format=custom --username \"$1\" --dbname \"$2\" --no-password | "
       "pg_restore --username \"$1\" --dbname \"$3\" --no-password --exit-on-error --single-transaction",
       "bash", from.user, from.database, into},
      "", deadline);
}

std::string base_backup(const service::Target& target, const engine::Container& container,
                        const core::Deadline& deadline) {
  return run(target, container, "taking a base backup",
             {"pg_basebackup", "--username", target.user, "--no-password", "--pgdata=-", "--format=tar",
              "--wal-method=fetch", "--checkpoint=fast", "--compress=1"},
             "", deadline);
}

}  // namespace rootseal::postgres
