// verdict: judging is a pure function of the record. No I/O, no clock; thread-safe; can be repeated from
// disk, and doing it twice changes nothing. The tables of rules are in README.md beside this file.
#pragma once

#include <string>
#include <vector>

#include "record/record.hpp"
#include "verdict/compare.hpp"

namespace rootseal::verdict {

// Fills credit, liveness, classification and verdict of every attack row from all rows and from the claims of
// the stacks:
//  liveness: the same attack id, by the same identity, on the same service succeeded somewhere in this run.
//  credit:   blocked here by EROFS on a stack whose claim `root: read-only` holds, and succeeded on the
//  control of the
//            same server; otherwise credit.reason says why not.
//  verdict:  must be blocked + blocked + live -> pass; must be blocked + succeeded -> fail;
//            must be blocked + blocked + never live -> inconclusive ("blocked" may mean "broken");
//            observed inconclusive -> inconclusive; skipped -> skipped; no expectation -> pass (recorded).
// Rows of throw-away stacks (liveness trials) count for liveness only.
void judge_attacks(std::vector<record::Attack>& attacks, const std::vector<record::Stack>& stacks);

// What came of each threat on each stack, from judged attacks: stacks in their order, threats in that of
// record::kThreats. Trials are left out; a stack beside another counts with it.
std::vector<record::Threat> judge_threats(const std::vector<record::Attack>& attacks,
                                          const std::vector<record::Stack>& stacks);

// Judges everything in place: attacks and threats; comparisons, made anew from the epochs (those without
// epochs stay), by the policy of the run's size or by another; run.reasons, run.verdict and run.exit_status.
// Set run.finished before. A run that did not end by itself (run.finished is empty, or run.exit_status is
// kInterruptedStatus) keeps the verdict `interrupted`.
void judge(record::Record& record);
void judge(record::Record& record, const Policy& policy);

// What keeps the run from being green, with the exit status that each deserves.
struct Reason {
  int status = 0;  // 3 fault, 1 failure, 2 inconclusive
  std::string text;
};
std::vector<Reason> reasons(const record::Record& record);  // the weightiest first: 3, 1, 2

// The status of the first reason; 0 when there is none. Needs judged attacks.
int exit_status(const record::Record& record);

}  // namespace rootseal::verdict
