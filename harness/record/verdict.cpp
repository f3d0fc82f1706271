#include "record/verdict.hpp"

#include <algorithm>

#include "record/attack.hpp"
#include "record/enum_text.hpp"

namespace rootseal::record {
namespace {

template <class E>
std::string name_of(E value) {
  for (const auto& [each, text] : EnumText<E>::names) {
    if (each == value) return text;
  }
  return "unknown";  // only for a value cast from a number outside the enumeration
}

}  // namespace

std::string to_text(Verdict verdict) { return name_of(verdict); }
std::string to_text(RunVerdict verdict) { return name_of(verdict); }
std::string to_text(Observed observed) { return name_of(observed); }

Verdict worst(Verdict a, Verdict b) { return std::max(a, b); }

}  // namespace rootseal::record
