// report/markdown: the sections of the summary, each a function from the record to text. For report/ only.
#pragma once

#include <string>
#include <vector>

#include "record/record.hpp"

namespace rootseal::report {

// A Markdown table; cells must be Markdown already. No rows: "nothing".
std::string table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows);

std::string attacks_section(const record::Record& record);  // what was tried, per server
std::string cost_section(const record::Record& record);
std::string scope_section(const record::Record& record);
std::string limits_section();  // what a read-only root does not stop: the same in every report

}  // namespace rootseal::report
