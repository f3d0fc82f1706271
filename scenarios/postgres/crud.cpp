// Create, read, update, delete with prepared statements and the types that applications use. What is read
// back is read on a connection of its own and compared with what was meant, never with what the server
// echoed.
#include <fmt/format.h>

#include "postgres/bytes.hpp"
#include "postgres/own_database.hpp"
#include "testing/ledger_check.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::crud {
namespace {

using postgres::Cell;
using postgres::Connection;
using postgres::Format;

constexpr const char* kTable = R"(
create table item (
  id bigint primary key, label text, price numeric(18, 6), at timestamptz, document jsonb, body bytea,
  numbers integer[], words text[], remark text))";
constexpr const char* kInsert =
    "insert into item values ($1::bigint, $2, $3::numeric, $4::timestamptz, $5::jsonb, $6::bytea, "
    "$7::integer[], "
    "$8::text[], $9)";
constexpr const char* kSelect =
    "select id, label, price, at, document, body, numbers, words, remark from item order by id";

std::string sql_array_element(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return quoted + "\"";
}

std::string json_string(const std::string& text) { return sql_array_element(text); }

// A row as PostgreSQL writes it out, so that it can be sent and compared as it stands.
std::vector<Cell> make_row(std::uint64_t id, std::mt19937_64& random) {
  const auto label = fmt::format("Ünïcode — {} {}", id, random_text(random, 1 + random() % 60));
  const auto price = fmt::format("{}{}.{:06}", random() % 2 == 0 ? "-" : "", 1 + random() % 1'000'000'000,
                                 random() % 1'000'000);
  const auto at = fmt::format("2024-02-{:02} {:02}:{:02}:{:02}.{:05}1+00", 1 + random() % 29, random() % 24,
                              random() % 60, random() % 60, random() % 100'000);
  const auto document = fmt::format(R"({{"n": {}, "tags": ["a", null, true], "text": {}}})",
                                    random() % 100'000, json_string(random_text(random, 30)));
  const auto numbers = fmt::format("{{{},NULL,-{}}}", random() % 1000, 1 + random() % 1000);
  const auto words =
      fmt::format("{{{},{}}}", sql_array_element("with, comma"), sql_array_element("\"quoted\" \\"));
  const Cell remark = random() % 2 == 0 ? Cell() : Cell("");  // NULL and empty are two things
  return {std::to_string(id),
          label,
          price,
          at,
          document,
          "\\x" + hex(random_bytes(random, random() % 300)),
          numbers,
          words,
          remark};
}

std::string shown(const Cell& cell) { return cell ? "'" + *cell + "'" : "NULL"; }

class PostgresCrud : public Scenario {
 protected:
  std::vector<std::vector<Cell>> insert_rows(Connection& connection, int count) const {
    auto rng = random();
    connection.run(kTable, deadline());
    connection.prepare("insert", kInsert, deadline());
    std::vector<std::vector<Cell>> rows;
    for (int id = 1; id <= count; ++id) {
      rows.push_back(make_row(static_cast<std::uint64_t>(id), rng));
      EXPECT_EQ(connection.execute("insert", rows.back(), deadline()).affected(), 1U);
    }
    return rows;
  }

  static std::vector<std::string> differences(const std::vector<std::vector<Cell>>& written,
                                              const postgres::Rows& read) {
    std::vector<std::string> wrong;
    for (int row = 0; row < read.size() && row < static_cast<int>(written.size()); ++row) {
      const auto& meant = written[static_cast<std::size_t>(row)];
      for (int column = 0; column < read.columns(); ++column) {
        const Cell& want = meant[static_cast<std::size_t>(column)];
        const Cell got = read.at(row, column);
        if (got == want) continue;
        wrong.push_back(fmt::format("row {} column {}: written {}, read {}", row + 1,
                                    read.column_name(column), shown(want), shown(got)));
      }
    }
    return wrong;
  }
};

TEST_P(PostgresCrud, RowsReadBackAsWritten) {
  const OwnDatabase database(target(), own_name());
  auto writer = database.connect();
  const auto written = insert_rows(writer, by_size(200, 1'000, 5'000));

  auto reader = database.connect();
  const auto read = reader.query(kSelect, {}, deadline());
  EXPECT_EQ(read.size(), static_cast<int>(written.size()));
  const auto wrong = differences(written, read);
  if (!wrong.empty()) ADD_FAILURE() << shortened(wrong);
  evidence(fmt::format(
      "{} rows of text, numeric, timestamptz, jsonb, bytea, arrays and NULL read on another connection, "
      "{} differences",
      read.size(), wrong.size()));
}

TEST_P(PostgresCrud, BinaryResultsHoldTheBytesThatWereSent) {
  const OwnDatabase database(target(), own_name());
  auto writer = database.connect();
  writer.run("create table blob (id int primary key, body bytea)", deadline());
  writer.prepare("insert", "insert into blob values ($1::int, $2::bytea)", deadline());
  auto rng = random();
  // A zero byte in the middle; a length beyond one page, so that it is stored out of line.
  const std::string body = random_bytes(rng, 5'000) + std::string(1, '\0') + random_bytes(rng, 20'000);
  writer.execute("insert", {std::string("\0\0\0\7", 4), body}, deadline(), Format::text, Format::binary);

  auto reader = database.connect();
  const auto rows = reader.query("select id, body from blob", {}, deadline(), Format::binary);
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(rows.text(0, 0), std::string("\0\0\0\7", 4));
  EXPECT_TRUE(rows.at(0, 1) == body) << "25,001 bytes came back as " << rows.text(0, 1).size()
                                     << ", or other ones";
}

TEST_P(PostgresCrud, UpdatesAndDeletesChangeExactlyTheirRows) {
  const OwnDatabase database(target(), own_name());
  auto writer = database.connect();
  const int count = by_size(200, 1'000, 5'000);
  insert_rows(writer, count);
  writer.prepare("update", "update item set label = 'changed', price = price * 2 where id % $1::int = 0",
                 deadline());
  writer.prepare("delete", "delete from item where id % $1::int = 1", deadline());
  EXPECT_EQ(writer.execute("update", {"5"}, deadline()).affected(), static_cast<std::uint64_t>(count / 5));
  EXPECT_EQ(writer.execute("delete", {"5"}, deadline()).affected(), static_cast<std::uint64_t>(count / 5));

  auto reader = database.connect();
  const auto rows = reader.run(
      "select count(*), count(*) filter (where label = 'changed'), count(*) filter (where id % 5 = 1), "
      "count(*) filter (where label = 'changed' and id % 5 <> 0) from item",
      deadline());
  EXPECT_EQ(rows.text(0, 0), std::to_string(count - count / 5)) << "rows left";
  EXPECT_EQ(rows.text(0, 1), std::to_string(count / 5)) << "rows changed";
  EXPECT_EQ(rows.text(0, 2), "0") << "deleted rows that are still there";
  EXPECT_EQ(rows.text(0, 3), "0") << "rows changed that were not meant";
}

TEST_P(PostgresCrud, ARefusedStatementLeavesTheRowsAlone) {
  const OwnDatabase database(target(), own_name());
  auto writer = database.connect();
  writer.run("create table one (id int primary key, label text); insert into one values (1, 'first')",
             deadline());
  writer.prepare("insert", "insert into one values ($1::int, $2)", deadline());
  try {
    writer.execute("insert", {"1", "second"}, deadline());
    ADD_FAILURE() << "a second row with the same key was taken";
  } catch (const postgres::SqlError& error) {
    EXPECT_EQ(error.sqlstate(), "23505") << error.what();
  }
  auto reader = database.connect();
  EXPECT_EQ(reader.run("select string_agg(label, ',') from one", deadline()).text(0, 0), "first");
}

ROOTSEAL_SCENARIOS(function, PostgresCrud, "postgres");

}  // namespace
}  // namespace rootseal::scenarios::crud
