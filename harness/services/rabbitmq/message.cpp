#include "services/rabbitmq/message.hpp"

#include <fmt/format.h>

#include "core/secret.hpp"
#include "service/checksum.hpp"

namespace rootseal::rabbitmq {
namespace {

constexpr std::size_t kShown = 60;

// The checksum because what is shown may be a part, or escaped.
std::string quoted(const std::string& text) {
  const auto shown = core::UntrustedText(text).printable(kShown);
  if (shown == text) return fmt::format("\"{}\"", text);
  return fmt::format("\"{}\" ({} bytes, {})", shown, text.size(), service::checksum(text));
}

std::string listed(const Table& table) {
  std::string text;
  for (const auto& field : table) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", field.name, described(field.value));
  }
  return text;
}

std::string listed(const Array& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ", ") + described(item);
  return text;
}

}  // namespace

Value::Value(Table fields) : kind('F'), data(std::move(fields)) {}

const Value* find(const Table& table, const std::string& name) {
  for (const auto& field : table) {
    if (field.name == name) return &field.value;
  }
  return nullptr;
}

std::string text_of(const Table& table, const std::string& name) {
  const Value* value = find(table, name);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(&value->data);
  return text == nullptr ? "" : *text;
}

std::int64_t number_of(const Table& table, const std::string& name) {
  const Value* value = find(table, name);
  const auto* number = value == nullptr ? nullptr : std::get_if<std::int64_t>(&value->data);
  return number == nullptr ? 0 : *number;
}

std::string described(const Value& value) {
  struct Describe {
    std::string operator()(std::monostate) const { return ""; }
    std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
    std::string operator()(double number) const { return fmt::format("{}", number); }
    std::string operator()(const std::string& text) const { return quoted(text); }
    std::string operator()(const Array& items) const { return "[" + listed(items) + "]"; }
    std::string operator()(const Table& table) const { return "{" + listed(table) + "}"; }
  };
  return fmt::format("{}:{}", value.kind, std::visit(Describe{}, value.data));
}

std::map<std::string, std::string> described(const Properties& properties) {
  std::map<std::string, std::string> all;
  const auto add = [&all](const char* name, const auto& property) {
    if (property) all[name] = described(Value('S', *property));
  };
  const auto add_number = [&all](const char* name, const auto& property) {
    if (property) all[name] = fmt::format("{}", *property);
  };
  add("content-type", properties.content_type);
  add("content-encoding", properties.content_encoding);
  add_number("priority", properties.priority);
  add("correlation-id", properties.correlation_id);
  add("reply-to", properties.reply_to);
  add("expiration", properties.expiration);
  add("message-id", properties.message_id);
  add_number("timestamp", properties.timestamp);
  add("type", properties.type);
  add("user-id", properties.user_id);
  add("app-id", properties.app_id);
  add("cluster-id", properties.cluster_id);
  if (!properties.headers) return all;
  all["headers"] = fmt::format("{}", properties.headers->size());
  std::size_t position = 0;
  for (const auto& field : *properties.headers) {
    all[fmt::format("headers[{}] {}", ++position, field.name)] = described(field.value);
  }
  return all;
}

}  // namespace rootseal::rabbitmq
