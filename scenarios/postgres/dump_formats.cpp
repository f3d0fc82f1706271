// A dump as SQL text, in pg_dump's custom format, and in its directory format with four jobs, into a fresh
// stack: of the same profile, and from the control into this one, as a migration goes. The directory needs a
// place for its files; a read-only root has none to lend, so the scenario brings one along, and the archive
// travels from there.
#include "postgres/backup_scenario.hpp"
#include "services/postgres/backup.hpp"

namespace rootseal::scenarios::dump_formats {
namespace {

constexpr const char* kScratch = "/backup";
constexpr int kJobs = 4;

class PostgresDumpFormats : public BackupScenario {
 protected:
  [[nodiscard]] std::vector<std::string> with_scratch() const {
    const auto& user = service().description().user;
    return {fmt::format(
        "x-rootseal: {{claims: {{writable: [{0}]}}}}\n"
        "services: {{server: {{tmpfs: [\"{0}:size=64m,mode=0700,uid={1},gid={2},noexec,nosuid,nodev\"]}}}}\n",
        kScratch, user.uid, user.gid)};
  }

  // From a stack of the profile `from` (empty: of this one) into a fresh one of this profile, in each format.
  void dump_and_restore(const std::string& from) {
    const auto old = request_stack("dump", Further{.overrides = with_scratch(), .profile = from});
    const auto source = make_source(old.target());
    const auto& database = source->database.target();
    const std::string folder = fmt::format("{}/{}", kScratch, own_name());
    const std::string roles = postgres::dump_roles(database, old.container(), deadline());
    const std::string text = postgres::dump(database, old.container(), deadline());
    const std::string custom = postgres::dump_custom(database, old.container(), deadline());
    postgres::dump_directory(database, old.container(), folder, kJobs, deadline());
    const std::string directory = postgres::pack(database, old.container(), folder, deadline());
    evidence(fmt::format(
        "from {}: SQL text {} bytes; custom format {} bytes; directory format, {} jobs, {} bytes packed",
        old.id(), text.size(), custom.size(), kJobs, directory.size()));

    const auto fresh = request_stack("restore", Further{.overrides = with_scratch()});
    postgres::restore_roles(fresh.target(), fresh.container(), roles, deadline());
    const OwnDatabase first(fresh.target(), own_name() + "_t");
    postgres::restore(first.target(), fresh.container(), text, deadline());
    expect_same(source->digests, first.target(), "SQL text");

    const OwnDatabase second(fresh.target(), own_name() + "_c");
    postgres::restore_custom(second.target(), fresh.container(), custom, deadline());
    expect_same(source->digests, second.target(), "custom format");

    const OwnDatabase third(fresh.target(), own_name() + "_d");
    postgres::unpack(third.target(), fresh.container(), directory, kScratch, deadline());
    postgres::restore_directory(third.target(), fresh.container(), folder, kJobs, deadline());
    expect_same(source->digests, third.target(), "directory format");
  }
};

TEST_P(PostgresDumpFormats, RestoreEverythingIntoAFreshStack) { dump_and_restore(""); }

TEST_P(PostgresDumpFormats, MigrateEverythingFromTheControl) {
  if (stack().profile == control()) not_here("the control is where the others migrate from");
  dump_and_restore(control());
}

ROOTSEAL_LONGER_SCENARIOS(function, PostgresDumpFormats, "postgres");

}  // namespace
}  // namespace rootseal::scenarios::dump_formats
