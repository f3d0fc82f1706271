// verdict/sample_recommended: what the tests of recommendations stand on: the sample record, and what is
// found in what it recommends. For tests only.
#pragma once

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>

#include "record/sample.hpp"
#include "verdict/recommend.hpp"

namespace rootseal::verdict::sample_recommended {

inline constexpr const char* kReadonly = "postgres-15/readonly";
inline constexpr const char* kHardened = "postgres-15/hardened";

inline std::set<std::string> ids(const record::Record& record) {
  std::set<std::string> all;
  for (const auto& each : recommend(record)) all.insert(each.id);
  return all;
}

inline Recommendation find(const record::Record& record, const std::string& id) {
  for (const auto& each : recommend(record)) {
    if (each.id == id) return each;
  }
  throw std::out_of_range(id + " is not recommended");
}

inline record::Stack& stack(record::Record& record, const std::string& id) {
  return *std::find_if(record.stacks.begin(), record.stacks.end(), [&](const auto& s) { return s.id == id; });
}

inline void add_check(record::Record& record, const std::string& stack, const std::string& id,
                      record::Verdict verdict) {
  record.checks.push_back({id, stack, stack.substr(0, stack.find('-')), "", "function", verdict, 1, "", {}});
}

// The sample's hardened PostgreSQL has a check that is inconclusive and a workload that is slower; without
// them, it is sound.
inline record::Record with_hardened_sound() {
  record::Record record = record::sample_record();
  std::erase_if(record.comparisons,
                [](const auto& c) { return c.stack == kHardened && c.verdict == record::Verdict::fail; });
  std::erase_if(record.checks, [](const auto& c) {
    return c.stack == kHardened && c.verdict == record::Verdict::inconclusive;
  });
  return record;
}

}  // namespace rootseal::verdict::sample_recommended
