#include "run/recorder.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "record/json.hpp"

namespace rootseal::run::recorder_test {
namespace {

namespace fs = std::filesystem;

class RecorderTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  [[nodiscard]] fs::path file() const { return folder_ / "run.json"; }
  static record::Record initial() {
    record::Record record;
    record.run.id = "20261123T194500Z-3f9a2c";
    record.run.started = "2026-11-23T19:45:00.000Z";
    record.run.size = "quick";
    return record;
  }
  static record::Stack stack(std::optional<bool> holds) {
    record::Stack row;
    row.id = "alpha-1/readonly";
    row.started = true;
    row.claims = {{"root", "read-only", holds, holds ? "seen" : "not seen", "now"}};
    return row;
  }
  fs::path folder_ = fs::temp_directory_path() / ("recorder-test-" + std::to_string(getpid()));
};

TEST_F(RecorderTest, IsOnDiskAsInterruptedFromTheStart) {
  const Recorder recorder(initial(), file());
  EXPECT_EQ(record::read_record(file()).run.verdict, record::RunVerdict::interrupted);
}

TEST_F(RecorderTest, AClaimThatOnceDidNotHoldStaysSo) {
  Recorder recorder(initial(), file());
  recorder.stack(stack(true));
  recorder.stack(stack(false));
  recorder.stack(stack(true));
  ASSERT_EQ(recorder.snapshot().stacks.size(), 1U);
  EXPECT_EQ(recorder.snapshot().stacks[0].claims[0].holds, false);
}

TEST_F(RecorderTest, AClaimThatCouldNotBeEstablishedIsNotHealedByALaterLook) {
  Recorder recorder(initial(), file());
  recorder.stack(stack(std::nullopt));
  recorder.stack(stack(true));
  EXPECT_FALSE(recorder.snapshot().stacks[0].claims[0].holds.has_value());
}

TEST_F(RecorderTest, AClaimThatNobodyLookedAtYetTakesTheFirstLook) {
  Recorder recorder(initial(), file());
  auto declared = stack(std::nullopt);
  declared.claims[0].verified.clear();
  recorder.stack(declared);
  recorder.stack(stack(true));
  EXPECT_EQ(recorder.snapshot().stacks[0].claims[0].holds, true);
}

TEST_F(RecorderTest, ASettingThatChangesFromStartToStartIsSeen) {
  Recorder recorder(initial(), file());
  auto row = stack(true);
  recorder.stack(row);  // one that was not asked
  row.settings = {{"fsync", "on"}, {"jit", "on"}};
  recorder.stack(row);
  recorder.stack(row);
  EXPECT_EQ(recorder.snapshot().stacks[0].settings, row.settings);
  row.settings = {{"fsync", "off"}, {"work_mem", "1MB"}};
  recorder.stack(row);
  const std::map<std::string, std::string> seen{
      {"fsync", "on; later: off"}, {"jit", "on; later: not set"}, {"work_mem", "not set; later: 1MB"}};
  EXPECT_EQ(recorder.snapshot().stacks[0].settings, seen);
}

TEST_F(RecorderTest, AMountOfALaterStartIsSeen) {
  Recorder recorder(initial(), file());
  auto row = stack(true);
  row.mounts = {"/data ext4 rw"};
  recorder.stack(row);
  row.mounts = {"/data ext4 rw", "/extra tmpfs rw"};
  recorder.stack(row);
  EXPECT_EQ(recorder.snapshot().stacks[0].mounts, row.mounts);
}

TEST_F(RecorderTest, AStackThatFailedToStartOnceIsNotCalledStarted) {
  Recorder recorder(initial(), file());
  recorder.stack(stack(true));
  auto row = stack(true);
  row.started = false;
  row.start_error = "gone";
  recorder.stack(row);
  EXPECT_FALSE(recorder.snapshot().stacks[0].started);
  EXPECT_EQ(recorder.snapshot().stacks[0].start_error, "gone");
}

}  // namespace
}  // namespace rootseal::run::recorder_test
