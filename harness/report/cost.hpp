// report/cost: what the comparisons of one stack come to, in figures and in words. One place, so that the
// console, the summary and the page name the same worst figure and count the same rows. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "record/record.hpp"

namespace rootseal::report {

struct Cost {
  // Rows of throughput and latencies, of the workloads that are for judging.
  std::size_t slower = 0, open = 0, within = 0, recorded = 0;
  std::vector<const record::Comparison*> not_judged;  // those that are `recorded`
  // Their throughput whose interval reaches farthest to the slow side; nullptr when none was measured.
  const record::Comparison* worst = nullptr;
  // Throughput and p50 of any workload that were not judged, and whose whole interval lies beyond the margin
  // on the slow side: no verdict, and nothing to keep quiet about.
  std::vector<const record::Comparison*> recorded_slower;

  [[nodiscard]] bool judged() const { return slower + open + within > 0; }
  [[nodiscard]] bool measured() const { return judged() || recorded > 0; }
};

// Points into the record.
Cost cost_of(const record::Record& record, const std::string& stack);
bool is_for_judging(const record::Record& record, const record::Comparison& row);

std::string counted(const Cost& cost);                // "8 within the margin, 3 recorded and not judged"
std::string figure(const record::Comparison& row);    // "0.995 (0.982 to 1.008)", "0.980 (no interval)"
std::string worst_figure(const Cost& cost);           // "0.995 (0.982 to 1.008) of quorum_publish"
std::string slowdown(const record::Comparison& row);  // "1.64 times as long (p50, 1.52 to 1.77)"
std::string slowdowns(const Cost& cost);              // "connect_close takes 1.64 times as long (...)"
std::vector<std::string> slower_workloads(const Cost& cost);  // "connect_close"

}  // namespace rootseal::report
