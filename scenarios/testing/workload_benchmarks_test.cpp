#include "testing/workload_benchmarks.hpp"

#include <benchmark/benchmark.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/workload_fakes.hpp"
#include "testing/workload_modes.hpp"

namespace rootseal::workload::workload_benchmarks_test {
namespace {

using record::Verdict;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class KeptResults final : public Results {
 public:
  void send(const wire::Message& message) override { all.push_back(message); }
  std::vector<wire::Message> all;
};

class KeptRuns final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const auto& run : runs) {
      all.push_back(run);
    }
  }
  std::vector<Run> all;
};

struct BenchmarksTest : ::testing::Test {
  fakes::World world;
  KeptResults results;
  KeptRuns runs;
  wire::Context context;
  std::set<std::string> done;
  Tally tally;
  unsigned epochs = 1;
  unsigned twin_epochs = 1;

  BenchmarksTest() {
    context.seed = 1;
    context.launch = 1;
    context.size = "quick";
    context.stacks = {fakes::view("fake-1/baseline"), fakes::view("fake-1/readonly")};
  }
  fakes::Behaviour& on(const std::string& profile) { return world.stacks["fake-1/" + profile]; }

  void run() {
    Session session;
    session.entries = {fakes::entry(world)};
    session.done = done;
    session.context = context;
    session.settings = fakes::settings();
    session.settings.plan.epochs = epochs;
    session.settings.plan.twin_epochs = twin_epochs;
    session.server = [this](const wire::StackView& view) {
      return std::make_unique<fakes::FakeServer>(world, view);
    };
    Benchmarks benchmarks(session, world.clock, results);
    if (benchmarks.register_all() > 0) {
      benchmark::RunSpecifiedBenchmarks(&runs);
    }
    benchmark::ClearRegisteredBenchmarks();
    tally = benchmarks.tally();
  }

  // "started", "epoch", "<stack>: <verdict>", in the order of arrival.
  [[nodiscard]] std::vector<std::string> story() const {
    std::vector<std::string> lines;
    for (const auto& message : results.all) {
      if (message.started) {
        lines.push_back("started " + message.started->stack);
      } else if (message.epoch) {
        lines.push_back("epoch " + message.epoch->stack);
      } else if (message.check) {
        lines.push_back(message.check->stack + ": " + record::to_text(message.check->verdict));
      }
    }
    return lines;
  }
  [[nodiscard]] const record::Check& last_check() const { return *results.all.back().check; }
};

TEST_F(BenchmarksTest, APairIsStartedMeasuredInEpochsAndPassed) {
  run();
  EXPECT_THAT(story(),
              ElementsAre("started fake-1/readonly", "epoch fake-1/readonly", "fake-1/readonly: pass"));
  const auto& check = last_check();
  EXPECT_EQ(check.id, "working");
  EXPECT_EQ(check.suite, "performance");
  EXPECT_EQ(check.profile, "readonly");
  EXPECT_GT(check.seconds, 0.25);
  EXPECT_THAT(check.evidence.back(), ::testing::MatchesRegex("client: at most [0-9]+ bytes resident"));
  EXPECT_EQ(check.message, "");
  EXPECT_EQ(tally.epochs, 1);
  EXPECT_EQ(tally.passed, 1);
}

TEST_F(BenchmarksTest, GoogleBenchmarkShowsTheContendersTimeAndBothSidesCounters) {
  using namespace std::chrono_literals;
  on("readonly").takes = 200us;
  run();
  ASSERT_FALSE(runs.all.empty());
  const auto& first = runs.all.front();
  EXPECT_THAT(first.benchmark_name(), HasSubstr("working/fake-1/readonly"));
  EXPECT_NEAR(first.real_accumulated_time, 200e-6, 1e-9);
  EXPECT_NEAR(first.counters.at("ratio"), 0.5, 1e-6);
  EXPECT_NEAR(first.counters.at("baseline_p50"), 100e-6, 1e-6);
  EXPECT_NEAR(first.counters.at("p50"), 200e-6, 2e-6);
}

TEST_F(BenchmarksTest, AWrongResultFailsTheContenderAndReportsNoTime) {
  on("readonly").wrong_at = 900;
  run();
  EXPECT_THAT(story(), ElementsAre("started fake-1/readonly", "fake-1/readonly: fail"));
  EXPECT_THAT(last_check().message,
              AllOf(HasSubstr("fake-1/readonly: workload working"), HasSubstr("another row")));
  EXPECT_EQ(tally.failed, 1);
  for (const auto& shown : runs.all) {
    EXPECT_TRUE(shown.error_occurred);
  }
}

TEST_F(BenchmarksTest, AFailureOfTheBaselineSaysNothingAboutTheContender) {
  on("baseline").verifies = false;
  context.stacks.push_back(fakes::view("fake-1/hardened"));
  run();
  int inconclusive = 0, failed = 0;
  for (const auto& line : story()) {
    inconclusive +=
        line == "fake-1/readonly: inconclusive" || line == "fake-1/hardened: inconclusive" ? 1 : 0;
    failed += line == "fake-1/baseline: fail" ? 1 : 0;
  }
  EXPECT_EQ(inconclusive, 2);
  EXPECT_EQ(failed, 1) << "reported once, not once per contender";
}

