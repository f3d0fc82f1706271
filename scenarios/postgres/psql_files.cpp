// What psql and pg_dump read from files and write to files inside the container, where people look for them:
// in /tmp.
#include <fmt/format.h>

#include "postgres/own_database.hpp"
#include "postgres/psql_by_hand.hpp"
#include "testing/session.hpp"

namespace rootseal::scenarios::psql_files {
namespace {

class PostgresFiles : public Scenario {
 protected:
  void SetUp() override {
    Scenario::SetUp();
    own_ = std::make_unique<OwnDatabase>(target(), own_name());
    auto connection = own_->connect();
    connection.run("create table t as select i, md5(i::text || " + postgres::literal(own_name()) +
                       ") as m from generate_series(1, 100) i",
                   deadline());
    last_ = connection.run("select m from t where i = 100", deadline()).text(0, 0);
  }
  void TearDown() override {
    remove_inside();
    own_.reset();
    Scenario::TearDown();
  }
  [[nodiscard]] std::string id() const { return container().id(); }
  [[nodiscard]] std::string file() const { return "/tmp/" + own_name(); }
  [[nodiscard]] const service::Target& own() const { return own_->target(); }
  // A value that only the table has.
  [[nodiscard]] const std::string& last() const { return last_; }
  [[nodiscard]] std::string why_file_lacks_it() const {
    return why_not_said(docker({{"exec", id(), "cat", file()}}), last_);
  }
  void remove_inside() const { docker({{"exec", "-u", "0", id(), "rm", "-rf", file()}}); }

 private:
  std::unique_ptr<OwnDatabase> own_;
  std::string last_;
};

TEST_P(PostgresFiles, CopyWritesATable) {
  attempt("psql inside: \\copy TABLE to '/tmp/FILE'",
          [&] {
            const auto copied = psql(own(), id(), {"-c", fmt::format("\\copy t to '{}'", file())});
            return copied.ok() ? why_file_lacks_it() : why_not(copied);
          })
      .works_where("root", "writable")
      .instead(
          "docker exec -e PGPASSWORD -e PGUSER -e PGDATABASE SERVER psql -c '\\copy TABLE to stdout' > FILE",
          [&] {
            return why_not_said(psql(own(), id(), {"-c", "\\copy t to stdout"}), last());
          });
}

TEST_P(PostgresFiles, AScriptIsRun) {
  const std::string script =
      "insert into t values (101, 'from a script'); select 'rows: ' || count(*) from t;\n";
  attempt(
      "docker cp of a script into /tmp, psql -f /tmp/SCRIPT inside",
      [&] {
        const auto copied = docker({{"cp", own_file("script.sql", script).string(), id() + ":" + file()}});
        return copied.ok() ? why_not_said(psql(own(), id(), {"-f", file()}), "rows: 101") : why_not(copied);
      })
      .works_where("root", "writable")
      .instead("docker exec -i -e PGPASSWORD -e PGUSER -e PGDATABASE SERVER psql < SCRIPT",
               [&] { return why_not_said(psql(own(), id(), {}, script), "rows: 101"); });
}

TEST_P(PostgresFiles, ADumpIsTaken) {
  attempt("pg_dump -f /tmp/FILE inside",
          [&] {
            const auto dumped = in_server(own(), id(), {"pg_dump", "-f", file()});
            return dumped.ok() ? why_file_lacks_it() : why_not(dumped);
          })
      .works_where("root", "writable")
      .instead("docker exec -e PGPASSWORD -e PGUSER -e PGDATABASE SERVER pg_dump > FILE",
               [&] { return why_not_said(in_server(own(), id(), {"pg_dump"}), last()); });
}

ROOTSEAL_SCENARIOS(workflow, PostgresFiles, "postgres");

constexpr const char* kDumpBeside =
    "docker run --rm -i --network container:SERVER -e PGPASSWORD -v FOLDER:/backup --entrypoint pg_dump "
    "IMAGE -h "
    "127.0.0.1 -U USER -d DATABASE -Fd -j 2 -f /backup/dump";

class PostgresBackups : public PostgresFiles {
 protected:
  // A backup has a manifest at its end: with it, nothing is cut off.
  static std::string why_no_backup(const std::filesystem::path& archive) {
    process::Command list;
    list.argv = {"tar", "--list", "--file", archive.string()};
    return why_not_said(Session::instance().docker().runner().run(list), "backup_manifest");
  }
};

// Several files at once need a folder, which standard output is not.
TEST_P(PostgresBackups, ADumpOfSeveralFilesIsTaken) {
  attempt("pg_dump -Fd -j 2 -f /tmp/FOLDER inside",
          [&] {
            return why_not(in_server(own(), id(), {"pg_dump", "-Fd", "-j", "2", "-f", file()}));
          })
      .works_where("root", "writable")
      .instead(kDumpBeside, [&] {
        const auto folder = own_folder("backup");
        Typed typed;
        typed.arguments = beside(stack(), kDumpBeside,
                                 {{"SERVER", id()},
                                  {"FOLDER", folder.string()},
                                  {"IMAGE", stack().image},
                                  {"USER", own().user},
                                  {"DATABASE", own().database}});
        typed.environment = {{"PGPASSWORD", own().password.reveal()}};
        const auto dumped = docker(typed);
        if (!dumped.ok()) return why_not(dumped);
        return std::filesystem::exists(folder / "dump" / "toc.dat")
                   ? std::string()
                   : std::string("it ended well, but there is no toc.dat in the folder");
      });
}

TEST_P(PostgresBackups, ABaseBackupIsTaken) {
  attempt("pg_basebackup -D /tmp/FOLDER inside",
          [&] {
            const auto taken = in_server(own(), id(), {"pg_basebackup", "-c", "fast", "-D", file()});
            return taken.ok() ? why_not(docker({{"exec", id(), "pg_verifybackup", file()}})) : why_not(taken);
          })
      .instead(
          "docker exec -e PGPASSWORD -e PGUSER -e PGDATABASE SERVER pg_basebackup -D - -Ft -X fetch > FILE",
          [&] {
            const auto archive = own_file("base.tar", "");
            const auto taken = docker_to(
                archive, typed_in_server(own(), id(),
                                         {"pg_basebackup", "-c", "fast", "-D", "-", "-Ft", "-X", "fetch"}));
            return taken.ok() ? why_no_backup(archive) : why_not(taken);
          })
      // Where pg_hba.conf lets nobody replicate, only what SQL gives can be taken.
      .instead(
          "docker exec -e PGPASSWORD -e PGUSER -e PGDATABASE SERVER pg_dumpall > FILE: a logical backup, "
          "where pg_hba.conf allows no replication",
          [&] { return why_not_said(in_server(own(), id(), {"pg_dumpall"}), last()); });
}

ROOTSEAL_LONGER_SCENARIOS(workflow, PostgresBackups, "postgres");

}  // namespace
}  // namespace rootseal::scenarios::psql_files
