// report/markdown: the sections of the summary, each a function from the record to text. For report/ only.
#pragma once

#include <string>
#include <vector>

#include "record/record.hpp"

namespace rootseal::report {

// A Markdown table; cells must be Markdown already. No rows: "nothing".
std::string table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows);

std::string attacks_section(const record::Record& record);  // what it came to, by threat
std::string cost_section(const record::Record& record);     // throughput, and what did not pass
std::string tasks_section(const record::Record& record);    // what changes for developers and operators
std::string recommendations_section(const record::Record& record);
std::string scope_section(const record::Record& record);
std::string limits_section();  // what a read-only root does not stop: the same in every report

// What most readers need not read: folded, at the end, and the first to go when it becomes too long.
struct Folded {
  std::string title;
  std::string text;  // empty: left out
};
std::string attack_details(const record::Record& record);
std::vector<Folded> cost_details(const record::Record& record);  // one for each workload, both sides

// The text with its details, below what a CI step may hand over as its summary; says where it was cut.
std::string fitted(std::string text, const std::vector<Folded>& details);

}  // namespace rootseal::report
