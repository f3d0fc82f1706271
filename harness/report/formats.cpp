#include "report/report.hpp"

namespace rootseal::report {

const std::vector<Format>& formats() {
  static const std::vector<Format> all{
      {"console", "", [](const record::Record& record) { return console(record, false); }},
      {"junit", "junit.xml", junit},
      {"markdown", "summary.md", markdown},
      {"html", "report.html", html},
      {"benchmark", "benchmark.json", benchmark_json}};
  return all;
}

}  // namespace rootseal::report
