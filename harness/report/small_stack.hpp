// report/small_stack: the stack of which tests of single sentences are made, "db-1/PROFILE". For tests only.
#pragma once

#include <string>

#include "record/record.hpp"

namespace rootseal::report {

inline record::Stack stack(const std::string& profile, const std::string& role) {
  record::Stack stack;
  stack.id = "db-1/" + profile;
  stack.service = "db";
  stack.profile = profile;
  stack.role = role;
  stack.started = true;
  return stack;
}

}  // namespace rootseal::report
