#include <gmock/gmock.h>

#include <cctype>
#include <nlohmann/json.hpp>
#include <set>

#include "record/json.hpp"
#include "record/sample.hpp"
#include "report/html_write.hpp"
#include "report/report.hpp"

namespace rootseal::report::html_test {
namespace {

using record::Record;
using record::sample_record;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kHostile =
    "\"><script>alert(1)</script><img src=x onerror='alert(2)'/></td></table></pre>]]>&amp;<!-- `x` --> "
    "\x1b[31m\x1b[2J";

// Every name of a tag in the page; what is text has no '<' left.
std::set<std::string> tags_of(const std::string& page) {
  std::set<std::string> names;
  for (std::size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
    std::size_t from = at + 1;
    if (page[from] == '/') ++from;
    std::size_t to = from;
    while (std::isalnum(static_cast<unsigned char>(page[to])) != 0 || page[to] == '!') ++to;
    names.insert(page.substr(from, to - from));
  }
  return names;
}

const std::set<std::string> kOurs{"!DOCTYPE", "html",    "head",    "meta",   "title",  "style",   "body",
                                  "header",   "section", "article", "main",   "nav",    "div",     "h1",
                                  "h2",       "h3",      "p",       "a",      "ul",     "li",      "dl",
                                  "dt",       "dd",      "span",    "strong", "code",   "pre",     "details",
                                  "summary",  "table",   "caption", "thead",  "tbody",  "tr",      "th",
                                  "td",       "svg",     "line",    "rect",   "circle", "polygon", "text"};

// The sample with something hostile at the end of every string but those under the keys of `spared`. Equal
// strings stay equal, so that rows still find each other.
Record hostile_sample(const std::set<std::string>& spared) {
  auto json = nlohmann::json::parse(record::to_json_text(sample_record()));
  const std::function<void(nlohmann::json&, const std::string&)> spoil = [&](nlohmann::json& value,
                                                                             const std::string& key) {
    if (value.is_string() && !spared.contains(key)) value = value.get<std::string>() + kHostile;
    if (value.is_array()) {
      for (auto& each : value) spoil(each, key);
    }
    if (value.is_object()) {
      for (auto& [name, each] : value.items()) spoil(each, name);
    }
  };
  spoil(json, "");
  return record::from_json_text(json.dump());
}

void expect_harmless(const std::string& page) {
  EXPECT_THAT(kOurs, testing::IsSupersetOf(tags_of(page)));
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)")) << "nothing hostile was shown, so nothing was tried";
}

TEST(HtmlTest, NothingThatAServerSaidIsATag) {
  expect_harmless(html(hostile_sample({"verdict", "observed", "role", "suite", "metric", "unit", "better"})));
}

TEST(HtmlTest, NorIsAnythingElseInARecordThatSomebodyWrote) {
  expect_harmless(html(hostile_sample({"verdict", "observed"})));
}

TEST(HtmlTest, AHostileRecordHasTheSameTagsAsAHarmlessOne) {
  EXPECT_EQ(
      tags_of(html(hostile_sample({"verdict", "observed", "role", "suite", "metric", "unit", "better"}))),
      tags_of(html(sample_record())));
}

TEST(HtmlTest, HasEverySectionThatTheRecordHasRowsFor) {
  const std::string page = html(sample_record());
  for (const char* id : {"risks", "recommendations", "tasks", "findings", "checks", "attacks", "surface",
                         "claims", "cost", "resources", "limits", "scope", "repeat"}) {
    EXPECT_THAT(page, HasSubstr(std::string("<h2 id=\"") + id + "\">"));
    EXPECT_THAT(page, HasSubstr(std::string("href=\"#") + id + "\""));
  }
}

TEST(HtmlTest, TheNumberOfRisksLeadsToThem) {
  Record record = sample_record();
  std::erase_if(record.findings, [](const auto& finding) { return finding.severity == "medium"; });
  for (auto& row : record.attacks) {
    if (row.stack == "postgres-15/readonly") row.classification = "residual-risk";
  }
  const std::string page = html(record);
  EXPECT_THAT(page, HasSubstr("<a href=\"#risks\">4 risks are known to remain</a>"));
  EXPECT_LT(page.find("<h2 id=\"risks\">"), page.find("<h2 id=\"recommendations\">"));
  for (auto& row : record.attacks) row.classification = "allowed-by-design";
  EXPECT_THAT(html(record), Not(HasSubstr("risks")));
}

TEST(HtmlTest, ARecordThatHasJustBegunHasNoEmptySections) {
  const std::string page = html(Record{});
  EXPECT_THAT(page, HasSubstr("The run did not end."));
  EXPECT_THAT(page, Not(HasSubstr("id=\"attacks\"")));
  EXPECT_THAT(page, Not(HasSubstr("href=\"#attacks\"")));
}

TEST(HtmlTest, SaysTheScopeBeforeTheAnswers) {
  const std::string page = html(sample_record());
  const auto scope = page.find("SIGKILL");
  ASSERT_NE(scope, std::string::npos);
  EXPECT_LT(scope, page.find("Does it still work?"));
  for (const char* part :
       {"6.1.0-18-amd64", "in part built here", "seccomp, apparmor", "1 thing was skipped"})
    EXPECT_THAT(page.substr(0, page.find("Does it still work?")), HasSubstr(part));
}

TEST(HtmlTest, FailuresStandFirst) {
  const std::string page = html(sample_record());
  const auto server = page.find("<h3>rabbitmq-3.10</h3>", page.find("id=\"checks\""));
  ASSERT_NE(server, std::string::npos);
  EXPECT_LT(page.find("AnyRestart.EmptiesTmpfs<", server),
            page.find("AnyLogs.ArriveWhereTheProfileSays<", server));  // skipped
  EXPECT_LT(page.find("AnyLogs.ArriveWhereTheProfileSays<", server),
            page.find("AnyKill.LosesNothingAcknowledged<", server));  // passed
}

TEST(HtmlTest, TheSlowSideOfALatencyIsOnTheLeftToo) {
  Record record = sample_record();
  record.comparisons.resize(1);
  auto& row = record.comparisons[0];
  row.twin.reset();
  const auto dot = [&](const char* better, double ratio) {
    row.better = better;
    row.interval = record::Interval{ratio, ratio, ratio};
    const std::string page = html(record);
    const auto at = page.find("cx=\"");
    return std::stod(page.substr(at + 4));
  };
  EXPECT_NEAR(dot("higher", 1.0), 110, 0.1);
  EXPECT_LT(dot("higher", 0.9), 100);
  EXPECT_LT(dot("lower", 1.1), 100);
  EXPECT_GT(dot("lower", 0.9), 120);
}

TEST(HtmlTest, ARecordedSlowdownIsSeenWithoutUnfoldingAnything) {
  const std::string page = html(sample_record());
  const auto cost = page.find("id=\"cost\"");
  const auto folded = page.find("<details", cost);
  const auto row = page.find("start_to_ready, throughput", cost);
  ASSERT_NE(row, std::string::npos);
  EXPECT_LT(row, folded);
  EXPECT_THAT(page.substr(0, cost), HasSubstr("slower, recorded and not judged: start_to_ready"));
}

TEST(HtmlTest, ResourcesSayWhatWasMeasuredAndWhatDoesNotCompare) {
  const std::string page = html(sample_record());
  const std::string part = page.substr(page.find("<h2 id=\"resources\">"));
  EXPECT_THAT(part, HasSubstr("Do not compare these rows with each other"));
  EXPECT_THAT(part, HasSubstr("volume: in use at the end minus at the beginning"));
  EXPECT_THAT(part, HasSubstr("held less at the end than at the beginning"));
}

TEST(HtmlTest, WhatIsToBePastedIsOpenAndWholeFilesAreFolded) {
  const std::string page = html(sample_record());
  const auto part = page.find("<h2 id=\"recommendations\">");
  const auto block = page.find("<pre>services:", part);
  const auto files = page.find("<details><summary>the files</summary><pre># docker compose", part);
  ASSERT_NE(block, std::string::npos);
  ASSERT_NE(files, std::string::npos);
  EXPECT_LT(block, files);
  EXPECT_THAT(page.substr(part, block - part), HasSubstr("with version 1 it is <code>docker-compose</code>"));
  EXPECT_THAT(page.substr(part, block - part), Not(HasSubstr("<details")));
}

TEST(HtmlTest, TheAnswersMayBreakOnANarrowPage) {
  const std::string page = html(sample_record());
  const auto rule = page.find(".glance .badge, dd .badge, .verdict .badge { white-space: normal; }");
  ASSERT_NE(rule, std::string::npos);
  EXPECT_GT(rule, page.find(".badge { display"));  // the later one holds
  EXPECT_THAT(page, HasSubstr("<div class=\"glance\">"));
}

TEST(HtmlTest, WhatLiesBeyondTheScaleEndsInAnArrow) {
  Record record = sample_record();
  record.comparisons.resize(1);
  record.comparisons[0].interval = record::Interval{0.5, 0.4, 0.6};
  EXPECT_THAT(html(record), HasSubstr("<polygon"));
  record.comparisons[0].interval = record::Interval{1, 0.99, 1.01};
  EXPECT_THAT(html(record), Not(HasSubstr("<polygon")));
}

TEST(MarkupTest, OurProseHasCodeAndNothingElse) {
  EXPECT_EQ(prose("a `b<c` d").str(), "a <code>b&lt;c</code> d");
  EXPECT_EQ(prose("odd ` one").str(), "odd <code> one</code>");
}

TEST(MarkupTest, AnAttributeCannotBeLeft) {
  EXPECT_EQ(element("a", Markup::text("x"), {{"title", "\" onclick=\"y"}}).str(),
            "<a title=\"&quot; onclick=&quot;y\">x</a>");
}

TEST(MarkupTest, EvidenceIsCutAndSaysSo) {
  const std::vector<std::string> lines(100, "line");
  EXPECT_THAT(evidence("seen", lines).str(), HasSubstr("(60 more lines in run.json)"));
  EXPECT_TRUE(evidence("seen", {}).empty());
}

}  // namespace
}  // namespace rootseal::report::html_test
