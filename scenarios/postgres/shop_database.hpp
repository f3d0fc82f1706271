// postgres/shop_database: a database with something of everything that a backup must bring: types, sequences
// that have moved, partitions, views, a function with a trigger, row security, privileges and owners, large
// objects, odd names and values. The same in every run with the same seed. Not
// thread-safe.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "core/patience.hpp"
#include "services/postgres/client.hpp"

namespace rootseal::scenarios {

// Roles belong to the whole server: they are dropped with this, so it must outlive the databases that name
// them.
class ShopRoles {
 public:
  ShopRoles(service::Target administrator, const std::string& name)
      : administrator_(std::move(administrator)), reader(name + "_reader"), keeper(name + "_keeper") {
    postgres::Connection connection(administrator_, core::patient_deadline());
    connection.run(drop_statement(), core::patient_deadline());
    connection.run(
        fmt::format("create role {0} nologin; create role {1} login connection limit 3 password 'kept'; "
                    "grant {0} to {1}",
                    reader, keeper),
        core::patient_deadline());
  }
  // A server that is gone has failed its scenario already.
  ~ShopRoles() {
    try {
      postgres::Connection(administrator_, core::patient_deadline())
          .run(drop_statement(), core::patient_deadline());
    } catch (const core::HarnessError&) {
    }
  }
  ShopRoles(const ShopRoles&) = delete;
  ShopRoles& operator=(const ShopRoles&) = delete;

 private:
  [[nodiscard]] std::string drop_statement() const {
    return fmt::format("drop role if exists {}, {}", reader, keeper);
  }
  service::Target administrator_;

 public:
  const std::string reader, keeper;
};

class ShopDatabase {
 public:
  ShopDatabase(const ShopRoles& roles, int rows, std::uint64_t seed)
      : reader_(roles.reader),
        keeper_(roles.keeper),
        rows_(rows),
        hash_(fmt::format("md5(i::text || '{}')", seed % 1'000'000)) {}

  void make(postgres::Connection& connection, const core::Deadline& deadline) const {
    for (const auto& statement : schema()) connection.run(statement, deadline);
    for (const auto& statement : data()) connection.run(statement, deadline);
    for (const auto& statement : after_the_data()) connection.run(statement, deadline);
  }

 private:
  [[nodiscard]] static std::vector<std::string> schema() {
    return {
        "create schema shop",
        "create type shop.state as enum ('new', 'paid', 'sent')",
        "create sequence shop.voucher start 1000 increment 7",
        "create table shop.customer (id bigint generated always as identity primary key, name text not null, "
        "joined date, address jsonb, tags text[])",
        "create table shop.purchase (id uuid primary key, customer bigint references shop.customer, state "
        "shop.state, amount numeric(12, 4), at timestamptz, spent interval, origin inet, during tstzrange, "
        "voucher "
        "bigint default nextval('shop.voucher'))",
        "create table shop.event (at date not null, note text) partition by range (at)",
        "create table shop.event_early partition of shop.event for values from (minvalue) to ('2022-01-01')",
        "create table shop.event_late partition of shop.event for values from ('2022-01-01') to (maxvalue)",
        "create table big (id int primary key, body text, raw bytea)",
        "create table empty (id int)",
        "create table \"odd \"\"name\" (\"a b\" double precision, c real, d boolean, e \"char\", f bit(5), g "
        "point)",
        "create index purchase_at on shop.purchase (at desc) where state = 'paid'",
        "create unique index customer_name on shop.customer (lower(name))",
        "create view shop.turnover as select customer, sum(amount) as total from shop.purchase group by "
        "customer",
        "comment on table shop.purchase is 'what was bought; it''s 100% \\ real'"};
  }

  [[nodiscard]] std::vector<std::string> data() const {
    return {
        fmt::format(
            "insert into shop.customer (name, joined, address, tags) select 'Kunde ' || i || ' ü ' || {0}, "
            "date '2020-01-01' + i % 1500, jsonb_build_object('street', {0}, 'no', i, 'none', null), "
            "array[{0}, null, 'with \"quotes\", \\'] from generate_series(1, {1}) i",
            hash_, rows_),
        fmt::format(
            "insert into shop.purchase (id, customer, state, amount, at, spent, origin, during) select "
            "{0}::uuid, 1 + i % {1}, (enum_range(null::shop.state))[1 + i % 3], i * 1.2345 - 100, "
            "timestamptz '2021-03-28 00:30+00' + i * interval '37 minutes', make_interval(secs => i), "
            "('10.0.' || i % 256 || '.7')::inet, case when i % 4 > 0 then tstzrange('2021-01-01', null) end "
            "from generate_series(1, {2}) i",
            hash_, rows_, 3 * rows_),
        fmt::format(
            "insert into shop.event select date '2021-06-01' + i % 400, {} from generate_series(1, {}) i",
            hash_, rows_),
        fmt::format("insert into big select i, repeat({0}, 10000), decode(repeat({0}, 2000), 'hex') from "
                    "generate_series(1, 8) i",
                    hash_),
        "insert into \"odd \"\"name\" values (1e-300, 'NaN', true, 'x', b'10101', '(1,2)'), ('-Infinity', "
        "1.5, null, "
        "null, null, null), (0.1, 0.1, false, 'y', b'00000', '(0.1,-7)')",
        fmt::format(
            "select lo_from_bytea(0, decode(repeat({}, 100 * i), 'hex')) from generate_series(1, 3) i",
            hash_),
        "select setval('shop.voucher', 31337)"};
  }

  [[nodiscard]] std::vector<std::string> after_the_data() const {
    return {
        "create materialized view shop.best as select customer, total from shop.turnover order by total "
        "desc, "
        "customer limit 20; create unique index on shop.best (customer)",
        "create function shop.net(gross numeric) returns numeric language sql immutable as $$ select "
        "round(gross / "
        "1.19, 4) $$",
        "create function shop.mark() returns trigger language plpgsql as $$ begin new.tags := new.tags || "
        "array['marked']; return new; end $$",
        "create trigger mark before update on shop.customer for each row execute function shop.mark()",
        fmt::format(
            "alter table shop.customer enable row level security; create policy recent on shop.customer for "
            "select to {} using (joined > date '2021-01-01')",
            reader_),
        fmt::format(
            "grant usage on schema shop to {0}; grant select on shop.purchase to {0} with grant option; "
            "grant "
            "update (state) on shop.purchase to {0}; grant usage on sequence shop.voucher to {0}; revoke "
            "execute on function shop.net from public; grant execute on function shop.net to {0}",
            reader_),
        fmt::format("alter default privileges in schema shop grant select on tables to {}", reader_),
        fmt::format("alter table shop.event owner to {}", keeper_),
        fmt::format("do $$ declare l oid; begin for l in select oid from pg_largeobject_metadata order by "
                    "oid limit 1 "
                    "loop execute format('grant select on large object %s to {}', l); end loop; end $$",
                    reader_)};
  }

  std::string reader_, keeper_;
  int rows_;
  std::string hash_;  // of the row's number i and the seed
};

}  // namespace rootseal::scenarios
