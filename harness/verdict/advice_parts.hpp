// verdict/advice_parts: what both halves of the recommendations look up in the record. Pure; for advice*.cpp
// only.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "record/record.hpp"
#include "verdict/recommend.hpp"

namespace rootseal::verdict {

struct Mount {
  std::string type;
  std::vector<std::string> options;                                  // "noexec"
  std::vector<std::string> settings;                                 // "size=1024k"
  [[nodiscard]] std::string setting(const std::string& name) const;  // "1024k"; empty: none
};

// "/tmp tmpfs rw,noexec size=64k"; of several over one place the last is the one that is seen.
std::optional<Mount> mount_at(const record::Stack& stack, const std::string& place);
std::vector<std::string> list_of(const record::Claim& claim);
bool makes(const record::Stack& stack, const std::string& name,
           const std::string& value);  // a claim that holds
double power_of_two(double bytes);     // the next, at least 1 MiB
bool is_compose_file(const record::File& file);

// What passed on it and is not the harness's own.
struct Passed {
  std::vector<std::string> ids;  // each once
  std::string text;              // "79 checks pass (function 41, recovery 10, workflow 28)"
};
Passed passed(const record::Record& record, const record::Stack& stack);

// Recommendations of one server, from one stack.
class Part {
 protected:
  Part(const record::Record& record, const record::Stack& stack) : record_(record), stack_(stack) {}

  [[nodiscard]] std::string at(const std::string& section, const std::string& row) const;
  void add(const std::string& id, const std::string& title, const std::string& why, const std::string& lines,
           std::vector<std::string> evidence, const std::string& kind = "compose");
  void not_tried() { all_.back().tried = false; }  // the one that was added last
  // For beside the line with that key, of the one that was added last.
  void beside(const std::string& key, const std::string& reason) { all_.back().beside[key] = reason; }
  // The greatest that was seen; nothing when it was never looked at.
  [[nodiscard]] std::optional<double> used(const std::string& resource) const;
  [[nodiscard]] const record::Check* passing(const std::string& scenario) const;  // "LogSink"; nullptr: none
  // What opening a connection takes, where the whole interval says more than on the control; nullptr: none.
  [[nodiscard]] const record::Comparison* slower_to_connect() const;

  const record::Record& record_;
  const record::Stack& stack_;
  std::vector<Recommendation> all_;
};

// What an operator does: commands, and things to watch.
std::vector<Recommendation> operations(const record::Record& record, const record::Stack& stack);

}  // namespace rootseal::verdict
