// record/verdict: the three values that a judgement can have, and "not tried". Values.
#pragma once

#include <string>

namespace rootseal::record {

// Ordered by weight for worst(): skipped < pass < inconclusive < fail.
enum class Verdict { skipped, pass, inconclusive, fail };

std::string to_text(Verdict verdict);  // "pass", "fail", "inconclusive", "skipped"
Verdict worst(Verdict a, Verdict b);

// The whole run. `interrupted` stands in the record from its first second until the run ends by itself.
// `error`: a fault of the harness or its environment kept the run from its work.
enum class RunVerdict { interrupted, pass, fail, inconclusive, error };

std::string to_text(RunVerdict verdict);

}  // namespace rootseal::record
