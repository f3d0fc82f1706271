// A base backup of the whole running server, by pg_basebackup, becomes the data of a fresh stack before its
// first start: of the same profile, and from the control into this one. What was written after the backup is
// not in it. Where the profile admits no replication, the source is a stack whose pg_hba.conf does.
#include <filesystem>
#include <fstream>

#include "postgres/backup_scenario.hpp"
#include "services/postgres/backup.hpp"
#include "testing/session.hpp"

namespace rootseal::scenarios::base_backup {
namespace {

// Before the entrypoint sees the volume, and only while there is nothing on it: a restart must not undo what
// was written since. pg_verifybackup holds every file against the backup's manifest.
constexpr const char* kRestore =
    "services:\n"
    "  server:\n"
    "    entrypoint:\n"
    "      - bash\n"
    "      - -euc\n"
    "      - >-\n"
    "        if [ ! -s \"$$PGDATA/PG_VERSION\" ]; then\n"
    "        tar --extract --gzip --file /restore/{0} --directory \"$$PGDATA\";\n"
    "        pg_verifybackup --quiet \"$$PGDATA\";\n"
    "        fi;\n"
    "        exec docker-entrypoint.sh \"$${{@:-postgres}}\"\n"
    "      - restore\n"
    "    volumes:\n"
    "      - {1}:/restore:ro\n";

class PostgresBaseBackup : public BackupScenario {
 protected:
  // Texts of overrides with which a server like this one admits replication over its socket.
  [[nodiscard]] std::vector<std::string> admitting_replication(const service::Target& running) const {
    postgres::Connection connection(running, deadline());
    const auto rules = connection.run(
        "select current_setting('hba_file'), current_setting('data_directory'), count(*) filter (where "
        "'{replication}' "
        "= database and type = 'local') from pg_hba_file_rules",
        deadline());
    if (rules.text(0, 2) != "0") return {};
    if (rules.text(0, 0).starts_with(rules.text(0, 1))) {
      environment_fault(rules.text(0, 0) +
                        " admits no replication, and is not a file that could be mounted over");
    }
    const auto file =
        write("pg_hba.conf",
              "local replication all scram-sha-256\n" +
                  connection.run("select pg_read_file(current_setting('hba_file'))", deadline()).text(0, 0));
    return {
        fmt::format("services: {{server: {{volumes: [\"{}:{}:ro\"]}}}}\n", file.string(), rules.text(0, 0))};
  }

  // A file for a container to read, gone with the child.
  [[nodiscard]] static std::filesystem::path write(const std::string& name, const std::string& content) {
    const auto folder = Session::instance().context().work_dir / "base_backup";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / name, std::ios::binary) << content;
    namespace fs = std::filesystem;
    fs::permissions(folder, fs::perms(0755));
    fs::permissions(folder / name, fs::perms(0644));
    return folder / name;
  }

  void back_up_and_start(const service::Target& administrator, const engine::Container& server) {
    const auto source = make_source(administrator);
    auto writer = source->database.connect();
    const std::string backup = postgres::base_backup(administrator, server, deadline());
    writer.run("create table after_the_backup (id int); insert into big values (9, 'late', null)",
               deadline());
    const auto file = write("base.tar.gz", backup);
    evidence(fmt::format("base backup of {}: {} bytes, compressed", administrator.subject, backup.size()));

    const auto fresh =
        request_stack("base", {fmt::format(kRestore, file.filename().string(), file.parent_path().string())});
    auto there = fresh.target();
    there.database = source->database.target().database;
    expect_same(source->digests, there, "base backup");

    // A server that only reads would be no restored one.
    postgres::Connection connection(there, deadline());
    connection.run("insert into big values (10, 'goes on', null)", deadline());
    EXPECT_EQ(connection.run("select nextval('shop.voucher')", deadline()).text(0, 0), "31344");
    EXPECT_EQ(connection.run("select pg_is_in_recovery()", deadline()).text(0, 0), "f");
  }
};

TEST_P(PostgresBaseBackup, BecomesAFreshStackOfTheSameProfile) {
  const auto overrides = admitting_replication(target());
  if (overrides.empty()) return back_up_and_start(target(), container());
  const auto source = request_stack("source", overrides);
  evidence("the profile admits no replication; the source's pg_hba.conf does");
  back_up_and_start(source.target(), source.container());
}

TEST_P(PostgresBaseBackup, OfTheControlBecomesAFreshStackOfThisProfile) {
  if (stack().profile == control()) not_here("the control is where the others migrate from");
  const auto source = request_stack("control", Further{.profile = control()});
  back_up_and_start(source.target(), source.container());
}

ROOTSEAL_LONGER_SCENARIOS(function, PostgresBaseBackup, "postgres");

}  // namespace
}  // namespace rootseal::scenarios::base_backup
