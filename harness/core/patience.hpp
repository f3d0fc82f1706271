// core/patience: how long to wait before something counts as a hang. This is the only place that says so: a
// deadline catches a hang, it never measures speed. Process-wide, because the machine is one; thread-safe.
//
// Order of calls: the orchestrator calls set_patience(patience_for(...)) after each stack that came up, and
// hands patience() to its children, which set the same. Nobody has to set anything: then it is
// kLeastPatience.
#pragma once

#include "core/deadline.hpp"

namespace rootseal::core {

// For one answer of a server, an engine or a child on a quiet machine, where each takes seconds at most.
inline constexpr Milliseconds kLeastPatience{60'000};

// How patient to be on a machine on which a stack took `longest_start` to come up: ten times as long, since
// no single wait is for more work than a start; between kLeastPatience and an hour.
Milliseconds patience_for(Milliseconds longest_start);

// Never shortens: a machine that was slow once may be slow again. Values above an hour count as an hour.
void set_patience(Milliseconds patience);

// For one wait. For a step that consists of several, `waits` of them.
Milliseconds patience(int waits = 1);
inline Deadline patient_deadline(int waits = 1) { return Deadline::after(patience(waits)); }

}  // namespace rootseal::core
