// report: functions from a record to text. Nothing is known here that the record does not say. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "record/record.hpp"

namespace rootseal::report {

std::string console(const record::Record& record, bool colour);
std::string junit(const record::Record& record);
std::string markdown(const record::Record& record);
std::string html(const record::Record& record);            // one page that needs no network and no script
std::string benchmark_json(const record::Record& record);  // Google Benchmark's format, for compare.py

struct Format {
  std::string name;       // "markdown": for `rootseal report --format`
  std::string file_name;  // "summary.md": in the run's folder; empty: not a file (console)
  std::string (*render)(const record::Record& record);
};
// Every format there is; a test reminds whoever adds one of its golden file.
const std::vector<Format>& formats();

}  // namespace rootseal::report
