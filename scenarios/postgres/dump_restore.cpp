// A dump taken inside the container goes into another database of the same server: the cheapest restore, for
// every run. Fresh stacks, formats and migrations: dump_formats.cpp.
#include "postgres/backup_scenario.hpp"
#include "services/postgres/backup.hpp"

namespace rootseal::scenarios::dump_restore {
namespace {

using PostgresBackup = BackupScenario;

TEST_P(PostgresBackup, ADumpRestoresEverythingIntoAnotherDatabase) {
  const auto source = make_source(target());
  const OwnDatabase restored(target(), own_name() + "_r");
  const std::string dump = postgres::dump(source->database.target(), container(), deadline());
  postgres::restore(restored.target(), container(), dump, deadline());
  expect_same(source->digests, restored.target(), fmt::format("SQL text of {} bytes", dump.size()));
}

ROOTSEAL_SCENARIOS(function, PostgresBackup, "postgres");

}  // namespace
}  // namespace rootseal::scenarios::dump_restore
