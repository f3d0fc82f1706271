// rabbitmq/routing_model: which bindings take a message, as AMQP and RabbitMQ say it, written down a second
// time to hold the broker against. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "core/text.hpp"
#include "services/rabbitmq/message.hpp"

namespace rootseal::scenarios {

// A key is words between dots; an empty key has no word, "a..b" has an empty one in the middle.
inline std::vector<std::string> words_of(const std::string& key) { return core::split(key, '.'); }

// Whether pattern[p...] takes key[k...]: "*" stands for one word, "#" for any number, none included.
inline bool words_match(const std::vector<std::string>& pattern, std::size_t p,
                        const std::vector<std::string>& key, std::size_t k) {
  if (p == pattern.size()) return k == key.size();
  if (pattern[p] == "#") {
    return words_match(pattern, p + 1, key, k) || (k < key.size() && words_match(pattern, p, key, k + 1));
  }
  if (k == key.size() || (pattern[p] != "*" && pattern[p] != key[k])) return false;
  return words_match(pattern, p + 1, key, k + 1);
}

inline bool topic_matches(const std::string& pattern, const std::string& key) {
  return words_match(words_of(pattern), 0, words_of(key), 0);
}

// The binding's arguments against the message's headers: with x-match "all" (also when it is not there) every
// one, with "any" at least one must be among them with the same value; one without a value only asks for the
// name. What begins with "x-" is not compared.
inline bool headers_match(const rabbitmq::Table& binding, const rabbitmq::Table& headers) {
  const bool any = rabbitmq::text_of(binding, "x-match") == "any";
  for (const auto& [name, value] : binding) {
    if (name.starts_with("x-")) continue;
    const rabbitmq::Value* found = rabbitmq::find(headers, name);
    const bool matches = found != nullptr && (value.kind == 'V' || *found == value);
    if (matches == any) return any;
  }
  return !any;
}

}  // namespace rootseal::scenarios
