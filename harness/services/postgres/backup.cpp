#include "services/postgres/backup.hpp"

#include <fmt/format.h>

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

}  // namespace

std::string dump(const service::Target& target, const engine::Container& container,
                 const core::Deadline& deadline) {
  return run(target, container, "dumping " + target.database,
             {"pg_dump", "--username", target.user, "--dbname", target.database, "--no-password"}, "",
             deadline);
}

void restore(const service::Target& target, const engine::Container& container, const std::string& dump,
             const core::Deadline& deadline) {
  run(target, container, "restoring " + target.database,
      {"psql", "--username", target.user, "--dbname", target.database, "--no-password", "--no-psqlrc",
       "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1", "--output", "/dev/null"},
      dump, deadline);
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

}  // namespace rootseal::postgres
