#include <fmt/format.h>

#include "report/answers.hpp"
#include "report/report.hpp"
#include "report/text.hpp"
#include "report/threats.hpp"
#include "report/unjudged.hpp"

namespace rootseal::report {
namespace {

using record::Record;
using record::RunVerdict;

class Console {
 public:
  Console(const Record& record, bool colour) : record_(record), colour_(colour) {}

  std::string render() {
    head();
    for (const auto& server : answers(record_)) block(server);
    reasons();
    findings();
    tail();
    return std::move(out_);
  }

 private:
  // Text that is not ours may end in a space.
  void line(const std::string& text = "") { out_ += text.substr(0, text.find_last_not_of(' ') + 1) + "\n"; }

  [[nodiscard]] std::string painted(const std::string& text) const {
    if (!colour_) return text;
    const RunVerdict verdict = record_.run.verdict;
    const char* code = verdict == RunVerdict::pass ? "32" : verdict == RunVerdict::inconclusive ? "33" : "31";
    return fmt::format("\x1b[1;{}m{}\x1b[0m", code, text);
  }

  void head() {
    const auto& run = record_.run;
    const auto took = seconds_between(run.started, run.finished);
    line(fmt::format("rootseal {}, run {} ({}){}", record_.tool.version, run.id, run.size,
                     took ? ", " + duration(*took) : ""));
    line(painted(headline(record_)));
    if (run.verdict != RunVerdict::pass) return;
    for (const auto& step : to_judge_them(record_)) line("  " + step);
  }

  void block(const ServerAnswers& server) {
    line();
    line(fmt::format("{}: {}, {}", server.server, one_line(server.image.reference), origin(server.image)));
    std::vector<std::vector<std::string>> rows{
        {"", "works", "recovers", "attacks", "can write", "throughput"}};
    for (const auto& each : server.profiles) {
      rows.push_back({each.role == "specimen" ? each.profile + " (specimen)" : each.profile, each.works,
                      each.recovers, each.attacks, each.writable, each.cost});
    }
    for (const auto& text : aligned(rows)) line("  " + text);
    threats(server.server);
  }

  void threats(const std::string& server) {
    const auto rows = threat_table(record_, server);
    if (rows.size() == 1) return;
    line();
    for (const auto& text : aligned(rows)) line("  " + text);
  }

  void reasons() {
    if (record_.run.reasons.empty()) return;
    line();
    line("why:");
    for (const auto& reason : record_.run.reasons) line("  - " + one_line(reason, 600));
  }

  void findings() {
    if (record_.findings.empty()) return;
    line();
    line("findings:");
    for (const auto& finding : record_.findings) {
      line(fmt::format("  - {}, {}: {}", finding.severity, finding.stack, one_line(finding.text)));
    }
  }

  void tail() {
    line();
    line(
        "throughput: 1.0 = as on baseline, with the 95 % interval over launches. Counted are throughput and "
        "latencies of the workloads that are for judging.");
    line(
        "The whole story is in report.html, in short in summary.md, the evidence in run.json: all in the "
        "run's "
        "folder.");
  }

  const Record& record_;
  bool colour_;
  std::string out_;
};

}  // namespace

std::string console(const Record& record, bool colour) { return Console(record, colour).render(); }

}  // namespace rootseal::report
