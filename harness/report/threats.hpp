// report/threats: the threats of one server as a small table, for the reports for people. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "record/record.hpp"

namespace rootseal::report {

// The head first: "threat" and the profiles; then a row for each threat. Plain text: "5 prevented, 2
// residual". Only the head when nothing was tried.
std::vector<std::vector<std::string>> threat_table(const record::Record& record, const std::string& server);

}  // namespace rootseal::report