TEST_F(BenchmarksTest, AFaultOfTheEnvironmentIsInconclusive) {
  on("readonly").can_connect = false;
  run();
  EXPECT_EQ(story().back(), "fake-1/readonly: inconclusive");
}

TEST_F(BenchmarksTest, AServerThatEndedUnderLoadFails) {
  on("readonly").can_connect = false;
  on("readonly").ended = "container ended (exit code 137; last log line: bye)";
  run();
  EXPECT_EQ(story().back(), "fake-1/readonly: fail");
  EXPECT_THAT(last_check().message, HasSubstr("exit code 137"));
}

TEST_F(BenchmarksTest, OneStackThatFailsDoesNotKeepTheOthersFromBeingMeasured) {
  context.stacks.push_back(fakes::view("fake-1/baseline-twin"));
  on("readonly").verifies = false;
  run();
  EXPECT_THAT(story(), ::testing::Contains("fake-1/baseline-twin: pass"));
  EXPECT_THAT(story(), ::testing::Contains("fake-1/readonly: fail"));
}

TEST_F(BenchmarksTest, OnlyWorkloadsThatTakePartAreMeasured) {
  world.shape.judged = false;
  world.shape.in_quick = false;
  run();
  EXPECT_TRUE(story().empty()) << "recorded ones are not in quick";
  context.size = "default";
  world.shape.restarts = true;
  context.stacks.push_back(fakes::view("fake-1/baseline-twin"));
  run();
  EXPECT_THAT(story(),
              ElementsAre("started fake-1/readonly", "epoch fake-1/readonly", "fake-1/readonly: pass"));
}

TEST_F(BenchmarksTest, TheTwinHasANumberOfEpochsOfItsOwn) {
  context.stacks.push_back(fakes::view("fake-1/baseline-twin"));
  epochs = 3;
  twin_epochs = 2;
  run();
  const auto all = story();
  EXPECT_EQ(std::count(all.begin(), all.end(), "epoch fake-1/readonly"), 3);
  EXPECT_EQ(std::count(all.begin(), all.end(), "epoch fake-1/baseline-twin"), 2);
}

TEST_F(BenchmarksTest, EveryServerIsDrivenAlikeBeforeTheFirstPair) {
  context.stacks.push_back(fakes::view("fake-1/hardened"));
  done = {"working/fake-1/readonly"};
  run();
  const auto heating = plan_for("quick").heating;
  const auto alone = static_cast<std::uint64_t>(heating / on("readonly").takes);
  EXPECT_EQ(on("readonly").operations, alone) << "driven, and no pair";
  EXPECT_THAT(on("readonly").calls, ElementsAre("set_up", "reset", "lane", "verify", "tear_down"));
  EXPECT_GT(on("hardened").operations, alone);
  EXPECT_THAT(story(),
              ElementsAre("started fake-1/hardened", "epoch fake-1/hardened", "fake-1/hardened: pass"));
}

TEST_F(BenchmarksTest, ServersAreDrivenInTurnsSoThatTheirFilesGrowAlike) {
  context.stacks.push_back(fakes::view("fake-1/hardened"));
  done = {"working/fake-1/readonly", "working/fake-1/hardened"};
  run();
  EXPECT_EQ(world.hand_overs, 0U) << "no pair, no heating";
  done = {"working/fake-1/readonly"};
  world.stacks["fake-1/hardened"].wrong_at = 0;
  run();
  const auto turns = static_cast<unsigned>(plan_for("quick").heating / kHeatingTurn);
  EXPECT_GE(world.hand_overs, 2 * turns - 1) << "the two that work";
  EXPECT_LE(on("hardened").operations, 2U) << "left out after its first turn; the pair fails as well";
}

TEST_F(BenchmarksTest, WhatIsNotJudgedIsNotDrivenBefore) {
  world.shape.judged = false;
  context.stacks.push_back(fakes::view("fake-1/hardened"));
  done = {"working/fake-1/readonly"};
  run();
  EXPECT_EQ(on("readonly").operations, 0U);
  EXPECT_EQ(tally.passed, 1);
}

TEST_F(BenchmarksTest, WhatIsNotJudgedHasTheEpochsOfTheRecorded) {
  epochs = 3;
  run();
  EXPECT_EQ(tally.epochs, 3);
  world.shape.judged = false;
  run();
  EXPECT_EQ(tally.epochs, 1);
  EXPECT_EQ(tally.passed, 1);
}

TEST_F(BenchmarksTest, WhatIsDoneIsLeftOut) {
  context.stacks.push_back(fakes::view("fake-1/hardened"));
  done = {"working/fake-1/readonly"};
  run();
  EXPECT_THAT(story(), ::testing::Not(::testing::Contains(HasSubstr("readonly"))));
  EXPECT_EQ(tally.passed, 1);
}

TEST(ListTest, IsJsonALineEach) {
  fakes::World world;
  world.shape.judged = false;
  world.shape.in_quick = false;
  EXPECT_EQ(list_as_json({fakes::entry(world)}),
            "[\n  "
            "{\"name\":\"working\",\"service\":\"fake\",\"file\":\"scenarios/fake/working_workload.cpp\","
            "\"judged\":false,\"only_when_named\":false,\"restarts\":false,\"in_quick\":false,"
            "\"connections\":0}\n]\n");
  EXPECT_EQ(list_as_json({}), "[\n]\n");
}

}  // namespace
}  // namespace rootseal::workload::workload_benchmarks_test
