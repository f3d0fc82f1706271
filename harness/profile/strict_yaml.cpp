#include "profile/strict_yaml.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/secret.hpp"
#include "core/text.hpp"

namespace rootseal::profile {
namespace {

[[noreturn]] void refuse_at(const std::filesystem::path& file, const YAML::Mark& mark,
                            const std::string& wrong, const std::string& next) {
  const std::string place =
      mark.is_null() ? file.string() : fmt::format("{}:{}", file.string(), mark.line + 1);
  throw core::UsageError({"reading the file", place, wrong, next});
}

std::string shown(const std::string& text) { return core::UntrustedText(text).printable(80); }

}  // namespace

Reader::Reader(std::filesystem::path file, YAML::Node node, std::string what)
    : file_(std::move(file)), node_(std::move(node)), what_(std::move(what)) {}

Reader Reader::open(const std::filesystem::path& file, const std::string& what) {
  try {
    return {file, YAML::LoadFile(file.string()), what};
  } catch (const YAML::BadFile&) {
    refuse_at(file, YAML::Mark::null_mark(), "it cannot be opened", "");
  } catch (const YAML::Exception& error) {
    refuse_at(file, error.mark, "not YAML: " + error.msg, "");
  }
}

Reader Reader::parse(const std::string& text, const std::string& subject, const std::string& what) {
  try {
    return {subject, YAML::Load(text), what};
  } catch (const YAML::Exception& error) {
    refuse_at(subject, error.mark, "not YAML: " + error.msg, "");
  }
}

void Reader::refuse(const std::string& what_is_wrong, const std::string& next) const {
  refuse_at(file_, node_.Mark(), what_is_wrong, next);
}

void Reader::allow(const std::vector<std::string>& known) const {
  if (!node_.IsMap()) refuse(fmt::format("'{}' is not a map of keys", what_));
  std::vector<std::string> seen;
  for (const auto& member : node_) {
    const Reader key(file_, member.first, what_);
    const std::string name = key.text();
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      key.refuse(fmt::format("unknown key '{}' in '{}'", shown(name), what_),
                 core::known_and_nearest(name, known));
    }
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      key.refuse(fmt::format("key '{}' stands twice in '{}'", name, what_));
    }
    seen.push_back(name);
  }
}

bool Reader::has(const std::string& key) const { return node_.IsMap() && node_[key].IsDefined(); }

Reader Reader::at(const std::string& key) const {
  if (!has(key)) refuse(fmt::format("key '{}' is missing in '{}'", key, what_));
  return {file_, node_[key], key};
}

std::vector<Reader> Reader::items() const {
  if (!node_.IsSequence()) refuse(fmt::format("'{}' is not a list", what_), "write it like [a, b]");
  std::vector<Reader> all;
  for (const auto& item : node_) all.emplace_back(file_, item, what_);
  return all;
}

std::string Reader::text() const {
  if (!node_.IsScalar() || node_.Scalar().empty()) refuse(fmt::format("'{}' is not a text", what_));
  return node_.Scalar();
}

bool Reader::boolean() const {
  bool value = false;
  if (!node_.IsScalar() || !YAML::convert<bool>::decode(node_, value)) {
    refuse(fmt::format("'{}' is neither true nor false", what_));
  }
  return value;
}

std::vector<std::string> Reader::texts() const {
  std::vector<std::string> all;
  for (const auto& item : items()) all.push_back(item.text());
  return all;
}

std::string Reader::one_of(const std::vector<std::string>& known, const std::string& kind) const {
  std::string value = text();
  if (std::find(known.begin(), known.end(), value) == known.end()) {
    refuse(fmt::format("unknown {} '{}'", kind, shown(value)), core::known_and_nearest(value, known));
  }
  return value;
}

std::map<std::string, Reader> Reader::members() const {
  if (!node_.IsMap()) refuse(fmt::format("'{}' is not a map of keys", what_));
  std::map<std::string, Reader> all;
  for (const auto& member : node_) {
    const std::string name = Reader(file_, member.first, what_).text();
    all.emplace(name, Reader(file_, member.second, name));
  }
  return all;
}

}  // namespace rootseal::profile
