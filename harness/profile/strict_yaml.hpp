// profile/strict_yaml: reading YAML so that nothing is guessed: every complaint names file, line and what was
// meant. A Reader is a view on one node; it lives no longer than the document. Not thread-safe (yaml-cpp
// nodes are not).
#pragma once

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rootseal::profile {

class Reader {
 public:
  // `what` names the node for messages: "attack", "x-rootseal".
  Reader(std::filesystem::path file, YAML::Node node, std::string what);
  // The document of a file. Throws UsageError when it cannot be read or is not YAML.
  static Reader open(const std::filesystem::path& file, const std::string& what);
  // Likewise of a text; `subject` stands in messages where a file would.
  static Reader parse(const std::string& text, const std::string& subject, const std::string& what);

  // Throws UsageError unless this is a map whose keys are all among `known`.
  void allow(const std::vector<std::string>& known) const;
  [[nodiscard]] bool has(const std::string& key) const;
  [[nodiscard]] Reader at(const std::string& key) const;  // throws UsageError when the key is missing
  [[nodiscard]] std::vector<Reader> items() const;        // of a list
  [[nodiscard]] std::string text() const;                 // a scalar that is not empty
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::vector<std::string> texts() const;  // a list of scalars
  // A scalar, or a list of them, each of which must be among `known` (`kind` names them: "threat").
  [[nodiscard]] std::string one_of(const std::vector<std::string>& known, const std::string& kind) const;
  [[nodiscard]] std::map<std::string, Reader> members() const;
  [[nodiscard]] bool is_list() const { return node_.IsSequence(); }
  [[nodiscard]] bool is_map() const { return node_.IsMap(); }
  [[nodiscard]] const YAML::Node& node() const { return node_; }

  // Throws UsageError about this node.
  [[noreturn]] void refuse(const std::string& what_is_wrong, const std::string& next = "") const;

 private:
  std::filesystem::path file_;
  YAML::Node node_;
  std::string what_;
};

}  // namespace rootseal::profile
