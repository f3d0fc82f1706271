// record/sample_parts: the rows of sample_record() that are long enough for a file of their own. For
// sample.cpp only.
#pragma once

#include <vector>

#include "record/record.hpp"

namespace rootseal::record {

std::vector<Stack> sample_stacks();
std::vector<Check> sample_checks();
std::vector<Task> sample_tasks();
std::vector<Attack> sample_attacks();
std::vector<Threat> sample_threats();
std::vector<Surface> sample_surface();

}  // namespace rootseal::record
