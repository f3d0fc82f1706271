// Extensions of contrib: each is created, gives an answer that is known from elsewhere, and is dropped
// without a trace. Their libraries and scripts come from the root filesystem, which is read-only or not.
#include <fmt/format.h>

#include <functional>

#include "postgres/own_schema.hpp"
#include "postgres/refused.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::extensions {
namespace {

using postgres::Connection;

struct KnownAnswer {
  const char* sql;
  const char* answer;
  const char* source;
};

class PostgresExtensions : public Scenario {
 protected:
  void expect_answers(Connection& connection, const std::vector<KnownAnswer>& known) const {
    for (const auto& [sql, answer, source] : known) {
      EXPECT_EQ(connection.run(sql, deadline()).text(0, 0), answer)
          << sql << "; the answer is from " << source;
    }
  }

  // Functions, types, operators, tables and the like that the system did not bring.
  [[nodiscard]] std::string further_objects(Connection& connection) const {
    return connection
        .run(
            "select (select count(*) from pg_proc where oid >= 16384) || ' functions, ' || (select count(*) "
            "from "
            "pg_type where oid >= 16384) || ' types, ' || (select count(*) from pg_opclass where oid >= "
            "16384) "
            "|| ' operator classes, ' || (select count(*) from pg_class where oid >= 16384) || ' relations'",
            deadline())
        .text(0, 0);
  }

