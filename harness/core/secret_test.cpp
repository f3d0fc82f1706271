#include "core/secret.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cstring>
#include <new>
#include <type_traits>

namespace rootseal::core::secret_test {
namespace {

using testing::MatchesRegex;

TEST(SecretTest, RandomIsHexadecimalAndDiffers) {
  const Secret secret = Secret::random(24);
  EXPECT_EQ(secret.reveal().size(), 48U);
  EXPECT_THAT(secret.reveal(), MatchesRegex("[0-9a-f]+"));
  EXPECT_NE(secret.reveal(), Secret::random(24).reveal());
  EXPECT_EQ(Secret::random(5000).reveal().size(), 10000U);
}

TEST(SecretTest, AssignmentTakesTheNewText) {
  Secret secret("old");
  const Secret other("new");
  secret = other;
  EXPECT_EQ(secret.reveal(), "new");
  EXPECT_EQ(other.reveal(), "new");
  secret = Secret("newer");
  EXPECT_EQ(secret.reveal(), "newer");
  Secret empty;
  EXPECT_TRUE(empty.empty());
}

// A short text lives inside the object, so that what a destructor leaves behind can be looked at.
TEST(SecretTest, IsWipedWhenDestroyedAlsoAfterItWasMovedAway) {
  alignas(Secret) std::array<char, sizeof(Secret)> place{};
  auto* secret = new (place.data()) Secret("hunter2hunter2");
  const Secret thief = std::move(*secret);
  secret->~Secret();
  EXPECT_EQ(memmem(place.data(), place.size(), "unter2", 6), nullptr);
  EXPECT_EQ(thief.reveal(), "hunter2hunter2");
}

std::string printable(std::string_view text, std::size_t limit = 2000) {
  return UntrustedText(text).printable(limit);
}

TEST(UntrustedTextTest, KeepsWhatIsHarmless) {
  EXPECT_EQ(printable("plain\ttext\n\xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\x98"),
            "plain\ttext\n\xc3\xa4 \xe2\x82\xac \xf0\x9f\x90\x98");
  EXPECT_EQ(printable(""), "");
}

TEST(UntrustedTextTest, EscapesControlCharacters) {
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(printable("\x1b[31m\r\x7f"), "\\x1b[31m\\x0d\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\xc2\\x9b31m")
      << "U+009B starts a terminal command too";
}

TEST(UntrustedTextTest, EscapesWhatTurnsTheDirectionOfWriting) {
  EXPECT_EQ(printable("\xe2\x80\xae"
                      "gnp.exe"),
            "\\xe2\\x80\\xaegnp.exe");
  EXPECT_EQ(printable("\xe2\x81\xa6"), "\\xe2\\x81\\xa6");
  EXPECT_EQ(printable("\xe2\x80\xa8"), "\\xe2\\x80\\xa8") << "a line separator is a newline to some readers";
}

TEST(UntrustedTextTest, EscapesBytesThatAreNotUtf8) {
  EXPECT_EQ(printable("\xff"), "\\xff");
  EXPECT_EQ(printable("\xc3"), "\\xc3") << "cut short";
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf") << "overlong";
  EXPECT_EQ(printable("\xe0\x80\x80"), "\\xe0\\x80\\x80") << "overlong";
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "surrogate";
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond Unicode";
}

TEST(UntrustedTextTest, CutsAtTheLimitWithoutSplittingACharacterAndSaysSo) {
  EXPECT_EQ(printable("abcdef", 6), "abcdef");
  EXPECT_EQ(printable("abcdef", 3), "abc [... 3 more bytes]");
  EXPECT_EQ(printable("ab\xe2\x82\xac", 4), "ab [... 3 more bytes]");
  EXPECT_EQ(printable("a\x1b", 3), "a [... 1 more bytes]") << "an escape counts with all its letters";
}

TEST(UntrustedTextTest, LastLineIsTheLastThatIsNotBlank) {
  EXPECT_EQ(UntrustedText("one\ntwo\n \r\n\n").last_line(), "two");
  EXPECT_EQ(UntrustedText("only").last_line(), "only");
  EXPECT_EQ(UntrustedText("\n \n").last_line(), "");
  EXPECT_EQ(UntrustedText("").last_line(), "");
}

}  // namespace
}  // namespace rootseal::core::secret_test
