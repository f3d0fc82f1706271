#include "report/text.hpp"

#include <gmock/gmock.h>

namespace rootseal::report::text_test {
namespace {

TEST(QuantityTest, ARateOfFewIsToldByHowLongOneTakes) {
  EXPECT_EQ(quantity(20010.4, "1/s"), "20010 /s");
  EXPECT_EQ(quantity(23.46, "1/s"), "23.5 /s");
  EXPECT_EQ(quantity(0.941, "1/s"), "1.06 s an operation");
  EXPECT_EQ(quantity(0.209, "1/s"), "4.78 s an operation");
  EXPECT_EQ(quantity(0, "1/s"), "0 /s");
}

TEST(WithoutColoursTest, TakesOutWhatMakesATerminalWriteInColourAndNothingElse) {
  EXPECT_EQ(without_colours("\x1b[38;5;160m[error]\x1b[0m no space\x1b[K"), "[error] no space");
  EXPECT_EQ(without_colours("\\x1b[38;5;160m[error]\\x1b[0m"), "[error]") << "as a record has it";
  for (const char* other : {"\x1b[2J", "\x1b]0;title", "\x1b", "\x1b[31", "x1b[0m", "[0m"})
    EXPECT_EQ(without_colours(other), other);
  EXPECT_EQ(without_colours("\x1b[2J\x1b[0m"), "\x1b[2J") << "which is then made visible";
  EXPECT_EQ(one_line("\x1b[31mred\x1b[2J"), "red\\x1b[2J");
  EXPECT_EQ(xml("\x1b[31m<red>"), "&lt;red&gt;");
}

}  // namespace
}  // namespace rootseal::report::text_test
