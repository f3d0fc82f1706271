// COPY in and out in its three formats. What goes in is encoded here, what comes out must be the same bytes,
// and the rows in between are read by SELECT: NULL is not the empty string, and nothing is an escape by
// accident.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "postgres/bytes.hpp"
#include "postgres/own_schema.hpp"
#include "postgres/refused.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::copy {
namespace {

using postgres::Cell;
using postgres::Connection;
using postgres::Format;

constexpr const char* kTable = "create table copied (id int primary key, label text, body bytea)";

struct CopiedRow {
  int id = 0;
  Cell label, body;
};

// What reads as something else when it is not escaped, in one of the formats or in all.
std::vector<CopiedRow> make_rows(int count, std::mt19937_64& rng) {
  const std::vector<Cell> hard{std::nullopt,
                               "",
                               "\\N",
                               "\\.",
                               "NULL",
                               "\t\n\r\b\f\v",
                               "\\\\n \\x41 \\101",
                               "\"",
                               "\"\"a\"\"",
                               "a,b;c\td",
                               "two\nlines\r",
                               " edges ",
                               "'",
                               "ÄÖÜ ß € 漢字 🐘",
                               "\x01\x1f\x7f",
                               "{}"};
  std::vector<CopiedRow> rows;
  for (int id = 1; id <= count; ++id) {
    const auto place = static_cast<std::size_t>(id - 1);
    CopiedRow row{id, place < hard.size() ? hard[place] : Cell(random_text(rng, rng() % 60)), {}};
    if (id % 5 != 0) row.body = random_bytes(rng, rng() % 300);
    rows.push_back(std::move(row));
  }
  rows.front().body = [] {
    std::string every;
    for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
    return every;
  }();
  return rows;
}

std::string as_text(const std::vector<CopiedRow>& rows) {
  const auto cell = [](const Cell& value) {
    if (!value) return std::string("\\N");
    static const std::string plain = "\b\f\n\r\t\v\\", letters = "bfnrtv\\";
    std::string text;
    for (const char c : *value) {
      const auto place = plain.find(c);
      text += place == std::string::npos ? std::string(1, c) : std::string("\\") + letters[place];
    }
    return text;
  };
  std::string all;
  for (const auto& row : rows) {
    const Cell body = row.body ? Cell("\\x" + hex(*row.body)) : Cell();
    all += fmt::format("{}\t{}\t{}\n", row.id, cell(row.label), cell(body));
  }
  return all;
}

// With everything in quotes that is not NULL (force_quote *).
std::string as_csv(const std::vector<CopiedRow>& rows) {
  const auto cell = [](const std::string& value) {
    std::string text = "\"";
    for (const char c : value) text += c == '"' ? std::string("\"\"") : std::string(1, c);
    return text + "\"";
  };
  std::string all;
  for (const auto& row : rows) {
    all += fmt::format("\"{}\",{},{}\n", row.id, row.label ? cell(*row.label) : "",
                       row.body ? cell("\\x" + hex(*row.body)) : "");
  }
  return all;
}

std::string as_binary(const std::vector<CopiedRow>& rows) {
  const auto cell = [](const Cell& value) {
    return value ? big_endian(value->size(), 4) + *value : big_endian(0xFFFFFFFF, 4);
  };
  std::string all = std::string("PGCOPY\n\xff\r\n\0", 11) + big_endian(0, 4) + big_endian(0, 4);
  for (const auto& row : rows) {
    all += big_endian(3, 2) + cell(big_endian(static_cast<std::uint64_t>(row.id), 4)) + cell(row.label) +
           cell(row.body);
  }
  return all + big_endian(0xFFFF, 2);
}

std::string shown(const Cell& cell) {
  return cell ? "'" + core::UntrustedText(*cell).printable(60) + "'" : "NULL";
}

class PostgresCopy : public Scenario {
 protected:
  // In, looked at, and out again as the same bytes.
  void there_and_back(const std::vector<CopiedRow>& rows, const std::string& encoded, const std::string& in,
                      const std::string& out) const {
    const OwnSchema schema(target(), own_name());
    auto connection = schema.connect();
    connection.run(kTable, deadline());
    EXPECT_EQ(connection.copy_in("copy copied from stdin " + in, encoded, deadline()), rows.size());
    auto reader = schema.connect();
    expect_rows(reader, rows);
    const std::string back =
        reader.copy_out("copy (select * from copied order by id) to stdout " + out, deadline());
    const auto differ = std::mismatch(back.begin(), back.end(), encoded.begin(), encoded.end());
    EXPECT_TRUE(back == encoded) << "of " << encoded.size() << " bytes " << back.size()
                                 << " came out; they differ from byte " << differ.first - back.begin()
                                 << " on";
    evidence(fmt::format("{} rows, {} bytes in and out", rows.size(), encoded.size()));
  }

