// Every kind of constraint refuses with its SQLSTATE, names itself, and nothing of the statement is written.
#include <fmt/format.h>

#include <iterator>

#include "postgres/own_schema.hpp"
#include "postgres/refused.hpp"
#include "testing/ledger_check.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::constraints {
namespace {

constexpr const char* kSchema = R"(
create type state as enum ('new', 'paid');
create domain percent as int constraint percent_in_range check (value between 0 and 100);
create table customer (
  id int constraint customer_pk primary key, mail varchar(20) constraint customer_mail unique, name text not null);
create table purchase (
  id int primary key, customer int not null constraint purchase_customer references customer,
  amount numeric(6, 2) constraint purchase_amount check (amount > 0), off percent, state state,
  during int4range, twice int generated always as (id * 2) stored,
  constraint purchase_during exclude using gist (during with &&));
create table later (
  id int constraint later_unique unique deferrable initially deferred,
  customer int constraint later_customer references customer deferrable initially deferred);
insert into customer values (1, 'anna@example.com', 'Anna'), (2, 'bert@example.com', 'Bert');
insert into purchase values (1, 1, 10, 5, 'new', '[1,5)'), (2, 1, 20, 0, 'paid', '[5,9)');
insert into later values (1, 1))";

// Each statement writes a good row before it comes to the bad one.
struct Violation {
  const char* kind;
  const char* statement;
  const char* sqlstate;
  const char* named;  // in the server's message
};
constexpr Violation kViolations[] = {
    {"primary key", "insert into customer values (8, null, 'x'), (1, null, 'x')", "23505", "customer_pk"},
    {"unique", "insert into customer values (8, null, 'x'), (9, 'anna@example.com', 'x')", "23505",
     "customer_mail"},
    {"unique, by an update", "update customer set mail = 'one@example.com'", "23505", "customer_mail"},
    {"not null", "insert into customer values (8, null, 'x'), (9, null, null)", "23502", "name"},
    {"foreign key", "insert into purchase values (8, 2, 1), (9, 77, 1)", "23503", "purchase_customer"},
    {"foreign key, by a delete", "delete from customer", "23503", "purchase_customer"},
    {"check", "insert into purchase values (8, 2, 1), (9, 2, -1)", "23514", "purchase_amount"},
    {"check of a domain", "insert into purchase values (8, 2, 1, 100), (9, 2, 1, 101)", "23514",
     "percent_in_range"},
    {"exclusion", "insert into purchase (id, customer, during) values (8, 2, '[20,30)'), (9, 2, '[4,6)')",
     "23P01", "purchase_during"},
    {"length", "insert into customer values (8, null, 'x'), (9, repeat('m', 21), 'x')", "22001",
     "character varying(20)"},
    {"range of a number", "insert into purchase values (8, 2, 9999.99), (9, 2, 10000)", "22003", "numeric"},
    {"enumeration", "insert into purchase (id, customer, state) values (8, 2, 'new'), (9, 2, 'lost')",
     "22P02", "state"},
    {"generated column", "insert into purchase (id, customer, twice) values (9, 2, 18)", "428C9", "twice"},
    {"unique, at the commit", "begin; insert into later values (8, 1), (1, 1); commit", "23505",
     "later_unique"},
    {"foreign key, at the commit", "begin; insert into later values (8, 1), (9, 77); commit", "23503",
     "later_customer"}};

std::map<std::string, std::string> content(postgres::Connection& connection, const core::Deadline& deadline) {
  std::map<std::string, std::string> tables;
  for (const auto* table : {"customer", "purchase", "later"}) {
    tables[table] =
        connection
            .run(fmt::format("select string_agg(t::text, ' ' order by t::text) from {} t", table), deadline)
            .text(0, 0);
  }
  return tables;
}

using PostgresConstraints = Scenario;

TEST_P(PostgresConstraints, EachKindRefusesWithItsStateAndNothingIsWritten) {
  const OwnSchema schema(target(), own_name());
  auto writer = schema.connect();
  auto reader = schema.connect();
  writer.run(kSchema, deadline());
  const auto before = content(reader, deadline());
  for (const auto& violation : kViolations) {
    const auto refusal = refusal_of(writer, violation.statement, deadline());
    EXPECT_EQ(refusal.sqlstate, violation.sqlstate) << violation.kind << ": " << refusal.text;
    EXPECT_NE(refusal.text.find(violation.named), std::string::npos)
        << violation.kind << ": the refusal does not name " << violation.named << ": " << refusal.text;
    const auto wrong =
        compare_named({"table", "before", "after it was refused"}, before, content(reader, deadline()));
    if (!wrong.empty()) ADD_FAILURE() << violation.kind << ": something was written: " << shortened(wrong);
  }
  evidence(fmt::format("{} kinds of violation refused, nothing written", std::size(kViolations)));
}

// The other side: what is within the bounds is taken, so that a server that refuses everything is not green.
TEST_P(PostgresConstraints, WhatIsWithinThemIsTaken) {
  const OwnSchema schema(target(), own_name());
  auto writer = schema.connect();
  writer.run(kSchema, deadline());
  writer.run(
      "insert into customer values (8, repeat('m', 20), 'x'); "
      "insert into purchase values (8, 8, 9999.99, 100, 'paid', '[9,10)'); "
      "begin; insert into later values (1, 77); update later set id = 2, customer = 2 where customer = 77; "
      "commit",
      deadline());
  auto reader = schema.connect();
  EXPECT_EQ(reader.run("select p::text from purchase p where id = 8", deadline()).text(0, 0),
            "(8,8,9999.99,100,paid,\"[9,10)\",16)");
  EXPECT_EQ(reader.run("select string_agg(l::text, ' ' order by id) from later l", deadline()).text(0, 0),
            "(1,1) (2,2)");
}

ROOTSEAL_SCENARIOS(function, PostgresConstraints, "postgres");

}  // namespace
}  // namespace rootseal::scenarios::constraints
