// verdict: judging is a pure function of the record. No I/O, no clock; thread-safe; can be repeated from disk.
#pragma once

#include <optional>
#include <vector>

#include "record/record.hpp"

namespace rootseal::verdict {

// Fills credit, liveness, classification and verdict of every attack row from all rows:
//  liveness: the same attack id, by the same identity, on the same service succeeded somewhere in this run.
//  credit:   blocked here by EROFS on a stack that claims a read-only root, and succeeded on `baseline` (role control).
//  verdict:  must be blocked + blocked + live -> pass; must be blocked + succeeded -> fail;
//            must be blocked + blocked + never live -> inconclusive ("blocked" may mean "broken");
//            observed inconclusive -> inconclusive; skipped -> skipped; no expectation -> pass (recorded).
void judge_attacks(std::vector<record::Attack>& attacks);

// Comparisons from epochs: one robust log ratio per launch, workload and metric; the interval over launches (Student's
// t on the log ratios); twin beside it. Recorded, not judged.
std::vector<record::Comparison> compare(const std::vector<record::Epoch>& epochs);

// Judges everything in place, sets run.verdict and run.exit_status (DESIGN of the exit statuses: README.md).
void judge(record::Record& record);

// The first that applies: 3 fault of the harness or environment; 1 a check, claim or expectation failed; 2 something is
// inconclusive, or nothing ran, or a whole suite was skipped; 0. Rows of specimens do not count.
int exit_status(const record::Record& record);

}  // namespace rootseal::verdict
