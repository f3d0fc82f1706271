// record/enum_text: the one table of names per enumeration, read by to_text() and by the JSON archives.
#pragma once

#include <array>
#include <utility>

#include "record/attack.hpp"
#include "record/verdict.hpp"

namespace rootseal::record {

template <class E>
struct EnumText;  // specialised below: `names`, pairs of value and text

template <>
struct EnumText<Verdict> {
  static constexpr std::array<std::pair<Verdict, const char*>, 4> names{
      {{Verdict::skipped, "skipped"},
       {Verdict::pass, "pass"},
       {Verdict::inconclusive, "inconclusive"},
       {Verdict::fail, "fail"}}};
};

template <>
struct EnumText<RunVerdict> {
  static constexpr std::array<std::pair<RunVerdict, const char*>, 5> names{
      {{RunVerdict::interrupted, "interrupted"},
       {RunVerdict::pass, "pass"},
       {RunVerdict::fail, "fail"},
       {RunVerdict::inconclusive, "inconclusive"},
       {RunVerdict::error, "error"}}};
};

template <>
struct EnumText<Observed> {
  static constexpr std::array<std::pair<Observed, const char*>, 4> names{
      {{Observed::blocked, "blocked"},
       {Observed::succeeded, "succeeded"},
       {Observed::inconclusive, "inconclusive"},
       {Observed::skipped, "skipped"}}};
};

}  // namespace rootseal::record
