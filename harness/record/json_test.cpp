#include "record/json.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "record/sample.hpp"

namespace rootseal::record::json_test {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;

ordered_json sample_json() { return ordered_json::parse(to_json_text(sample_record())); }

bool is_default(const ordered_json& json) {
  return json.is_null() || json.empty() || json == 0 || json == 0.0 || json == false || json == "";
}

// Every path of the record ("attacks[].credit.given") and whether some row has a value there that is not the
// default.
void collect(const ordered_json& json, const std::string& path, std::map<std::string, bool>& seen) {
  if (json.is_object()) {
    for (const auto& item : json.items()) collect(item.value(), path + "." + item.key(), seen);
  } else if (json.is_array() && !json.empty()) {
    for (const auto& each : json) collect(each, path + "[]", seen);
  } else {
    seen[path] = seen[path] || !is_default(json);
  }
}

TEST(SampleTest, SetsEveryFieldSomewhere) {
  std::map<std::string, bool> seen;
  collect(sample_json(), "", seen);
  for (const auto& [path, set] : seen) {
    if (path == ".run.faults") continue;  // would make the whole run an error
    const auto next = seen.upper_bound(path);
    const bool filled_elsewhere =
        next != seen.end() && (next->first.starts_with(path + "[]") || next->first.starts_with(path + "."));
    EXPECT_TRUE(set || filled_elsewhere) << path << " has its default value in every row";
  }
  EXPECT_GT(seen.size(), 120U);
}

TEST(RecordJsonTest, RoundTripsTheSampleWithEveryField) {
  Record record = sample_record();
  record.run.faults = {"no engine"};
  const std::string text = to_json_text(record);
  EXPECT_EQ(to_json_text(from_json_text(text)), text);
}

TEST(RecordJsonTest, ARecordOfBeforeFilesWereKeptIsRead) {
  auto json = sample_json();
  for (auto& stack : json["stacks"]) stack.erase("files");
  const Record old = from_json_text(json.dump());
  ASSERT_FALSE(old.stacks.empty());
  for (const auto& stack : old.stacks) EXPECT_TRUE(stack.files.empty());
}

TEST(RecordJsonTest, RoundTripsAnEmptyRecord) {
  const std::string text = to_json_text(Record{});
  EXPECT_EQ(to_json_text(from_json_text(text)), text);
}

TEST(RecordJsonTest, KeepsNumbersExactly) {
  Record record;
  record.run.seed = UINT64_MAX;
  record.resources = {{"s", "cpu", "s", 0.1 + 0.2}, {"s", "cpu", "s", 5e-324}, {"s", "cpu", "s", 1e300}};
  const Record back = from_json_text(to_json_text(record));
  EXPECT_EQ(back.run.seed, UINT64_MAX);
  EXPECT_EQ(back.resources[0].value, 0.1 + 0.2);
  EXPECT_EQ(back.resources[1].value, 5e-324);
  EXPECT_EQ(back.resources[2].value, 1e300);
}

TEST(RecordJsonTest, HasTheKeysOfTheDesignInItsOrder) {
  const ordered_json json = sample_json();
  std::vector<std::string> keys;
  for (const auto& item : json.items()) keys.push_back(item.key());
  EXPECT_THAT(keys, testing::ElementsAre("schema_version", "tool", "run", "environment", "stacks", "checks",
                                         "tasks", "attacks", "threats", "surface", "epochs", "comparisons",
                                         "resources", "findings", "skipped"));
  EXPECT_TRUE(to_json_text(sample_record()).ends_with("}\n"));
}

TEST(RecordJsonTest, NamesAttacksAndComparisonsAsTheDesignDoes) {
  const ordered_json json = sample_json();
  const auto& attack = json["attacks"][1];
  EXPECT_EQ(attack["class"], "prevented-by-read-only-root");
  EXPECT_EQ(attack["credit"]["given"], true);
  EXPECT_EQ(attack["liveness"]["where"], "postgres-15/baseline");
  const auto& comparison = json["comparisons"][0];
  EXPECT_NEAR(comparison["ratio"].get<double>(), 1.001, 1e-4);
  EXPECT_TRUE(comparison["twin"].contains("ci_low"));
  EXPECT_TRUE(comparison["verdict"].is_null());
  const auto& one_launch = json["comparisons"][10];
  EXPECT_TRUE(one_launch["ratio"].is_null() && one_launch["ci_low"].is_null() &&
              one_launch["ci_high"].is_null());
  EXPECT_TRUE(one_launch["twin"].is_null());
  EXPECT_EQ(json["comparisons"][14]["verdict"], "pass");
  EXPECT_TRUE(json["stacks"][3]["claims"][0]["holds"].is_null())
      << "not established is neither true nor false";
}

TEST(RecordJsonTest, NeverWritesANumberThatIsNotFinite) {
  for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    Record record;
    record.epochs.resize(1);
    record.epochs[0].baseline["p50"] = bad;
    try {
      to_json_text(record);
      FAIL() << "wrote " << bad;
    } catch (const core::HarnessError& error) {
      EXPECT_THAT(error.what(), HasSubstr("epochs[0].baseline.p50"));
    }
  }
}

