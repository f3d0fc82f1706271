// Temporary tables: larger than temp_buffers they go to files of the session's own, nobody else sees into
// them, and with the session both are gone. The files are looked at from outside.
#include <fmt/format.h>

#include "engine/files.hpp"
#include "postgres/own_schema.hpp"
#include "postgres/refused.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::temporary_tables {
namespace {

using postgres::Connection;

constexpr std::uint64_t kBuffers = 100 * 8192;  // the smallest temp_buffers that the server takes

class PostgresTemporaryTables : public Scenario {
 protected:
  // As COPY writes it; `size` bytes or a row more.
  [[nodiscard]] std::string rows_of(std::uint64_t size) const {
    auto rng = random();
    std::string text;
    for (int id = 1; text.size() < size; ++id) {
      text += fmt::format("{}\t{:016x}{:016x}{:016x}\n", id, rng(), rng(), rng());
    }
    return text;
  }

  [[nodiscard]] std::uint64_t size_of(const std::string& file) const {
    const auto facts = engine::Files(container()).stat(file);
    return facts ? facts->size : 0;
  }
};

TEST_P(PostgresTemporaryTables, SpillOverTheirBuffersAndVanishWithTheSession) {
  const OwnSchema schema(target(), own_name());
  auto other = schema.connect();
  std::string file, relation;
  {
    auto session = schema.connect();
    session.run(fmt::format("set temp_buffers = '{}kB'; create temporary table own (id int, body text)",
                            kBuffers / 1024),
                deadline());
    const std::string rows = rows_of(4 * kBuffers);
    session.copy_in("copy own from stdin", rows, deadline());
    const auto at = session.run(
        "select current_setting('data_directory') || '/' || pg_relation_filepath('own'), "
        "pg_my_temp_schema()::regnamespace || '.own'",
        deadline());
    file = at.text(0, 0);
    relation = at.text(0, 1);
    const auto on_disk = size_of(file);
    EXPECT_GT(on_disk, kBuffers) << file << " holds no more than the buffers: nothing was spilled";
    EXPECT_TRUE(session.copy_out("copy own to stdout", deadline()) == rows)
        << "what was spilled came back as something else";
    EXPECT_EQ(refusal_of(other, "select count(*) from " + relation, deadline()).sqlstate, "0A000")
        << "another session sees into " << relation;
    evidence(fmt::format("{} bytes of rows, temp_buffers of {}, {} bytes in {}", rows.size(), kBuffers,
                         on_disk, file));
  }
  const auto gone = [&] {
    const auto left = other.query("select to_regclass($1)", {relation}, deadline()).at(0, 0);
    return !left && !engine::Files(container()).stat(file) ? core::Wait::done : core::Wait::again;
  };
  EXPECT_TRUE(core::wait_until(gone, deadline().at_most(core::Milliseconds(10'000))))
      << "10 s after its session's end " << relation << " or " << file << " is still there";
}

TEST_P(PostgresTemporaryTables, EndOrEmptyWithTheTransactionWhereTheySaySo) {
  const OwnSchema schema(target(), own_name());
  auto session = schema.connect();
  session.run("create temporary table emptied (id int) on commit delete rows", deadline());
  session.run(
      "begin; create temporary table dropped (id int) on commit drop; insert into dropped values (1); insert "
      "into emptied values (1), (2)",
      deadline());
  EXPECT_EQ(session.run("select (select count(*) from dropped) + (select count(*) from emptied)", deadline())
                .text(0, 0),
            "3");
  session.run("commit", deadline());
  EXPECT_EQ(session.run("select count(*) from emptied", deadline()).text(0, 0), "0");
  EXPECT_EQ(refusal_of(session, "select * from dropped", deadline()).sqlstate, "42P01");
}

ROOTSEAL_SCENARIOS(function, PostgresTemporaryTables, "postgres");

}  // namespace
}  // namespace rootseal::scenarios::temporary_tables