  void expect_rows(Connection& reader, const std::vector<CopiedRow>& rows) const {
    const auto read =
        reader.query("select label, body from copied order by id", {}, deadline(), Format::binary);
    ASSERT_EQ(read.size(), static_cast<int>(rows.size()));
    int wrong = 0;
    for (int row = 0; row < read.size(); ++row) {
      const auto& meant = rows[static_cast<std::size_t>(row)];
      if (read.at(row, 0) == meant.label && read.at(row, 1) == meant.body) continue;
      if (++wrong > 5) continue;
      ADD_FAILURE() << "row " << meant.id << ": copied " << shown(meant.label) << " and " << shown(meant.body)
                    << ", read " << shown(read.at(row, 0)) << " and " << shown(read.at(row, 1));
    }
    EXPECT_EQ(wrong, 0) << "rows that came in as others, of " << rows.size();
  }

  [[nodiscard]] std::vector<CopiedRow> rows() const {
    auto rng = random();
    return make_rows(by_size(1'000, 5'000, 50'000), rng);
  }
};

TEST_P(PostgresCopy, TextComesInAndGoesOutByteForByte) {
  const auto all = rows();
  there_and_back(all, as_text(all), "", "");
}

TEST_P(PostgresCopy, CsvComesInAndGoesOutByteForByte) {
  const auto all = rows();
  there_and_back(all, as_csv(all), "(format csv)", "(format csv, force_quote *)");
}

TEST_P(PostgresCopy, BinaryComesInAndGoesOutByteForByte) {
  const auto all = rows();
  there_and_back(all, as_binary(all), "(format binary)", "(format binary)");
}

// Every byte of Latin-1 that is a character there, held against its code point in UTF-8.
TEST_P(PostgresCopy, EightBitTextIsConvertedBothWays) {
  const OwnSchema schema(target(), own_name());
  auto connection = schema.connect();
  connection.run("create table eight (label text)", deadline());
  std::string latin, utf;
  for (unsigned code = 0xA0; code <= 0xFF; ++code) {
    latin += static_cast<char>(code);
    utf += {static_cast<char>(0xC0U | code >> 6U), static_cast<char>(0x80U | (code & 0x3FU))};
  }
  connection.copy_in("copy eight from stdin (encoding 'LATIN1')", latin + "\n", deadline());
  EXPECT_EQ(connection.run("select label from eight", deadline()).text(0, 0), utf);
  EXPECT_TRUE(connection.copy_out("copy eight to stdout (encoding 'LATIN1')", deadline()) == latin + "\n");
  const auto refusal = refusal_of(
      [&] { connection.copy_in("copy eight from stdin (encoding 'UTF8')", latin + "\n", deadline()); });
  EXPECT_EQ(refusal.sqlstate, "22021") << "Latin-1 that was called UTF-8: " << refusal.text;
}

TEST_P(PostgresCopy, ABadRowLeavesNothingOfTheWholeCopy) {
  const OwnSchema schema(target(), own_name());
  auto connection = schema.connect();
  connection.run(kTable, deadline());
  const std::string good = as_text(rows());
  const std::vector<std::array<std::string, 3>> bad{{"a column too few", "9999999\tx\n", "22P04"},
                                                    {"a column too many", "9999999\tx\t\\N\t\\N\n", "22P04"},
                                                    {"no number", "nine\tx\t\\N\n", "22P02"},
                                                    {"a key that is there", "1\tx\t\\N\n", "23505"}};
  auto reader = schema.connect();
  for (const auto& [what, row, sqlstate] : bad) {
    const auto refusal =
        refusal_of([&] { connection.copy_in("copy copied from stdin", good + row, deadline()); });
    EXPECT_EQ(refusal.sqlstate, sqlstate) << what << ": " << refusal.text;
    EXPECT_EQ(reader.run("select count(*) from copied", deadline()).text(0, 0), "0")
        << "rows left of a COPY that ended with " << what;
  }
}

ROOTSEAL_SCENARIOS(function, PostgresCopy, "postgres");

}  // namespace
}  // namespace rootseal::scenarios::copy
