#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/error.hpp"
#include "record/json.hpp"
#include "record/sample.hpp"

namespace rootseal::record::write_test {
namespace {

namespace fs = std::filesystem;

class WriteTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string form = (fs::temp_directory_path() / "rootseal-write-XXXXXX").string();
    ASSERT_NE(mkdtemp(form.data()), nullptr);
    folder_ = form;
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string read(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) names.push_back(entry.path().filename());
    return names;
  }
  fs::path folder_;
};

TEST_F(WriteTest, ReplacesTheFileAndLeavesNothingBesideIt) {
  const fs::path file = folder_ / "run.json";
  write_atomically(file, "one");
  write_atomically(file, "two");
  EXPECT_EQ(read(file), "two");
  EXPECT_THAT(names(), testing::ElementsAre("run.json"));
}

TEST_F(WriteTest, ARecordComesBackFromDisk) {
  const fs::path file = folder_ / "run.json";
  write_atomically(file, to_json_text(sample_record()));
  EXPECT_EQ(to_json_text(read_record(file)), to_json_text(sample_record()));
}

TEST_F(WriteTest, OthersMayReadTheFileAsTheUmaskAllows) {
  const mode_t before = umask(022);
  write_atomically(folder_ / "run.json", "x");
  umask(before);
  struct stat status {};
  ASSERT_EQ(stat((folder_ / "run.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0644U);
}

TEST_F(WriteTest, AMissingFolderIsNamed) {
  try {
    write_atomically(folder_ / "gone" / "run.json", "x");
    FAIL();
  } catch (const core::HarnessError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("gone/run.json"));
    EXPECT_THAT(error.what(), testing::HasSubstr("No such file or directory"));
  }
}

// A disk that fills up in the middle, played by a limit on the size of files.
TEST_F(WriteTest, AFailureInTheMiddleHarmsNeitherTheEarlierFileNorTheFolder) {
  const fs::path file = folder_ / "run.json";
  write_atomically(file, "earlier");
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{4096, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  EXPECT_THROW(write_atomically(file, std::string(100000, 'x')), core::HarnessError);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_DFL);
  EXPECT_EQ(read(file), "earlier");
  EXPECT_THAT(names(), testing::ElementsAre("run.json"));
}

TEST_F(WriteTest, AFolderInThePlaceOfTheFileIsRefusedAndLeftAlone) {
  fs::create_directories(folder_ / "run.json" / "inside");
  EXPECT_THROW(write_atomically(folder_ / "run.json", "x"), core::HarnessError);
  EXPECT_THAT(names(), testing::ElementsAre("run.json"));
  EXPECT_TRUE(fs::exists(folder_ / "run.json" / "inside"));
}

}  // namespace
}  // namespace rootseal::record::write_test
