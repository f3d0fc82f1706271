// report/html: the sections of the page, each a function from the record to mark-up that is empty when there
// is nothing to say. For report/ only. Pure; thread-safe.
#pragma once

#include "record/record.hpp"
#include "report/html_write.hpp"

namespace rootseal::report {

Markup html_style();  // the page's only style sheet: light, dark, narrow, on paper

Markup html_answers(const record::Record& record);  // the first screen
Markup html_risks(const record::Record& record);    // what is known to remain on the candidates
Markup html_findings(const record::Record& record);
Markup html_checks(const record::Record& record);
Markup html_attacks(const record::Record& record);
Markup html_surface(const record::Record& record);  // what remains writable
Markup html_claims(const record::Record& record);
Markup html_tasks(const record::Record& record);            // what changes for developers and operators
Markup html_recommendations(const record::Record& record);  // what to do, from verdict/recommend.hpp
Markup html_cost(const record::Record& record);
Markup html_resources(const record::Record& record);
Markup html_limits(const record::Record& record);  // what a read-only root does not stop
Markup html_scope(const record::Record& record);   // environment, how it was measured, what was left out
Markup html_repeat(const record::Record& record);

// One row of a forest plot, 1.0 in the middle, worse on the left: the margin as a band, the twin as a broad
// line, the interval as a thin one. What lies beyond the scale ends in an arrow. The numbers stand beside it.
Markup forest_row(const record::Comparison& row);
Markup forest_scale();  // its axis, for the head of the column
// "pass", "slower than the margin", "recorded"
Cell verdict_cell(const record::Comparison& row);
Mood mood_of(record::Verdict verdict);

}  // namespace rootseal::report
