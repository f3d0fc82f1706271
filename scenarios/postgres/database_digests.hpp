// postgres/database_digests: what a database consists of, as a list of names and digests that two databases
// can be compared by (compare_named): every row, and whatever else a backup must bring. The lists come from
// the catalogues, so that what nobody thought of is compared too. Stateless.
#pragma once

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "services/postgres/client.hpp"

namespace rootseal::scenarios {

using Digests = std::map<std::string, std::string>;

namespace digests {

// Statements that each give names and digests. Privileges are spelt out, because the order of an access list
// says nothing, and a missing list means the default one.
inline constexpr const char* kPrivileges =
    "(select coalesce(string_agg((case when a.grantee = 0 then 'public' else a.grantee::regrole::text end) "
    "|| ' may "
    "' || a.privilege_type || case when a.is_grantable then ' and grant it' else '' end, ', ' order by "
    "a.grantee::regrole::text, a.privilege_type), 'nobody may') from aclexplode(coalesce({0}, "
    "acldefault({1}::\"char\", {2}))) a) || ', owner "
    "' || {2}::regrole";
inline constexpr const char* kOurs = "nspname !~ '^(pg_|information_schema$)'";

inline std::string privileges(const std::string& list, const std::string& kind, const std::string& owner) {
  return fmt::format(kPrivileges, list, kind, owner);
}

inline std::vector<std::string> statements() {
  return {
      "select 'index ' || schemaname || '.' || indexname, indexdef from pg_indexes where schemaname !~ "
      "'^pg_'",
      "select 'view ' || schemaname || '.' || viewname, definition from pg_views where schemaname !~ "
      "'^(pg_|information_schema$)'",
      "select 'materialized view ' || schemaname || '.' || matviewname, definition from pg_matviews",
      "select 'sequence ' || schemaname || '.' || sequencename, coalesce(last_value::text, 'unused') || ' by "
      "' || "
      "increment_by from pg_sequences",
      "select 'constraint ' || conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) from "
      "pg_constraint "
      "where conrelid <> 0 and connamespace::regnamespace::text !~ '^(pg_|information_schema$)'",
      "select 'column ' || a.attrelid::regclass || '.' || a.attname, format_type(a.atttypid, a.atttypmod) || "
      "case "
      "when a.attnotnull then ' not null' else '' end || coalesce(' default ' || pg_get_expr(d.adbin, "
      "d.adrelid), "
      "'') || coalesce(' ' || (select string_agg(x::text, ',' order by x::text) from unnest(a.attacl) x), "
      "'') from "
      "pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = a.attrelid "
      "and "
      "d.adnum = a.attnum where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and "
      "c.relnamespace::regnamespace::text !~ '^(pg_|information_schema$)'",
      "select 'comment on ' || c.oid::regclass, d.description from pg_description d join pg_class c on c.oid "
      "= "
      "d.objoid where d.classoid = 'pg_class'::regclass and c.relnamespace::regnamespace::text !~ "
      "'^(pg_|information_schema$)'",
      fmt::format(
          "select 'partition ' || c.oid::regclass, pg_get_expr(c.relpartbound, c.oid) from pg_class c join "
          "pg_namespace n on n.oid = c.relnamespace where c.relispartition and c.relkind = 'r' and {}",
          kOurs),
      fmt::format(
          "select 'function ' || p.oid::regprocedure, pg_get_functiondef(p.oid) || {} from pg_proc p join "
          "pg_namespace n on n.oid = p.pronamespace where p.prokind in ('f', 'p') and {}",
          privileges("p.proacl", "'f'", "p.proowner"), kOurs),
      "select 'trigger ' || tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) || ' ' || "
      "tgenabled::text from "
      "pg_trigger "
      "where not tgisinternal",
      "select 'policy ' || schemaname || '.' || tablename || '.' || policyname, concat_ws(' ', permissive, "
      "roles, "
      "cmd, qual, with_check) from pg_policies",
      fmt::format(
          "select 'enumeration ' || t.oid::regtype, string_agg(e.enumlabel, ',' order by e.enumsortorder) "
          "from pg_enum e join pg_type t on t.oid = e.enumtypid group by t.oid"),
      fmt::format(
          "select 'privileges on ' || c.oid::regclass, {} || case when c.relrowsecurity then ', by row' else "
          "'' end from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', "
          "'p', 'v', 'm', 'S') and {}",
          privileges("c.relacl", "case when c.relkind = 'S' then 's' else 'r' end", "c.relowner"), kOurs),
      fmt::format("select 'privileges on schema ' || n.nspname, {} from pg_namespace n where {}",
                  privileges("n.nspacl", "'n'", "n.nspowner"), kOurs),
      "select 'default privileges of ' || defaclrole::regrole || ' in ' || case when defaclnamespace = 0 "
      "then 'all' "
      "else defaclnamespace::regnamespace::text end || ' on ' || defaclobjtype::text, (select "
      "string_agg(x::text, "
      "',' order by x::text) from unnest(defaclacl) x) from pg_default_acl",
      fmt::format(
          "select 'large object ' || l.oid, md5(lo_get(l.oid)) || ', ' || {} from pg_largeobject_metadata l",
          privileges("l.lomacl", "'L'", "l.lomowner")),
      "select 'extension ' || extname, extversion from pg_extension"};
}

// Independent of the order of rows: their number, and the sum of a hash of each.
inline std::string of_rows(postgres::Connection& connection, const std::string& relation,
                           const core::Deadline& deadline) {
  return connection
      .run(fmt::format("select count(*) || ' rows, ' || coalesce(sum(('x' || left(md5(t::text), "
                       "16))::bit(64)::bigint), 0) from {} t",
                       relation),
           deadline)
      .text(0, 0);
}

}  // namespace digests

// Rows of every table, view and materialized view outside the system's schemas.
inline Digests tables_of(postgres::Connection& connection, const core::Deadline& deadline) {
  const auto names = connection.run(
      fmt::format(
          "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = "
          "c.relnamespace where c.relkind in ('r', 'p', 'v', 'm') and {} order by 1",
          digests::kOurs),
      deadline);
  Digests found;
  for (int row = 0; row < names.size(); ++row) {
    const std::string name = names.text(row, 0);
    found["table " + name] = digests::of_rows(connection, name, deadline);
  }
  return found;
}

// Everything else: definitions, positions of sequences, privileges and owners, large objects.
inline Digests objects_of(postgres::Connection& connection, const core::Deadline& deadline) {
  Digests found;
  for (const auto& statement : digests::statements()) {
    const auto rows = connection.run(statement, deadline);
    for (int row = 0; row < rows.size(); ++row) found[rows.text(row, 0)] = rows.text(row, 1);
  }
  return found;
}

inline Digests digests_of(postgres::Connection& connection, const core::Deadline& deadline) {
  Digests all = tables_of(connection, deadline);
  all.merge(objects_of(connection, deadline));
  return all;
}

}  // namespace rootseal::scenarios
