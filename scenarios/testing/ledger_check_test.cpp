#include "testing/ledger_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rootseal::scenarios::ledger_check_test {
namespace {
using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<Entry> kSent{{1, "a"}, {2, "b"}, {3, "c"}};

TEST(CompareSequence, FindsNothingWhenAllArrivedOnceInOrder) {
  EXPECT_THAT(compare_sequence(kSent, kSent), IsEmpty());
}

TEST(CompareSequence, NamesALostOne) {
  EXPECT_THAT(compare_sequence(kSent, {{1, "a"}, {3, "c"}}), ElementsAre("2 was lost"));
}

TEST(CompareSequence, NamesADuplicatedOne) {
  EXPECT_THAT(compare_sequence(kSent, {{1, "a"}, {2, "b"}, {2, "b"}, {3, "c"}}),
              ElementsAre("2 was duplicated"));
}

TEST(CompareSequence, NamesAnAlteredOne) {
  EXPECT_THAT(compare_sequence(kSent, {{1, "a"}, {2, "B"}, {3, "c"}}), ElementsAre("2 was altered"));
}

TEST(CompareSequence, NamesAReorderedOne) {
  EXPECT_THAT(compare_sequence(kSent, {{2, "b"}, {1, "a"}, {3, "c"}}),
              ElementsAre("1 was reordered: it came after 2"));
}

TEST(CompareSequence, NamesAStranger) {
  EXPECT_THAT(compare_sequence(kSent, {{1, "a"}, {2, "b"}, {3, "c"}, {9, "z"}}),
              ElementsAre("9 was received but never sent"));
}

TEST(CompareSequence, ReceivingNothingLosesAll) { EXPECT_EQ(compare_sequence(kSent, {}).size(), 3U); }

std::string payload_of(std::uint64_t number) { return "p" + std::to_string(number); }

TEST(CompareJournal, AnUnacknowledgedEntryMayBeThereOrNot) {
  EXPECT_THAT(compare_journal({1, 2}, 3, payload_of, {{1, "p1"}, {2, "p2"}}), IsEmpty());
  EXPECT_THAT(compare_journal({1, 2}, 3, payload_of, {{1, "p1"}, {2, "p2"}, {3, "p3"}}), IsEmpty());
}

TEST(CompareJournal, NamesWhatWasAcknowledgedAndIsLost) {
  EXPECT_THAT(compare_journal({1, 2}, 2, payload_of, {{1, "p1"}}),
              ElementsAre("2 was acknowledged and is lost"));
}

TEST(CompareJournal, NamesWhatWasAlteredOrNeverWritten) {
  EXPECT_THAT(compare_journal({1}, 1, payload_of, {{1, "x"}, {7, "p7"}}),
              ElementsAre("1 was altered", "7 is there but was never written"));
}

TEST(CompareNamed, NamesWhatIsMissingDifferentOrTooMuch) {
  const Places places{"table", "the dump's source", "the restored database"};
  EXPECT_THAT(compare_named(places, {{"a", "1"}, {"b", "2"}}, {{"a", "1"}, {"b", "2"}}), IsEmpty());
  EXPECT_THAT(compare_named(places, {{"a", "1"}, {"b", "2"}}, {{"b", "3"}, {"c", "4"}}),
              ElementsAre("table a is missing in the restored database",
                          "table b differs: 2 in the dump's source, 3 in the restored database",
                          "table c is in the restored database but not in the dump's source"));
}

TEST(Shortened, SaysHowManyItLeftOut) {
  EXPECT_EQ(shortened({"a", "b", "c"}, 2), "a\nb\n... and 1 more");
  EXPECT_EQ(shortened({}, 2), "");
}

}  // namespace
}  // namespace rootseal::scenarios::ledger_check_test
