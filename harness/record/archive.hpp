// record/archive: values to JSON and back. A type names its keys once, in a function that both directions
// walk:
//
//   template <class Archive, Is<Check> T>
//   void fields(Archive& archive, T& check) { archive("id", check.id); archive("verdict", check.verdict); ...
//   }
//
// encode() calls it with a const value, decode() with one to fill. Strict both ways: a missing key, an
// unknown key and a wrong type are a UsageError that names the path ("attacks[3].credit.reason"). Only a key
// that was added since the first records (since_then) may be missing: it is always written. A number
// that is not finite never becomes JSON (HarnessError), because a reader could not tell it from "not
// measured". Empty optionals are null. Functions without state; thread-safe.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "core/error.hpp"
#include "core/secret.hpp"
#include "record/enum_text.hpp"

namespace rootseal::record {

template <class T, class U>
concept Is = std::same_as<std::remove_const_t<T>, U>;

[[noreturn]] inline void refuse(const std::string& path, const std::string& what) {
  throw core::UsageError({"", path.empty() ? "top level" : path, what, ""});
}

inline std::string below(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + "." + key;
}

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_map = false;
template <class T>
inline constexpr bool is_map<std::map<std::string, T>> = true;

template <class Json, class T>
Json encode(const T& value, const std::string& path = "");
template <class Json, class T>
void decode(const Json& json, T& value, const std::string& path = "");

// Collects the keys of one object.
template <class Json>
class Writer {
 public:
  explicit Writer(std::string path) : path_(std::move(path)) {}

  template <class T>
  void operator()(const char* key, const T& value) {
    json_[key] = encode<Json>(value, below(path_, key));
  }
  template <class T>
  void since_then(const char* key, const T& value) {
    (*this)(key, value);
  }
  [[nodiscard]] Json take() { return std::move(json_); }

 private:
  std::string path_;
  Json json_ = Json::object();
};

// Takes the keys of one object; finish() refuses those that nobody asked for.
template <class Json>
class Reader {
 public:
  Reader(const Json& json, std::string path) : json_(json), path_(std::move(path)) {
    if (!json_.is_object()) refuse(path_, fmt::format("an object is needed, found {}", json_.type_name()));
  }

  template <class T>
  void operator()(const char* key, T& value) {
    known_.emplace_back(key);
    const auto at = json_.find(key);
    if (at == json_.end()) refuse(below(path_, key), "missing");
    decode(*at, value, below(path_, key));
  }
  template <class T>
  void since_then(const char* key, T& value) {
    if (json_.contains(key)) return (*this)(key, value);
    value = T();
  }
  void finish() const {
    for (const auto& item : json_.items()) {
      if (std::find(known_.begin(), known_.end(), item.key()) != known_.end()) continue;
      refuse(below(path_, core::UntrustedText(item.key()).printable(80)), "unknown key");
    }
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  const Json& json_;
  std::string path_;
  std::vector<std::string> known_;
};

template <class Json, class T>
Json encode(const T& value, const std::string& path) {
  if constexpr (std::is_floating_point_v<T>) {
    if (!std::isfinite(value)) {
      throw core::HarnessError(
          {"writing JSON", path, "the number is not finite", "it must be left out instead"});
    }
    return Json(value);
  } else if constexpr (std::is_arithmetic_v<T> || std::same_as<T, std::string>) {
    return Json(value);
  } else if constexpr (std::same_as<T, std::filesystem::path>) {
    return Json(value.string());
  } else if constexpr (std::is_enum_v<T>) {
    return Json(to_text(value));
  } else if constexpr (is_optional<T>) {
    return value ? encode<Json>(*value, path) : Json(nullptr);
  } else if constexpr (is_vector<T>) {
    Json list = Json::array();
    for (const auto& each : value)
      list.push_back(encode<Json>(each, fmt::format("{}[{}]", path, list.size())));
    return list;
  } else if constexpr (is_map<T>) {
    Json object = Json::object();
    for (const auto& [key, each] : value) object[key] = encode<Json>(each, below(path, key));
    return object;
  } else {
    Writer<Json> writer(path);
    fields(writer, value);
    return writer.take();
  }
}

template <class Json>
[[noreturn]] void refuse_type(const Json& json, const std::string& path, const char* needed) {
  refuse(path, fmt::format("{} is needed, found {}", needed, json.type_name()));
}

template <class Json, class T>
void decode_integer(const Json& json, T& value, const std::string& path) {
  if (!json.is_number_integer()) refuse_type(json, path, "a whole number");
  const bool fits = json.is_number_unsigned() ? std::in_range<T>(json.template get<std::uint64_t>())
                                              : std::in_range<T>(json.template get<std::int64_t>());
  if (!fits) refuse(path, fmt::format("{} is out of range", json.dump()));
  value = json.template get<T>();
}

template <class Json, class E>
void decode_enum(const Json& json, E& value, const std::string& path) {
  if (!json.is_string()) refuse_type(json, path, "a string");
  const auto text = json.template get<std::string>();
  std::string known;
  for (const auto& [each, name] : EnumText<E>::names) {
    if (text == name) {
      value = each;
      return;
    }
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  refuse(path, fmt::format("\"{}\" is not one of: {}", core::UntrustedText(text).printable(80), known));
}

template <class Json, class T>
void decode_list(const Json& json, std::vector<T>& value, const std::string& path) {
  if (!json.is_array()) refuse_type(json, path, "a list");
  value.clear();
  for (const auto& each : json) {
    T item{};
    decode(each, item, fmt::format("{}[{}]", path, value.size()));
    value.push_back(std::move(item));
  }
}

template <class Json, class T>
void decode_map(const Json& json, std::map<std::string, T>& value, const std::string& path) {
  if (!json.is_object()) refuse_type(json, path, "an object");
  value.clear();
  for (const auto& item : json.items()) decode(item.value(), value[item.key()], below(path, item.key()));
}

template <class Json, class T>
void decode(const Json& json, T& value, const std::string& path) {
  if constexpr (std::same_as<T, bool>) {
    if (!json.is_boolean()) refuse_type(json, path, "true or false");
    value = json.template get<bool>();
  } else if constexpr (std::is_floating_point_v<T>) {
    if (!json.is_number()) refuse_type(json, path, "a number");
    value = json.template get<T>();
  } else if constexpr (std::is_integral_v<T>) {
    decode_integer(json, value, path);
  } else if constexpr (std::same_as<T, std::string> || std::same_as<T, std::filesystem::path>) {
    if (!json.is_string()) refuse_type(json, path, "a string");
    value = json.template get<std::string>();
  } else if constexpr (std::is_enum_v<T>) {
    decode_enum(json, value, path);
  } else if constexpr (is_optional<T>) {
    value.reset();
    if (!json.is_null()) decode(json, value.emplace(), path);
  } else if constexpr (is_vector<T>) {
    decode_list(json, value, path);
  } else if constexpr (is_map<T>) {
    decode_map(json, value, path);
  } else {
    Reader<Json> reader(json, path);
    fields(reader, value);
    reader.finish();
  }
}

}  // namespace rootseal::record
