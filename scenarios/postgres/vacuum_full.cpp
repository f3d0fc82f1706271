// VACUUM FULL writes a bloated table anew: its files shrink to what a table of the same rows takes, the old
// ones go, and every row and index entry is as it was.
#include <fmt/format.h>

#include "engine/files.hpp"
#include "postgres/own_schema.hpp"
#include "testing/ledger_check.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::vacuum_full {
namespace {

using postgres::Connection;
using Model = std::map<std::string, std::string>;

class PostgresVacuumFull : public Scenario {
 protected:
  // Every row written three times, most of them deleted. What must be left.
  Model make_bloat(Connection& connection, int count) const {
    connection.run(
        "create table bloated (id int primary key, label text, large text) with (autovacuum_enabled = "
        "false); "
        "create index bloated_label on bloated (label)",
        deadline());
    auto rng = random();
    std::string text;
    Model left;
    for (int id = 1; id <= count; ++id) {
      const std::string label = random_text(rng, 30), written = escaped(label);
      // Long enough now and then to be stored out of line.
      const std::string large = fmt::format("{:016x}", rng()) + (id % 100 == 0 ? random_hex(rng, 8'000) : "");
      text += fmt::format("{}\t{}\t{}\n", id, written, large);
      if (id % 10 == 0) left[std::to_string(id)] = label + "/" + large;
    }
    connection.copy_in("copy bloated from stdin", text, deadline());
    connection.run(
        "update bloated set large = large || 'x'; update bloated set large = left(large, -1); delete from "
        "bloated where id % 10 <> 0",
        deadline());
    return left;
  }

  static std::string escaped(const std::string& text) {
    std::string all;
    for (const char c : text) all += c == '\\' ? std::string("\\\\") : std::string(1, c);
    return all;
  }
  static std::string random_hex(std::mt19937_64& rng, std::size_t size) {
    std::string text;
    while (text.size() < size) text += fmt::format("{:016x}", rng());
    return text;
  }

  [[nodiscard]] Model content(Connection& connection) const {
    const auto rows = connection.run("select id, label || '/' || large from bloated", deadline());
    Model found;
    for (int row = 0; row < rows.size(); ++row) found[rows.text(row, 0)] = rows.text(row, 1);
    return found;
  }

  [[nodiscard]] std::uint64_t bytes(Connection& connection, const std::string& table) const {
    return std::stoull(
        connection.run(fmt::format("select pg_total_relation_size('{}')", table), deadline()).text(0, 0));
  }

  [[nodiscard]] std::string file(Connection& connection) const {
    return connection
        .run("select current_setting('data_directory') || '/' || pg_relation_filepath('bloated')", deadline())
        .text(0, 0);
  }
};

TEST_P(PostgresVacuumFull, ShrinksABloatedTableAndKeepsItsRows) {
  const OwnSchema schema(target(), own_name());
  auto connection = schema.connect();
  const Model meant = make_bloat(connection, by_size(4'000, 20'000, 200'000));
  const auto bloated = bytes(connection, "bloated");
  const std::string old_file = file(connection);
  connection.run("vacuum full bloated", deadline());
  const auto shrunk = bytes(connection, "bloated");

  connection.run(
      "create table fresh (like bloated including all); insert into fresh select * from bloated order by id",
      deadline());
  const auto fresh = bytes(connection, "fresh");
  EXPECT_LT(4 * shrunk, bloated) << "a table of which a thirtieth is left";
  EXPECT_LE(shrunk, fresh + fresh / 4) << "more than a table of the same rows takes, and a quarter";

  auto reader = schema.connect();
  auto wrong =
      compare_named({"row", "what was meant", "the table after VACUUM FULL"}, meant, content(reader));
  reader.run("set enable_seqscan = off; set enable_bitmapscan = off", deadline());
  const auto by_index = reader.run(
      "select count(*) from bloated b where exists (select from bloated i where "
      "i.label = b.label and i.id = b.id)",
      deadline());
  EXPECT_EQ(by_index.text(0, 0), std::to_string(meant.size())) << "rows found by the rebuilt index";
  if (!wrong.empty()) ADD_FAILURE() << shortened(wrong);

  // The space goes back to the filesystem at the latest with the next checkpoint.
  connection.run("checkpoint", deadline());
  EXPECT_NE(file(connection), old_file);
  const auto left = engine::Files(container()).stat(old_file);
  EXPECT_FALSE(left) << "the old file " << old_file << " is still there with " << (left ? left->size : 0)
                     << " bytes";
  evidence(fmt::format("{} bytes before, {} after, {} in a fresh table of the same {} rows", bloated, shrunk,
                       fresh, meant.size()));
}

ROOTSEAL_SCENARIOS(function, PostgresVacuumFull, "postgres");

}  // namespace
}  // namespace rootseal::scenarios::vacuum_full