  // Creates it in a schema of its own, lets `use` try it, drops it and looks at what is left.
  void created_used_dropped(const std::string& extension,
                            const std::function<void(Connection&, const OwnSchema&)>& use) const {
    const OwnSchema schema(target(), own_name());
    auto connection = schema.connect();
    const std::string name = postgres::identifier(extension);
    const std::string before = further_objects(connection);
    connection.run("create extension " + name, deadline());
    const auto version =
        connection.query("select extversion from pg_extension where extname = $1", {extension}, deadline());
    ASSERT_EQ(version.size(), 1) << extension << " is not in pg_extension";
    EXPECT_NE(further_objects(connection), before) << extension << " brought nothing";
    use(connection, schema);
    connection.run("drop extension " + name + " cascade", deadline());
    EXPECT_EQ(further_objects(connection), before) << "after " << extension << " was dropped";
    evidence(fmt::format("{} {}", extension, version.text(0, 0)));
  }
};

TEST_P(PostgresExtensions, PgcryptoHashesAndEncryptsAsPublished) {
  created_used_dropped("pgcrypto", [&](Connection& connection, const OwnSchema& /*schema*/) {
    expect_answers(
        connection,
        {{"select encode(digest('abc', 'sha256'), 'hex')",
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "FIPS 180-4, SHA-256 of 'abc'"},
         {"select encode(digest('', 'sha1'), 'hex')", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
          "FIPS 180-4, SHA-1 of nothing"},
         {"select encode(hmac('what do ya want for nothing?', 'Jefe', 'sha256'), 'hex')",
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", "RFC 4231, test case 2"},
         {"select encode(encrypt('\\x00112233445566778899aabbccddeeff', "
          "'\\x000102030405060708090a0b0c0d0e0f', "
          "'aes-ecb/pad:none'), 'hex')",
          "69c4e0d86a7b0430d8cdb78070b4c55a", "FIPS 197, appendix C.1"}});
    auto rng = random();
    const std::string secret = random_text(rng, 500);
    const auto back = connection.query(
        "select pgp_sym_decrypt(m, 'key') from pgp_sym_encrypt($1, 'key', 'compress-algo=1') m", {secret},
        deadline());
    EXPECT_EQ(back.text(0, 0), secret);
    EXPECT_EQ(
        refusal_of(connection, "select pgp_sym_decrypt(pgp_sym_encrypt('x', 'key'), 'other')", deadline())
            .sqlstate,
        "39000")
        << "another key opens it";
  });
}

TEST_P(PostgresExtensions, HstoreKeepsPairs) {
  created_used_dropped("hstore", [&](Connection& connection, const OwnSchema& /*schema*/) {
    const char* manual = "the manual, F.18 hstore";
    expect_answers(connection,
                   {{"select 'a=>x, b=>y'::hstore -> 'a'", "x", manual},
                    {"select 'a=>b, c=>d'::hstore || 'c=>x, d=>q'::hstore",
                     "\"a\"=>\"b\", \"c\"=>\"x\", \"d\"=>\"q\"", manual},
                    {"select exist('a=>1', 'a') and not defined('a=>NULL', 'a')", "t", manual},
                    {"select 'a=>1, b=>2, c=>3'::hstore - 'b'::text", "\"a\"=>\"1\", \"c\"=>\"3\"", manual}});
  });
}

TEST_P(PostgresExtensions, PgTrgmFindsWhatIsSimilarByItsIndex) {
  created_used_dropped("pg_trgm", [&](Connection& connection, const OwnSchema& /*schema*/) {
    // '  w', ' wo', 'wor' and 'ord' are in both.
    expect_answers(connection, {{"select round(similarity('word', 'two words')::numeric, 6)", "0.363636",
                                 "four of the eleven trigrams of both, counted by hand"},
                                {"select show_trgm('cat')", "{\"  c\",\" ca\",\"at \",cat}",
                                 "the manual, F.35 pg_trgm"}});
    connection.run(
        "create table word (id int, label text); insert into word select i, md5(i::text) from "
        "generate_series(1, "
        "3000) i; insert into word values (0, 'read-only root filesystem'); create index on word using gin "
        "(label "
        "gin_trgm_ops); analyze word; set enable_seqscan = off",
        deadline());
    const std::string sql = "select id from word where label like '%only root file%'";
    EXPECT_NE(connection.run("explain (format json) " + sql, deadline()).text(0, 0).find("word_label_idx"),
              std::string::npos)
        << "the index is not used";
    const auto found = connection.run(sql, deadline());
    ASSERT_EQ(found.size(), 1);
    EXPECT_EQ(found.text(0, 0), "0");
    connection.run("drop table word", deadline());
  });
}

TEST_P(PostgresExtensions, BtreeGistExcludesWhatOverlapsForTheSameKey) {
  created_used_dropped("btree_gist", [&](Connection& connection, const OwnSchema& /*schema*/) {
    connection.run(
        "create table booking (room int, during int4range, exclude using gist (room with =, during with "
        "&&)); "
        "insert into booking values (1, '[1,5)'), (2, '[3,9)'), (1, '[5,7)')",
        deadline());
    EXPECT_EQ(refusal_of(connection, "insert into booking values (1, '[6,8)')", deadline()).sqlstate,
              "23P01");
    EXPECT_EQ(connection.run("select count(*) from booking", deadline()).text(0, 0), "3");
    connection.run("drop table booking", deadline());
  });
}

TEST_P(PostgresExtensions, UuidOsspMakesThePublishedIdentifiers) {
  created_used_dropped("uuid-ossp", [&](Connection& connection, const OwnSchema& /*schema*/) {
    expect_answers(connection, {{"select uuid_generate_v3(uuid_ns_dns(), 'www.example.com')",
                                 "5df41881-3aed-3515-88a7-2f4a814cf09e", "RFC 9562, appendix A.2"},
                                {"select uuid_generate_v5(uuid_ns_dns(), 'www.example.com')",
                                 "2ed6657d-e927-568b-95e1-2665a8aea6a2", "RFC 9562, appendix A.4"}});
    const auto drawn = connection.run(
        "select count(distinct u), bool_and(substr(u::text, 15, 1) = '4') from (select uuid_generate_v4() u "
        "from "
        "generate_series(1, 1000)) d",
        deadline());
    EXPECT_EQ(drawn.text(0, 0), "1000") << "different ones of 1,000 drawn";
    EXPECT_EQ(drawn.text(0, 1), "t") << "all of version 4";
  });
}

TEST_P(PostgresExtensions, PgStatStatementsCountsWhereItIsPreloaded) {
  const OwnSchema schema(target(), own_name());
  auto connection = schema.connect();
  const auto preloaded = connection.run("show shared_preload_libraries", deadline()).text(0, 0);
  if (preloaded.find("pg_stat_statements") == std::string::npos) {
    connection.run("create extension pg_stat_statements", deadline());
    const auto refusal = refusal_of(connection, "select count(*) from pg_stat_statements", deadline());
    EXPECT_EQ(refusal.sqlstate, "55000") << "without its library being preloaded: " << refusal.text;
    connection.run("drop extension pg_stat_statements", deadline());
    GTEST_SKIP() << "pg_stat_statements needs shared_preload_libraries, which is '" << preloaded
                 << "' in this profile; the server says so";
  }
  created_used_dropped("pg_stat_statements", [&](Connection& own, const OwnSchema& its) {
    auto other = its.connect();
    for (int call = 0; call < 17; ++call) other.run("select 4711 as counted_by_rootseal", deadline());
    EXPECT_EQ(
        own.run("select sum(calls) from pg_stat_statements where query like '%counted_by_rootseal%' and "
                "query not like '%pg_stat%' and dbid = (select oid from pg_database where datname = "
                "current_database())",
                deadline())
            .text(0, 0),
        "17");
  });
}

ROOTSEAL_SCENARIOS(function, PostgresExtensions, "postgres");

}  // namespace
}  // namespace rootseal::scenarios::extensions
