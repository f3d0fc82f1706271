#include "core/places.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "core/error.hpp"

namespace rootseal::core::places_test {
namespace {

namespace fs = std::filesystem;

class ProjectAboveTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "original/build/release/bin");
    fs::create_directories(folder_ / "original/compose");
    fs::create_directories(folder_ / "original/scenarios/attacks");
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_ = fs::path(testing::TempDir()) / ("rootseal-places-" + std::to_string(::getpid()));
};

TEST_F(ProjectAboveTest, IsTheOneThatTheProgramLiesIn) {
  EXPECT_EQ(project_above(folder_ / "original/build/release/bin"), folder_ / "original");
}

TEST_F(ProjectAboveTest, OfACopyIsTheCopy) {
  fs::copy(folder_ / "original", folder_ / "copy", fs::copy_options::recursive);
  EXPECT_EQ(project_above(folder_ / "copy/build/release/bin"), folder_ / "copy");
}

TEST_F(ProjectAboveTest, IsAFaultWhereThereIsNone) {
  fs::remove_all(folder_ / "original/scenarios");
  EXPECT_THROW(project_above(folder_ / "original/build"), HarnessError);
}

}  // namespace
}  // namespace rootseal::core::places_test
