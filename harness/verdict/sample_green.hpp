// verdict/sample_green: a run of one server in which all is well, for tests that spoil one thing of it. For
// verdict/'s tests only.
#pragma once

#include <string>
#include <utility>

#include "record/record.hpp"
#include "verdict/sample_epochs.hpp"

namespace rootseal::verdict::sample_parts {

inline record::Stack stack_of(const std::string& profile, const std::string& role) {
  record::Stack stack;
  stack.id = "postgres-15/" + profile;
  stack.service = "postgres";
  stack.profile = profile;
  stack.role = role;
  stack.started = true;
  stack.claims = {{"root", "read-only", true, "", ""}};
  return stack;
}

inline record::Check check(const std::string& stack, const std::string& suite, record::Verdict verdict,
                           const std::string& id = "Crud.Works") {
  return {id, stack, "postgres", "", suite, verdict, 0.1, "", {}};
}

inline void add(record::Record& record, record::Check row) { record.checks.push_back(std::move(row)); }

inline record::Attack attack(const std::string& stack, record::Observed observed, const std::string& role) {
  record::Attack row;
  row.id = "G01";
  row.identity = "root";
  row.service = "postgres";
  row.stack = stack;
  row.role = role;
  row.observed = observed;
  row.stopped_by = observed == record::Observed::blocked ? "EROFS" : "";
  if (role == "candidate") row.must_be_blocked_by = {"root: read-only"};
  return row;
}

// A green run: every suite did something on both stacks.
inline record::Record green() {
  record::Record record;
  record.run.finished = "2026-11-23T19:48:04.623Z";
  record.run.suites = {"function", "recovery", "security", "performance"};
  record.stacks = {stack_of("baseline", "control"), stack_of("readonly", "candidate"),
                   stack_of("as-analysed", "specimen"), stack_of("baseline-twin", "control")};
  for (const char* id : {kBaseline, kReadonly}) {
    record.checks.push_back(check(id, "function", record::Verdict::pass));
    record.checks.push_back(check(id, "recovery", record::Verdict::pass));
  }
  record.attacks = {attack(kBaseline, record::Observed::succeeded, "control"),
                    attack(kReadonly, record::Observed::blocked, "candidate")};
  record::Comparison comparison;
  comparison.service = "postgres";
  comparison.stack = kReadonly;
  comparison.metric = "throughput";
  comparison.workload = "select";
  record.comparisons = {comparison};
  return record;
}

}  // namespace rootseal::verdict::sample_parts
