// record/task: one thing that a developer or an operator does with a container, tried on one stack. Values.
#pragma once

#include <optional>
#include <string>

namespace rootseal::record {

struct Task {
  std::string id;  // of the check that tried it, "CopyFiles.AProgramIn"; "#2" appended to its second one
  std::string stack;
  std::string service;
  std::string profile;
  std::string title;     // the usual way, "docker cp of a program into /usr/local/bin"
  bool works = false;    // the usual way does
  std::string happened;  // what was seen, untrusted; empty when it works and there is nothing to say
  std::string instead;   // what to do in its place; empty when it works, or when nothing is known
  std::optional<bool> instead_works;  // null: not tried, because the usual way works or nothing is known
};

}  // namespace rootseal::record
