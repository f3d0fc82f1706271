#include "verdict/judge.hpp"

#include <algorithm>

namespace rootseal::verdict {
namespace {

using record::Record;
using record::RunVerdict;

RunVerdict verdict_of(int exit_status) {
  switch (exit_status) {
    case 0:
      return RunVerdict::pass;
    case 1:
      return RunVerdict::fail;
    case 2:
      return RunVerdict::inconclusive;
    default:
      return RunVerdict::error;
  }
}

bool has_epochs(const Record& record, const record::Comparison& row) {
  return std::any_of(record.epochs.begin(), record.epochs.end(), [&](const record::Epoch& epoch) {
    return epoch.service == row.service && epoch.workload == row.workload && epoch.stack == row.stack;
  });
}

void judge_comparisons(Record& record, const Policy& policy) {
  std::vector<record::Comparison> all = compare(record.epochs, record.stacks, policy);
  for (const record::Comparison& row : record.comparisons) {
    if (!has_epochs(record, row)) all.push_back(row);
  }
  record.comparisons = std::move(all);
}

bool ended_by_itself(const record::Run& run) {
  return !run.finished.empty() && run.exit_status != record::kInterruptedStatus;
}

}  // namespace

void judge(Record& record) { judge(record, policy_for(record.run.size)); }

void judge(Record& record, const Policy& policy) {
  judge_attacks(record.attacks, record.stacks);
  record.threats = judge_threats(record.attacks, record.stacks);
  judge_comparisons(record, policy);
  record.run.reasons.clear();
  for (Reason& reason : reasons(record)) record.run.reasons.push_back(std::move(reason.text));
  if (!ended_by_itself(record.run)) {
    record.run.verdict = RunVerdict::interrupted;
    return;
  }
  record.run.exit_status = exit_status(record);
  record.run.verdict = verdict_of(record.run.exit_status);
}

}  // namespace rootseal::verdict
