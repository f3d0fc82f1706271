#include "core/ids.hpp"

#include <gmock/gmock.h>

#include "core/error.hpp"

namespace rootseal::core::ids_test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(RunIdTest, IsReadBackAndEndsInItsSuffix) {
  const RunId id = RunId::make();
  EXPECT_EQ(RunId(id.str()), id);
  EXPECT_EQ(id.suffix().size(), 6U);
  EXPECT_TRUE(id.str().ends_with("-" + id.suffix()));
}

TEST(RunIdTest, TwoRunsOfOneSecondDiffer) { EXPECT_NE(RunId::make(), RunId::make()); }

TEST(RunIdTest, SortsByTime) {
  EXPECT_LT(RunId("20261123T194500Z-ffffff"), RunId("20261123T194501Z-000000"));
}

TEST(RunIdTest, RefusesAnythingElseAndDoesNotPrintItRaw) {
  for (const char* text :
       {"", "latest", "../20261123T194500Z-3f9a2c", "20261123T194500Z-3F9A2C", "20261123T194500Z-3f9a2c\n"}) {
    EXPECT_THROW(RunId{text}, UsageError) << text;
  }
  try {
    RunId("\x1b[2J");
    FAIL() << "accepted an escape sequence";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), Not(HasSubstr("\x1b")));
  }
}

TEST(StackIdTest, IsServiceVersionProfileAndTag) {
  const StackId id = StackId::of("postgres", "15", "readonly");
  EXPECT_EQ(id.str(), "postgres-15/readonly");
  EXPECT_EQ(id.tagged("restore").str(), "postgres-15/readonly+restore");
}

TEST(StackIdTest, FileNameIsAValidComposeProjectName) {
  EXPECT_EQ(StackId::of("rabbitmq", "3.10", "readonly").tagged("live-G16").file_name(),
            "rabbitmq-3-10-readonly-live-g16");
  EXPECT_EQ(StackId{"a/../b\xc3\xa4"}.file_name(), "a----b--");
}

TEST(UtcNowTest, HasMillisecondsAndAZ) {
  EXPECT_THAT(utc_now(), testing::MatchesRegex("[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+\\.[0-9]+Z"));
  EXPECT_EQ(utc_now().size(), std::string("2026-11-23T19:45:00.123Z").size());
}

}  // namespace
}  // namespace rootseal::core::ids_test
