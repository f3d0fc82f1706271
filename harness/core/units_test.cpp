#include "core/units.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace rootseal::core::units_test {
namespace {

TEST(BytesTest, AreShownInPowersOf1024WithOneDigit) {
  EXPECT_EQ(to_text(Bytes{0}), "0 B");
  EXPECT_EQ(to_text(Bytes{1023}), "1023 B");
  EXPECT_EQ(to_text(Bytes{1024}), "1.0 KiB");
  EXPECT_EQ(to_text(Bytes{64ULL << 20}), "64.0 MiB");
  EXPECT_EQ(to_text(Bytes{UINT64_MAX}), "16.0 EiB");
}

TEST(BytesTest, NeverAreShownAs1024OfAUnit) {
  EXPECT_EQ(to_text(Bytes{(1ULL << 20) - 1}), "1.0 MiB");
  EXPECT_EQ(to_text(Bytes{(1ULL << 30) - 1}), "1.0 GiB");
}

TEST(ParseBytesTest, ReadsSizesAsDockerWritesThem) {
  EXPECT_EQ(parse_bytes("4096"), Bytes{4096});
  EXPECT_EQ(parse_bytes("64m"), Bytes{64ULL << 20});
  EXPECT_EQ(parse_bytes("64MB"), Bytes{64ULL << 20});
  EXPECT_EQ(parse_bytes("1g"), Bytes{1ULL << 30});
  EXPECT_EQ(parse_bytes("512k"), Bytes{512ULL << 10});
  EXPECT_EQ(parse_bytes("2T"), Bytes{2ULL << 40});
  EXPECT_EQ(parse_bytes("16b"), Bytes{16});
}

TEST(ParseBytesTest, RefusesEverythingElse) {
  for (const char* text : {"", "m", "-1", "1.5g", "64 m", "64x", "0x10", "64m,mode=700",
                           "99999999999999999999", "999999999999999t", "1e3"}) {
    EXPECT_THROW(parse_bytes(text), UsageError) << text;
  }
}

}  // namespace
}  // namespace rootseal::core::units_test
