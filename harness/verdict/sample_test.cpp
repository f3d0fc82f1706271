#include "record/sample.hpp"

#include <gtest/gtest.h>

#include "record/json.hpp"
#include "verdict/judge.hpp"

namespace rootseal::verdict::sample_test {
namespace {

using record::to_json_text;

// The sample was written by hand from the rules; the judge must come to the same.
TEST(SampleTest, JudgingItChangesNothingButRounding) {
  const record::Record wanted = record::sample_record();
  record::Record judged = wanted;
  judge(judged);
  ASSERT_EQ(judged.comparisons.size(), wanted.comparisons.size());
  for (std::size_t i = 0; i < wanted.comparisons.size(); ++i) {
    record::Comparison& seen = judged.comparisons[i];
    const record::Comparison& expected = wanted.comparisons[i];
    EXPECT_NEAR(seen.value, expected.value, 1e-9 * expected.value);
    ASSERT_EQ(seen.interval.has_value(), expected.interval.has_value());
    if (seen.interval) {
      EXPECT_NEAR(seen.interval->ratio, expected.interval->ratio, 1e-9);
      EXPECT_NEAR(seen.interval->ci_low, expected.interval->ci_low, 1e-9);
      EXPECT_NEAR(seen.interval->ci_high, expected.interval->ci_high, 1e-9);
    }
    EXPECT_EQ(seen.note, expected.note);
    EXPECT_EQ(seen.metric, expected.metric);
    EXPECT_EQ(seen.judged, expected.judged);
    EXPECT_EQ(seen.sign_flip_p, expected.sign_flip_p);
    EXPECT_EQ(seen.samples, expected.samples);
    EXPECT_EQ(seen.twin.has_value(), expected.twin.has_value());
    EXPECT_EQ(seen.launches.size(), expected.launches.size());
  }
  judged.comparisons = wanted.comparisons;
  EXPECT_EQ(to_json_text(judged), to_json_text(wanted));
}

TEST(SampleTest, JudgingTwiceIsTheSameAsOnce) {
  record::Record once = record::sample_record();
  judge(once);
  record::Record twice = once;
  judge(twice);
  EXPECT_EQ(to_json_text(once), to_json_text(twice));
}

}  // namespace
}  // namespace rootseal::verdict::sample_test
