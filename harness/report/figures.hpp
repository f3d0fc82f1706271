// report/figures: the absolute figures of both sides of a comparison, from the epochs. Shared by the reports
// for people. Pure; thread-safe.
#pragma once

#include <compare>
#include <string>
#include <vector>

#include "record/record.hpp"

namespace rootseal::report {

struct Workload {
  std::string service, name;
  bool judged = true;
  auto operator<=>(const Workload&) const = default;
};

// As they stand in the record; one without epochs counts as judged when one of its rows is.
std::vector<Workload> workloads_of(const record::Record& record);
bool belongs(const record::Comparison& row, const Workload& workload);

// One side of a pair: geometric means over launches, and over epochs in them.
struct SideFigures {
  std::string stack;
  bool beside = false;               // the other side: what the stack before it was measured against
  std::vector<std::string> figures;  // with units, in the order of figure_names(); "-" where it was not had
};
std::vector<const char*> figure_names();  // "operations", "p50", ...
// Of a resource of a mount, "volume_growth:/var/lib/x": "volume: in use at the end minus at the beginning".
std::string measure_of_mount(const std::string& resource);
std::string how_mounts_were_measured();
// Both sides of every pair of the workload, in the same units.
std::vector<SideFigures> sides_of(const record::Record& record, const Workload& workload);

}  // namespace rootseal::report
