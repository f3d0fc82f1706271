// testing/workload_arguments: the command line of rootseal-workloads. Throws UsageError.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "testing/workload_planted.hpp"

namespace rootseal::workload {

struct Arguments {
  bool list = false;
  bool help = false;
  bool prepare = false;
  std::string context;
  std::string glob = "*";
  std::set<std::string> done;
  Plants plants;
  unsigned slice = 0;          // 0: the workload's own
  double solo = 0;             // seconds; 0: pairs are compared
  unsigned connections = 1;    // of solo
  unsigned rounds = 0;         // of solo; 0: a single stretch
  std::vector<double> shares;  // of solo's rounds
  std::vector<char*> rest;     // for Google Benchmark
};

const char* usage_text();
Arguments read_arguments(int argc, char** argv);

}  // namespace rootseal::workload