TEST(RecordJsonTest, ABrokenByteInATextDoesNotCostTheRecord) {
  Record record;
  record.run.faults = {"log line \xff\xfe"};
  EXPECT_THAT(from_json_text(to_json_text(record)).run.faults[0], HasSubstr("log line \xef\xbf\xbd"));
}

struct Refusal {
  std::function<void(ordered_json&)> damage;
  const char* path;
  const char* why;
};

void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.path; }

class RefusalTest : public testing::TestWithParam<Refusal> {};

TEST_P(RefusalTest, NamesThePathAndTheReason) {
  ordered_json json = sample_json();
  GetParam().damage(json);
  try {
    from_json_text(json.dump());
    FAIL() << "accepted";
  } catch (const core::UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr(GetParam().path));
    EXPECT_THAT(error.what(), HasSubstr(GetParam().why));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Damage, RefusalTest,
    testing::Values(
        Refusal{[](auto& j) { j["attacks"][3]["credit"].erase("reason"); },
                "attacks[3].credit.reason: missing", ""},
        Refusal{[](auto& j) { j["run"]["colour"] = 1; }, "run.colour", "unknown key"},
        Refusal{[](auto& j) { j["checks"][0]["seconds"] = "1"; }, "checks[0].seconds",
                "a number is needed, found string"},
        Refusal{[](auto& j) { j["checks"][0]["seconds"] = nullptr; }, "checks[0].seconds", "found null"},
        Refusal{[](auto& j) { j["checks"][0]["verdict"] = "ok"; }, "checks[0].verdict",
                "skipped, pass, inconclusive, fail"},
        Refusal{[](auto& j) { j["checks"] = 1; }, "checks", "a list is needed"},
        Refusal{[](auto& j) { j["run"] = 1; }, "run", "an object is needed"},
        Refusal{[](auto& j) { j["run"]["seed"] = -1; }, "run.seed", "-1 is out of range"},
        Refusal{[](auto& j) { j["run"]["seed"] = 1.5; }, "run.seed", "a whole number is needed"},
        Refusal{[](auto& j) { j["environment"]["cpus"] = 5000000000; }, "environment.cpus", "out of range"},
        Refusal{[](auto& j) { j["stacks"][0]["started"] = 1; }, "stacks[0].started",
                "true or false is needed"},
        Refusal{[](auto& j) { j["stacks"][1]["settings"]["x"] = 1; }, "stacks[1].settings.x",
                "a string is needed"},
        Refusal{[](auto& j) { j["comparisons"][0]["ci_low"] = nullptr; }, "comparisons[0]", "null together"},
        Refusal{[](auto& j) { j["schema_version"] = 99; }, "schema_version",
                "99 is not known; this rootseal reads 1"},
        Refusal{[](auto& j) { j.erase("schema_version"); }, "schema_version", "not a record of rootseal"},
        Refusal{[](auto& j) { j = 7; }, "top level", "a record is an object"}),
    [](const auto& each) {
      std::string name = each.param.path;
      std::replace_if(
          name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
      return name + "_" + std::to_string(each.index);
    });

TEST(RecordJsonTest, TextThatIsNotJsonIsRefusedWithItsPlace) {
  EXPECT_THROW(from_json_text(""), core::UsageError);
  EXPECT_THROW(from_json_text("{\"run\":"), core::UsageError);
  EXPECT_THROW(from_json_text(to_json_text(Record{}) + "x"), core::UsageError);
}

TEST(ReadRecordTest, NamesTheFileThatIsMissingOrBroken) {
  for (const std::string file : {"/nonexistent/run.json", "/proc/self/cmdline", "/"}) {
    try {
      read_record(file);
      FAIL() << file;
    } catch (const core::UsageError& error) {
      EXPECT_THAT(error.what(), HasSubstr(file));
    }
  }
}

TEST(RowJsonTest, CheckAndEpochRoundTripAlone) {
  const Record record = sample_record();
  const nlohmann::json check = record.checks.back();
  EXPECT_EQ(nlohmann::json(check.get<Check>()), check);
  const nlohmann::json epoch = record.epochs.front();
  EXPECT_EQ(nlohmann::json(epoch.get<Epoch>()), epoch);
  EXPECT_THROW(nlohmann::json::object().get<Check>(), core::UsageError);
}

}  // namespace
}  // namespace rootseal::record::json_test
