// Large objects: written in pieces at any place, read back byte for byte, holes as zeros; an unlinked one is
// gone with its pages, and a rolled-back one never was. Pieces go through the server's functions with binary
// parameters, so that every step has its deadline.
#include <fmt/format.h>

#include <algorithm>

#include "postgres/bytes.hpp"
#include "postgres/own_database.hpp"
#include "postgres/refused.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::large_objects {
namespace {

using postgres::Connection;
using postgres::Format;

// The first place where they differ; npos: nowhere.
std::size_t first_difference(const std::string& a, const std::string& b) {
  const auto common = std::min(a.size(), b.size());
  for (std::size_t at = 0; at < common; ++at) {
    if (a[at] != b[at]) return at;
  }
  return a.size() == b.size() ? std::string::npos : common;
}

class PostgresLargeObjects : public Scenario {
 protected:
  [[nodiscard]] std::string create(Connection& connection) const {
    connection.prepare("put", "select lo_put($1::oid, $2::int8, $3::bytea)", deadline());
    return connection.run("select lo_create(0)", deadline()).text(0, 0);
  }

  void put(Connection& connection, const std::string& oid, std::size_t at, const std::string& piece,
           std::string& model) const {
    if (model.size() < at + piece.size()) model.resize(at + piece.size(), '\0');
    model.replace(at, piece.size(), piece);
    connection.execute("put", {big_endian(std::stoull(oid), 4), big_endian(at, 8), piece}, deadline(),
                       Format::text, Format::binary);
  }

  void expect_content(Connection& connection, const std::string& oid, const std::string& model,
                      const std::string& when) const {
    const auto read =
        connection.query("select lo_get($1::oid)", {oid}, deadline(), Format::binary).text(0, 0);
    const auto at = first_difference(model, read);
    EXPECT_EQ(at, std::string::npos) << when << ": of " << model.size() << " bytes " << read.size()
                                     << " came back, the first difference is at byte " << at;
  }

  // Its pages and its entry, in whatever is left of them.
  [[nodiscard]] std::string traces(Connection& connection, const std::string& oid) const {
    return connection
        .query(
            "select (select count(*) from pg_largeobject where loid = $1::oid) || ' pages, ' || (select "
            "count(*) from pg_largeobject_metadata where oid = $1::oid) || ' entries'",
            {oid}, deadline())
        .text(0, 0);
  }
};

TEST_P(PostgresLargeObjects, PiecesAtAnyPlaceReadBackByteForByte) {
  const OwnDatabase database(target(), own_name());
  auto writer = database.connect();
  auto reader = database.connect();
  auto rng = random();
  std::string model;
  const std::string oid = create(writer);
  const std::size_t size = static_cast<std::size_t>(by_size(200, 1'000, 10'000)) * 1'000;
  for (int piece = 0; piece < 40; ++piece) {
    put(writer, oid, rng() % size, random_bytes(rng, 1 + rng() % 9'000), model);
  }
  put(writer, oid, size + 100'000, random_bytes(rng, 10), model);  // behind a hole of many pages
  expect_content(reader, oid, model, "after 41 pieces");

  // By descriptor: sought, truncated, read in parts.
  const std::size_t cut = size / 2;
  reader.run("begin", deadline());
  reader.query("select lo_truncate64(lo_open($1::oid, x'60000'::int), $2::int8)", {oid, std::to_string(cut)},
               deadline());
  reader.run("commit", deadline());
  model.resize(cut);
  expect_content(writer, oid, model, "after the cut");
  const auto part = writer.query("select lo_get($1::oid, $2::int8, 5000)", {oid, std::to_string(cut - 3'000)},
                                 deadline(), Format::binary);
  EXPECT_TRUE(part.text(0, 0) == model.substr(cut - 3'000)) << "the last 3,000 bytes, asked for as 5,000";
  evidence(fmt::format("41 pieces, {} bytes with holes, cut to {}", size + 100'010, cut));
}

TEST_P(PostgresLargeObjects, AnUnlinkedOneIsGoneAndARolledBackOneNeverWas) {
  const OwnDatabase database(target(), own_name());
  auto writer = database.connect();
  auto reader = database.connect();
  auto rng = random();
  std::string model;
  const std::string kept = create(writer);
  put(writer, kept, 0, random_bytes(rng, 10'000), model);
  ASSERT_EQ(traces(reader, kept), "5 pages, 1 entries");  // of 2,048 bytes each

  writer.run("begin", deadline());
  writer.query("select lo_unlink($1::oid)", {kept}, deadline());
  const auto inside = writer.run("select lo_from_bytea(0, 'never')", deadline()).text(0, 0);
  EXPECT_EQ(traces(writer, inside), "1 pages, 1 entries");
  writer.run("rollback", deadline());
  expect_content(reader, kept, model, "after its unlinking was rolled back");
  EXPECT_EQ(traces(reader, inside), "0 pages, 0 entries") << "made in a transaction that was rolled back";

  writer.query("select lo_unlink($1::oid)", {kept}, deadline());
  EXPECT_EQ(traces(reader, kept), "0 pages, 0 entries") << "after it was unlinked";
  EXPECT_EQ(refusal_of([&] { reader.query("select lo_get($1::oid)", {kept}, deadline()); }).sqlstate,
            "42704");
}

ROOTSEAL_SCENARIOS(function, PostgresLargeObjects, "postgres");

}  // namespace
}  // namespace rootseal::scenarios::large_objects
