#include "report/next_step.hpp"

#include <gmock/gmock.h>

namespace rootseal::report::next_step_test {
namespace {

record::Check check(const char* suite, const char* id) {
  record::Check check;
  check.suite = suite;
  check.id = id;
  return check;
}

TEST(NextStepTest, RepeatsNoMoreThanWhatIsOpen) {
  EXPECT_EQ(to_repeat(check("recovery", "OutOfMemory.LosesNothing"), "db"),
            "scripts/run.sh --service db --suite recovery --scenario 'OutOfMemory.*'");
  EXPECT_EQ(to_repeat(check("performance", "copy_rows"), "db"),
            "scripts/run.sh --service db --suite performance --workload copy_rows");
  EXPECT_EQ(to_repeat(check("function", record::kStartCheck), "db"),
            "scripts/run.sh --service db --suite function");
  record::Attack attack;
  attack.id = "G09";
  EXPECT_EQ(to_repeat(attack, "db"), "scripts/run.sh --service db --suite security --attack G09");
}

TEST(NextStepTest, MeasuresWhatIsNamedInAsManyLaunches) {
  EXPECT_EQ(
      to_measure("db", {"read", "write_many"}, 17),
      "scripts/run.sh --full --service db --suite performance --workload read,write_many --launches 17");
  EXPECT_EQ(to_measure("db", {}, 0), "scripts/run.sh --service db --suite performance");
}

TEST(NextStepTest, NobodyPastesWhatSomebodyElseWrote) {
  for (const char* hostile : {"x'; reboot; '", "$(reboot)", "-rf", "a b", "", "\xc3\xa9"}) {
    record::Attack attack;
    attack.id = hostile;
    EXPECT_EQ(to_repeat(attack, hostile), "scripts/run.sh --suite security");
    EXPECT_EQ(to_repeat(check(hostile, hostile), hostile), "scripts/run.sh");
    EXPECT_EQ(to_repeat(check("performance", hostile), hostile), "scripts/run.sh --suite performance");
    EXPECT_EQ(to_measure(hostile, {hostile}, 0), "scripts/run.sh --suite performance");
  }
}

}  // namespace
}  // namespace rootseal::report::next_step_test
