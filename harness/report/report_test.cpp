#include "report/report.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "core/places.hpp"
#include "record/sample.hpp"

namespace rootseal::report::report_test {
namespace {

using record::Record;
using record::RunVerdict;
using record::sample_record;
using testing::HasSubstr;
using testing::Not;

std::filesystem::path golden(const Format& format) {
  const std::string name = format.file_name.empty() ? format.name + ".txt" : format.file_name;
  return core::project_folder() / "harness/report/golden" / name;
}

std::string read(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

std::string first_difference(const std::string& wanted, const std::string& seen) {
  std::istringstream a(wanted);
  std::istringstream b(seen);
  for (int number = 1;; ++number) {
    std::string left;
    std::string right;
    const bool more_a = static_cast<bool>(std::getline(a, left));
    const bool more_b = static_cast<bool>(std::getline(b, right));
    if (!more_a && !more_b) return "none by lines";
    if (left != right || more_a != more_b) {
      return "line " + std::to_string(number) + "\n  golden: " + left + "\n  now:    " + right;
    }
  }
}

TEST(GoldenTest, EveryFormatRendersTheSampleAsItsGoldenFile) {
  const bool update = std::getenv("ROOTSEAL_UPDATE_GOLDEN") != nullptr;
  for (const Format& format : formats()) {
    const std::string now = format.render(sample_record());
    if (update) std::ofstream(golden(format), std::ios::binary) << now;
    ASSERT_TRUE(std::filesystem::exists(golden(format)))
        << "the format " << format.name << " has no golden file " << golden(format)
        << "; run this test with ROOTSEAL_UPDATE_GOLDEN=1, read the file, commit it";
    const std::string wanted = read(golden(format));
    EXPECT_TRUE(wanted == now) << format.name << " differs from " << golden(format) << " in "
                               << first_difference(wanted, now)
                               << "\nif that is meant: ROOTSEAL_UPDATE_GOLDEN=1, then read the diff";
  }
}

TEST(FormatsTest, HaveDistinctNamesAndFiles) {
  std::set<std::string> names;
  std::set<std::string> files;
  for (const Format& format : formats()) {
    EXPECT_TRUE(names.insert(format.name).second) << format.name;
    EXPECT_TRUE(files.insert(format.file_name).second) << format.file_name;
  }
  EXPECT_THAT(names, testing::IsSupersetOf({"console", "junit", "markdown", "html", "benchmark"}));
}

TEST(FormatsTest, RenderARecordThatHasJustBegun) {
  for (const Format& format : formats()) EXPECT_FALSE(format.render(Record{}).empty()) << format.name;
}

TEST(FormatsTest, LetNoControlCharacterThrough) {
  for (const Format& format : formats()) {
    const std::string text = format.render(sample_record());
    EXPECT_THAT(text, Not(HasSubstr("\x1b"))) << format.name;
    EXPECT_THAT(text, Not(HasSubstr(std::string(1, '\0')))) << format.name;
  }
}

TEST(ConsoleTest, PaintsOnlyWhenAsked) {
  EXPECT_THAT(console(sample_record(), true), HasSubstr("\x1b[1;31mFAIL (exit status 1)\x1b[0m"));
  EXPECT_THAT(console(sample_record(), false), Not(HasSubstr("\x1b")));
}

TEST(ConsoleTest, NoLineEndsInASpace) { EXPECT_THAT(console(sample_record(), false), Not(HasSubstr(" \n"))); }

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

TEST(JunitTest, AFailureIsAFailureAndInconclusiveIsAnError) {
  const std::string xml = junit(sample_record());
  EXPECT_EQ(count(xml, "<failure "), 4U) << "the check, the attack, the comparison, the run";
  EXPECT_EQ(count(xml, "<error "), 4U) << "the check, two attacks and a comparison";
  EXPECT_THAT(xml, HasSubstr("classname=\"rootseal.recovery.rabbitmq-3.10/readonly\" "
                             "name=\"AnyRestart.EmptiesTmpfs [rabbitmq-3.10/readonly]\" time=\"9.500\""));
}

TEST(JunitTest, ASpecimensFailureIsSkippedAndSaysWhy) {
  EXPECT_THAT(junit(sample_record()),
              HasSubstr("<skipped message=\"specimen, a finding and not a failure: did not start"));
}

TEST(JunitTest, ATrialIsNotATestCase) { EXPECT_THAT(junit(sample_record()), Not(HasSubstr("+live-G16]"))); }

TEST(JunitTest, AnAttackWithoutExpectationPassesAndSaysWhatWasSeen) {
  EXPECT_THAT(junit(sample_record()),
              HasSubstr("recorded: succeeded; nothing that this profile claims must block it"));
}

TEST(JunitTest, OnlyJudgedComparisonsAreTestCases) {
  Record record = sample_record();
  record.comparisons[0].verdict = record::Verdict::fail;  // but not judged
  const std::string xml = junit(record);
  EXPECT_THAT(xml, HasSubstr("update_one_row throughput"));
  EXPECT_THAT(xml, Not(HasSubstr("select_one_row")));
}

TEST(JunitTest, IsNeverGreenerThanTheRun) {
  for (const RunVerdict verdict : {RunVerdict::interrupted, RunVerdict::error, RunVerdict::inconclusive}) {
    Record record;
    record.run.verdict = verdict;
    EXPECT_EQ(count(junit(record), "<error "), 1U) << to_text(verdict);
  }
  Record record;
  record.run.verdict = RunVerdict::fail;
  EXPECT_EQ(count(junit(record), "<failure "), 1U);
  record.run.verdict = RunVerdict::pass;
  EXPECT_EQ(count(junit(record), "<failure ") + count(junit(record), "<error "), 0U);
}

TEST(JunitTest, AClaimThatWasVerifiedThreeTimesIsOneCaseWithItsWorstVerdict) {
  Record record = sample_record();
  record.checks.clear();
  for (const auto verdict : {record::Verdict::pass, record::Verdict::fail, record::Verdict::pass}) {
    record.checks.push_back({record::kClaimsCheck,
                             "postgres-15/readonly",
                             "postgres",
                             "readonly",
                             "security",
                             verdict,
                             0.5,
                             verdict == record::Verdict::fail ? "root is writable" : "",
                             {}});
  }
  const std::string xml = junit(record);
  EXPECT_EQ(count(xml, "name=\"Claims.Hold [postgres-15/readonly]\" time=\"1.500\""), 1U);
  EXPECT_THAT(xml, HasSubstr("<failure message=\"root is writable\""));
}

TEST(JunitTest, WhatXmlForbidsIsEscaped) {
  Record record = sample_record();
  record.checks[0].verdict = record::Verdict::fail;
  record.checks[0].message = "<&>\"\xef\xbf\xbf \xff \x01 \xef\xbf\xbe";
  const std::string xml = junit(record);
  EXPECT_THAT(xml, HasSubstr("&lt;&amp;&gt;&quot;\\uffff \\xff \\x01 \\ufffe"));
}

TEST(MarkdownTest, NothingInAMessageIsMarkUp) {
  Record record = sample_record();
  record.checks[6].verdict = record::Verdict::fail;
  record.checks[6].message = "a | b\n# c <img src=x> [d](e) *f* `g`";
  EXPECT_THAT(markdown(record), HasSubstr("a \\| b \\# c &lt;img src=x> \\[d\\](e) \\*f\\* \\`g\\`"));
}

TEST(MarkdownTest, SaysTheScopeAndTheLimits) {
  const std::string text = markdown(sample_record());
  for (const char* part :
       {"SIGKILL", "power loss", "built here", "6.1.0-18-amd64", "apparmor", "dpkg is not in the image",
        "a pinned image in place of latest", "does not stop", "half of the machine's memory"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(MarkdownTest, AnInterruptedRunSaysSoFirst) {
  Record record = sample_record();
  record.run.verdict = RunVerdict::interrupted;
  record.run.exit_status = -1;
  EXPECT_THAT(markdown(record), testing::StartsWith("# rootseal: INTERRUPTED\n"));
  EXPECT_THAT(markdown(record), HasSubstr("This run was interrupted."));
}

TEST(MarkdownTest, ARecordedSlowdownIsNamedWithTheCost) {
  const std::string text = markdown(sample_record());
  EXPECT_THAT(text.substr(text.find("## Cost")),
              HasSubstr("postgres-15/hardened: start_to_ready has 0.61 of the throughput (0.55 to 0.67)"));
}

TEST(MarkdownTest, FitsAStepSummaryEvenWhenMessagesDoNot) {
  Record record = sample_record();
  for (auto& check : record.checks) check.message = std::string(1 << 20, 'x');
  record.run.reasons.assign(100, std::string(1 << 20, 'x'));
  EXPECT_LT(markdown(record).size(), 1024U * 1024U);
  record::Check failed = record.checks.back();
  failed.verdict = record::Verdict::fail;
  failed.message = std::string(300, 'x');
  record.checks.assign(8000, failed);  // each may say this much
  EXPECT_LT(markdown(record).size(), 1024U * 1024U);
  EXPECT_THAT(markdown(record), HasSubstr("Cut here"));
}

TEST(MarkdownTest, AnswersBeforeDetails) {
  const std::string text = markdown(sample_record());
  EXPECT_LT(text.find("## What to decide first"), text.find("## The four answers"));
  EXPECT_LT(text.find("## The four answers"), text.find("## Details"));
  EXPECT_THAT(text, Not(HasSubstr("Cut here")));
  EXPECT_EQ(count(text, "<details>"), count(text, "</details>"));
}

TEST(BenchmarkJsonTest, IsWhatComparePyReads) {
  const auto json = nlohmann::json::parse(benchmark_json(sample_record()));
  ASSERT_EQ(json["benchmarks"].size(), 2 * sample_record().epochs.size());
  const auto& first = json["benchmarks"][0];
  EXPECT_EQ(first["name"], "select_one_row/postgres-15/baseline");
  EXPECT_EQ(first["run_type"], "iteration");
  EXPECT_EQ(first["time_unit"], "ns");
  EXPECT_EQ(first["iterations"], 30000);
  EXPECT_DOUBLE_EQ(first["real_time"].get<double>(), 1.5 / 30000 * 1e9);
  EXPECT_DOUBLE_EQ(first["cpu_time"].get<double>(), 2.25 / 90000 * 1e9);
  EXPECT_DOUBLE_EQ(first["items_per_second"].get<double>(), 40000) << "at once, by several connections";
  EXPECT_DOUBLE_EQ(first["client_cpu"].get<double>(), 0.9 / 90000 * 1e9);
  EXPECT_DOUBLE_EQ(first["p999"].get<double>(), 210e-6);
  EXPECT_DOUBLE_EQ(first["p99"].get<double>(), 90e-6);
  EXPECT_EQ(json["benchmarks"].back()["cpu_time"], 0.0);
  EXPECT_THAT(json["benchmarks"].back()["label"], HasSubstr("CPU time was not measured"));
}

TEST(BenchmarkJsonTest, AnEpochWithoutWorkIsLeftOut) {
  Record record;
  record.epochs.resize(1);
  record.epochs[0].baseline = {{"operations", 0}, {"seconds", 1}};
  EXPECT_TRUE(nlohmann::json::parse(benchmark_json(record))["benchmarks"].empty());
}

}  // namespace
}  // namespace rootseal::report::report_test
