#include "testing/by_hand.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace rootseal::scenarios::by_hand_test {
namespace {

using testing::ElementsAre;

TEST(ArgumentsOf, APrintedLineKeepsWhatIsQuotedTogetherAndLosesTheProgram) {
  EXPECT_THAT(arguments_of("docker exec  server sh -c 'cat  > file' ''", {}),
              ElementsAre("exec", "server", "sh", "-c", "cat  > file", ""));
}

TEST(ArgumentsOf, NamesAreReplacedWhereverTheyStandAndOnlyAsAWhole) {
  EXPECT_THAT(arguments_of("docker run --pid container:SERVER -v FILE:/f:ro DEBUG_IMAGE IMAGE -c 'a FILE'",
                           {{"SERVER", "4f"}, {"FILE", "/IMAGE"}, {"IMAGE", "i:1"}}),
              ElementsAre("run", "--pid", "container:4f", "-v", "/IMAGE:/f:ro", "DEBUG_IMAGE", "i:1", "-c",
                          "a /IMAGE"));
}

TEST(ArgumentsOf, WhatWouldNotBeWhatIsPrintedIsRefused) {
  EXPECT_THROW(arguments_of("sed -i SERVER", {{"SERVER", "4f"}}), std::invalid_argument);
  EXPECT_THROW(arguments_of("docker exec SERVERS", {{"SERVER", "4f"}}), std::invalid_argument);
  EXPECT_THROW(arguments_of("docker exec 'a b", {}), std::invalid_argument);
}

TEST(Beside, OnlyALineThatRunsAndRemovesAContainerMayStandBesideAStack) {
  EXPECT_THROW(beside({}, "docker run -i IMAGE", {{"IMAGE", "i"}}), std::invalid_argument);
}

process::Outcome refused(const std::string& said) {
  process::Outcome outcome;
  outcome.exit_code = 125;
  outcome.err = said;
  return outcome;
}

TEST(WhyNot, IsTheLastThingThatWasSaidAndNotTheHintOfTheClient) {
  EXPECT_EQ(why_not(refused("docker: invalid mode.\n\nRun 'docker run --help' for more information\n")),
            "exit code 125: docker: invalid mode.");
  EXPECT_EQ(why_not(refused("docker: invalid mode.\nSee 'docker run --help'.\n")),
            "exit code 125: docker: invalid mode.");
  EXPECT_EQ(why_not(refused("one\ntwo\n")), "exit code 125: two");
}

}  // namespace
}  // namespace rootseal::scenarios::by_hand_test
