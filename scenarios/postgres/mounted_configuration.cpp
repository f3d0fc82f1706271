// The configuration lies on the host, mounted read-only; it is edited there, and the server is told to read
// it again. A file that is mounted singly is that file: an editor that puts a new one in its place changes
// nothing inside, on any root.
#include <fmt/format.h>

#include <optional>

#include "services/postgres/client.hpp"
#include "testing/by_hand.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::mounted_configuration {
namespace {

constexpr const char* kInFile = "log_autovacuum_min_duration";  // of no consequence here, and reloadable
constexpr const char* kInFolder = "log_temp_files";             // likewise
constexpr const char* kFolderInside = "/etc/rootseal-conf.d";

class PostgresMountedConfiguration : public Scenario {
 protected:
  void SetUp() override {
    Scenario::SetUp();
    const std::string place = asked(target(), "show config_file");
    const auto now = docker({{"exec", container().id(), "cat", place}});
    if (!now.ok()) environment_fault("its configuration cannot be read: " + why_not(now));
    file_ = own_file("postgresql.conf", now.out + "include_dir = '" + kFolderInside + "'\n");
    folder_ = own_folder("conf.d");
    changed("echo \"$1\" > \"$0\"", folder_ / "50-own.conf", fmt::format("{} = '1111kB'", kInFolder));
    server_.emplace(request_stack("mounted", {mounting(place)}));
  }
  void TearDown() override {
    server_.reset();
    Scenario::TearDown();
  }

  // On this machine, by the shell: the file is $0, what it is about $1.
  static std::string changed(const std::string& command, const std::filesystem::path& file,
                             const std::string& what) {
    return why_not(here({"sh", "-c", command, file.string(), what}));
  }
  // Once the postmaster has read its files again: what is in force then, or stays as it was.
  [[nodiscard]] std::string why_not_in_force(const std::string& setting, const std::string& value) const {
    const auto target = server_->target();
    const std::string before = asked(target, "select pg_conf_load_time()");
    asked(target, "select pg_reload_conf()");
    const auto read_again = [&] {
      return asked(target, "select pg_conf_load_time()") == before ? core::Wait::again : core::Wait::done;
    };
    if (!core::wait_until(read_again, deadline().at_most(core::Milliseconds(10'000))))
      return "the server did not read its configuration again within 10 s";
    const std::string seen = asked(target, "show " + setting);
    return seen == value ? "" : fmt::format("after the reload {} is {}", setting, seen);
  }

  std::filesystem::path file_, folder_;

 private:
  std::string asked(const service::Target& target, const std::string& sql) const {
    return postgres::Connection(target, deadline()).run(sql, deadline()).text(0, 0);
  }
  // A profile that mounts its configuration keeps the place; any other finds it among its data, where nothing
  // can be mounted before there are any.
  [[nodiscard]] std::string mounting(const std::string& place) const {
    const bool elsewhere = place.starts_with("/etc/");
    const std::string inside = elsewhere ? place : "/etc/postgresql/postgresql.conf";
    return fmt::format("services:\n  server:\n{}    volumes:\n      - {}:{}:ro\n      - {}:{}:ro\n",
                       elsewhere ? "" : "    command: [postgres, -c, config_file=" + inside + "]\n",
                       file_.string(), inside, folder_.string(), kFolderInside);
  }

  std::optional<RequestedStack> server_;
};

TEST_P(PostgresMountedConfiguration, IsEditedOnTheHostAndReadAgain) {
  attempt("echo SETTING >> postgresql.conf on the host, mounted as a file, SELECT pg_reload_conf()",
          [&] {
            const auto why = changed("echo \"$1\" >> \"$0\"", file_, fmt::format("{} = '12345ms'", kInFile));
            return why.empty() ? why_not_in_force(kInFile, "12345ms") : why;
          })
      .works_where("root", "writable")
      .works_where("root", "read-only");
  attempt("sed -i on postgresql.conf on the host, mounted as a file, SELECT pg_reload_conf()",
          [&] {
            const auto why = changed("sed -i \"$1\" \"$0\"", file_, "s/12345ms/23456ms/");
            return why.empty() ? why_not_in_force(kInFile, "23456ms") : why;
          })
      .instead(
          "its folder mounted in place of the file (include_dir in postgresql.conf), sed -i on the host, "
          "SELECT pg_reload_conf()",
          [&] {
            const auto why = changed("sed -i \"$1\" \"$0\"", folder_ / "50-own.conf", "s/1111kB/2222kB/");
            return why.empty() ? why_not_in_force(kInFolder, "2222kB") : why;
          });
}

ROOTSEAL_LONGER_SCENARIOS(workflow, PostgresMountedConfiguration, "postgres");

}  // namespace
}  // namespace rootseal::scenarios::mounted_configuration
