// core/ids: names that mean one thing each. Values, comparable.
#pragma once

#include <compare>
#include <string>

namespace rootseal::core {

// "20261123T194500Z-3f9a2c": UTC start and six random hexadecimal digits. Sorts by time; valid in a path and
// a label.
class RunId {
 public:
  static RunId make();
  explicit RunId(std::string text);  // throws UsageError when it is not of that form
  [[nodiscard]] const std::string& str() const { return text_; }
  [[nodiscard]] std::string suffix() const { return text_.substr(text_.size() - 6); }
  auto operator<=>(const RunId&) const = default;

 private:
  std::string text_;
};

// "postgres-15/readonly": service, version of the server, profile. A stack beside the usual ones carries a
// tag: "postgres-15/readonly+restore", "postgres-15/baseline-twin".
struct StackId {
  std::string text;
  static StackId of(const std::string& service, const std::string& version, const std::string& profile);
  [[nodiscard]] StackId tagged(const std::string& tag) const { return {text + "+" + tag}; }
  [[nodiscard]] std::string file_name() const;  // "postgres-15-readonly": a file name, and a Compose project
                                                // name (lower case, digits, hyphens)
  [[nodiscard]] const std::string& str() const { return text; }
  auto operator<=>(const StackId&) const = default;
};

// UTC now as "2026-11-23T19:45:00.123Z".
std::string utc_now();

}  // namespace rootseal::core
