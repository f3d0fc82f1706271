// A dump taken inside the container goes into a fresh stack of the same profile; every table is compared, by
// lists that the catalogues of both sides give.
#include <fmt/format.h>

#include "postgres/own_database.hpp"
#include "services/postgres/backup.hpp"
#include "testing/ledger_check.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios {
namespace {

using Digests = std::map<std::string, std::string>;

// $1 in these is the number of rows. Values come from md5 of the row's number and the seed: the same in every
// run.
const std::vector<std::string>& schema() {
  static const std::vector<std::string> statements{
      "create schema shop",
      "create type shop.state as enum ('new', 'paid', 'sent')",
      "create sequence shop.voucher start 1000 increment 7",
      "create table shop.customer (id bigint generated always as identity primary key, name text not null, "
      "joined date, address jsonb, tags text[])",
      "create table shop.purchase (id uuid primary key, customer bigint references shop.customer, state "
      "shop.state, "
      "amount numeric(12, 4), at timestamptz, spent interval, origin inet, during tstzrange, voucher bigint "
      "default "
      "nextval('shop.voucher'))",
      "create table big (id int primary key, body text, raw bytea)",
      "create table empty (id int)",
      "create table \"odd \"\"name\" (\"a b\" double precision, c real, d boolean, e \"char\", f bit(5), g "
      "point)",
      "create index purchase_at on shop.purchase (at desc) where state = 'paid'",
      "create unique index customer_name on shop.customer (lower(name))",
      "create view shop.turnover as select customer, sum(amount) as total from shop.purchase group by "
      "customer",
      "comment on table shop.purchase is 'what was bought; it''s 100% \\ real'"};
  return statements;
}

std::vector<std::string> data(int rows, std::uint64_t seed) {
  const std::string hash = fmt::format("md5(i::text || '{}')", seed);
  return {
      fmt::format(
          "insert into shop.customer (name, joined, address, tags) select 'Kunde ' || i || ' ü ' || {0}, "
          "date '2020-01-01' + i % 1500, jsonb_build_object('street', {0}, 'no', i, 'none', null), "
          "array[{0}, null, 'with \"quotes\", \\'] from generate_series(1, {1}) i",
          hash, rows),
      fmt::format(
          "insert into shop.purchase (id, customer, state, amount, at, spent, origin, during) select "
          "{0}::uuid, "
          "1 + i % {1}, (enum_range(null::shop.state))[1 + i % 3], i * 1.2345 - 100, "
          "timestamptz '2021-03-28 00:30+00' + i * interval '37 minutes', make_interval(secs => i), "
          "('10.0.' || i % 256 || '.7')::inet, case when i % 4 > 0 then tstzrange('2021-01-01', null) end "
          "from generate_series(1, {2}) i",
          hash, rows, 3 * rows),
      fmt::format("insert into big select i, repeat({0}, 10000), decode(repeat({0}, 2000), 'hex') "
                  "from generate_series(1, 8) i",
                  hash),
      "insert into \"odd \"\"name\" values (1e-300, 'NaN', true, 'x', b'10101', '(1,2)'), "
      "('-Infinity', 1.5, null, null, null, null), (0.1, 0.1, false, 'y', b'00000', '(0.1,-7)')"};
}

// Independent of the order of rows: their number, and the sum of a hash of each.
std::string digest_of(postgres::Connection& connection, const std::string& relation,
                      const core::Deadline& deadline) {
  const auto rows = connection.run(fmt::format("select count(*) || ' rows, ' || coalesce(sum(('x' || "
                                               "left(md5(t::text), 16))::bit(64)::bigint), 0) "
                                               "from {} t",
                                               relation),
                                   deadline);
  return rows.text(0, 0);
}

// Every table, view and materialized view outside the system's schemas.
Digests tables_of(postgres::Connection& connection, const core::Deadline& deadline) {
  const auto names = connection.run(
      "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = "
      "c.relnamespace "
      "where c.relkind in ('r', 'p', 'v', 'm') and n.nspname !~ '^(pg_|information_schema$)' order by 1",
      deadline);
  Digests digests;
  for (int row = 0; row < names.size(); ++row) {
    digests[names.text(row, 0)] = digest_of(connection, names.text(row, 0), deadline);
  }
  return digests;
}

// Indexes, views and constraints by definition, columns by type, NOT NULL and default, sequences by where
// they stand, comments by their text.
Digests objects_of(postgres::Connection& connection, const core::Deadline& deadline) {
  const auto rows = connection.run(
      "select 'index ' || schemaname || '.' || indexname, indexdef from pg_indexes where schemaname !~ "
      "'^pg_' union all "
      "select 'view ' || schemaname || '.' || viewname, definition from pg_views where schemaname !~ "
      "'^(pg_|information_schema$)' union all "
      "select 'sequence ' || schemaname || '.' || sequencename, coalesce(last_value::text, 'unused') || ' by "
      "' || "
      "increment_by from pg_sequences union all "
      "select 'constraint ' || conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) from "
      "pg_constraint where conrelid <> 0 and connamespace::regnamespace::text !~ "
      "'^(pg_|information_schema$)' union all "
      "select 'column ' || a.attrelid::regclass || '.' || a.attname, format_type(a.atttypid, a.atttypmod) || "
      "case when a.attnotnull then ' not null' else '' end || coalesce(' default ' || pg_get_expr(d.adbin, "
      "d.adrelid), '') from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on "
      "d.adrelid = a.attrelid and d.adnum = a.attnum where c.relkind in ('r', 'p') and a.attnum > 0 and not "
      "a.attisdropped and c.relnamespace::regnamespace::text !~ '^(pg_|information_schema$)' union all "
      "select 'comment on ' || c.oid::regclass, d.description from pg_description d join pg_class c on c.oid "
      "= d.objoid "
      "where d.classoid = 'pg_class'::regclass and c.relnamespace::regnamespace::text !~ "
      "'^(pg_|information_schema$)'",
      deadline);
  Digests digests;
  for (int row = 0; row < rows.size(); ++row) digests[rows.text(row, 0)] = rows.text(row, 1);
  return digests;
}

using PostgresBackup = Scenario;

TEST_P(PostgresBackup, ADumpRestoresEveryTableIntoAFreshStack) {
  const OwnDatabase source(target(), own_name());
  auto connection = source.connect();
  for (const auto& statement : schema()) connection.run(statement, deadline());
  for (const auto& statement : data(by_size(500, 3'000, 20'000), random()() % 1'000'000)) {
    connection.run(statement, deadline());
  }
  const std::string dump = postgres::dump(source.target(), container(), deadline());
  evidence(fmt::format("pg_dump inside the container: {} bytes", dump.size()));

  const auto fresh = request_stack("restore");
  const OwnDatabase restored(fresh.target(), own_name());
  postgres::restore(restored.target(), fresh.container(), dump, deadline());

  auto there = restored.connect();
  const auto tables = tables_of(connection, deadline());
  auto wrong =
      compare_named({"table", "the source", "the restored database"}, tables, tables_of(there, deadline()));
  const auto objects = objects_of(connection, deadline());
  const auto others = compare_named({"object", "the source", "the restored database"}, objects,
                                    objects_of(there, deadline()));
  wrong.insert(wrong.end(), others.begin(), others.end());
  if (!wrong.empty()) ADD_FAILURE() << shortened(wrong);
  EXPECT_EQ(tables.size(), 6U) << "not the tables and views that were made";
  for (const auto& [name, digest] : tables) evidence(name + ": " + digest);
  evidence(fmt::format("{} further objects (indexes, views, sequences, comments)", objects.size()));
}

ROOTSEAL_SCENARIOS(function, PostgresBackup, "postgres");

}  // namespace
}  // namespace rootseal::scenarios
