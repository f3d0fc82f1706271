#include "service/checksum.hpp"

#include <gtest/gtest.h>

namespace rootseal::service::checksum_test {
namespace {

TEST(Checksum, IsThePublishedFnv1a) {
  EXPECT_EQ(checksum(""), "cbf29ce484222325");
  EXPECT_EQ(checksum("foobar"), "85944171f73967e8");
}

TEST(Checksum, OneAlteredByteOrASwappedNumberShows) {
  EXPECT_NE(entry_checksum(1, "payload"), entry_checksum(1, "paylode"));
  EXPECT_NE(entry_checksum(1, "payload"), entry_checksum(2, "payload"));
  EXPECT_EQ(entry_checksum(1, "payload"), entry_checksum(1, "payload"));
}

}  // namespace
}  // namespace rootseal::service::checksum_test
