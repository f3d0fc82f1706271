#include "testing/workload_awake.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace rootseal::workload::workload_awake_test {
namespace {

TEST(AwakeCoresTest, AskForNoLatencyInTheFormOfTheDevice) {
  std::string name = (std::filesystem::temp_directory_path() / "rootseal-awake-XXXXXX").string();
  const int made = ::mkstemp(name.data());
  ASSERT_GE(made, 0);
  ::close(made);
  {
    const AwakeCores awake(name);
    EXPECT_EQ(awake.why_not(), "");
  }
  std::ifstream file(name, std::ios::binary);
  std::int32_t asked = -1;
  file.read(reinterpret_cast<char*>(&asked), sizeof asked);
  EXPECT_TRUE(file.good());
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(std::filesystem::file_size(name), sizeof asked);
  std::filesystem::remove(name);
}

TEST(AwakeCoresTest, SayWhyTheyAreNot) {
  const AwakeCores awake("/dev/null/nothing");
  EXPECT_EQ(awake.why_not(), "/dev/null/nothing: Not a directory");
}

}  // namespace
}  // namespace rootseal::workload::workload_awake_test
