#include "core/text.hpp"

#include <gmock/gmock.h>

namespace rootseal::core::text_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(NearestTest, FindsATypingMistakeAndNothingFarOff) {
  EXPECT_EQ(nearest("redonly", {"baseline", "readonly"}), "readonly");
  EXPECT_EQ(nearest("readonly", {"baseline", "readonly"}), "readonly");
  EXPECT_EQ(nearest("xyz", {"baseline", "readonly"}), "");
  EXPECT_EQ(nearest("ab", {}), "");
}

TEST(KnownAndNearestTest, ListsTheKnownAndProposesOne) {
  EXPECT_EQ(known_and_nearest("redonly", {"baseline", "readonly"}),
            "known: baseline, readonly; did you mean 'readonly'?");
  EXPECT_EQ(known_and_nearest("x", {}), "known: none");
  EXPECT_THAT(known_and_nearest("xyz", {"baseline"}), Not(HasSubstr("did you mean")));
}

TEST(GlobTest, MatchesAsAShellDoes) {
  EXPECT_TRUE(glob_matches("*", "G01"));
  EXPECT_TRUE(glob_matches("G0?", "G01"));
  EXPECT_TRUE(glob_matches("G[0-1]*", "G10"));
  EXPECT_FALSE(glob_matches("G0", "G01"));
  EXPECT_FALSE(glob_matches("g*", "G01"));
}

TEST(SplitAndJoinTest, KeepEmptyPartsAndAreInverse) {
  EXPECT_THAT(split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_TRUE(split("", ',').empty());
  EXPECT_THAT(split("one", ','), ElementsAre("one"));
  EXPECT_EQ(join(split("a,,b,", ','), ","), "a,,b,");
  EXPECT_EQ(join({}, ","), "");
}

TEST(ScenarioPathTest, IsTheSameWhereverTheFileWasCompiled) {
  EXPECT_EQ(scenario_path("/anywhere/scenarios/x/y.cpp"), "scenarios/x/y.cpp");
  EXPECT_EQ(scenario_path("../../scenarios/x/y.cpp"), "scenarios/x/y.cpp");
  EXPECT_EQ(scenario_path("/usr/include/x.h"), "/usr/include/x.h");
}

}  // namespace
}  // namespace rootseal::core::text_test
