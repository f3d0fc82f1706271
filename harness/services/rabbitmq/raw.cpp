#include "services/rabbitmq/raw.hpp"

#include <fmt/format.h>

#include "core/error.hpp"

namespace rootseal::rabbitmq {
namespace {

constexpr unsigned kDecimalsAt = 32;

// The properties that are texts: the library's flag and member, and ours.
struct TextProperty {
  amqp_flags_t flag;
  std::optional<std::string> Properties::*ours;
  amqp_bytes_t amqp_basic_properties_t::*theirs;
};
using Raw = amqp_basic_properties_t;
constexpr TextProperty kTexts[] = {
    {AMQP_BASIC_CONTENT_TYPE_FLAG, &Properties::content_type, &Raw::content_type},
    {AMQP_BASIC_CONTENT_ENCODING_FLAG, &Properties::content_encoding, &Raw::content_encoding},
    {AMQP_BASIC_CORRELATION_ID_FLAG, &Properties::correlation_id, &Raw::correlation_id},
    {AMQP_BASIC_REPLY_TO_FLAG, &Properties::reply_to, &Raw::reply_to},
    {AMQP_BASIC_EXPIRATION_FLAG, &Properties::expiration, &Raw::expiration},
    {AMQP_BASIC_MESSAGE_ID_FLAG, &Properties::message_id, &Raw::message_id},
    {AMQP_BASIC_TYPE_FLAG, &Properties::type, &Raw::type},
    {AMQP_BASIC_USER_ID_FLAG, &Properties::user_id, &Raw::user_id},
    {AMQP_BASIC_APP_ID_FLAG, &Properties::app_id, &Raw::app_id},
    {AMQP_BASIC_CLUSTER_ID_FLAG, &Properties::cluster_id, &Raw::cluster_id},
};

template <typename T>
const T& as(const Value& value) {
  if (const T* data = std::get_if<T>(&value.data)) return *data;
  throw core::HarnessError({"encoding a field", "AMQP", fmt::format("no data of kind {}", value.kind), ""});
}

template <typename T>
T number(const Value& value) {
  return static_cast<T>(as<std::int64_t>(value));
}

amqp_decimal_t decimal(const Value& value) {
  const auto packed = static_cast<std::uint64_t>(as<std::int64_t>(value));
  return {static_cast<std::uint8_t>(packed >> kDecimalsAt), static_cast<std::uint32_t>(packed)};
}

std::int64_t packed(const amqp_decimal_t& raw) {
  return static_cast<std::int64_t>((std::uint64_t{raw.decimals} << kDecimalsAt) | raw.value);
}

Value decoded(const amqp_field_value_t& raw);

Array decoded(const amqp_array_t& raw) {
  Array items;
  for (int i = 0; i < raw.num_entries; ++i) items.push_back(decoded(raw.entries[i]));
  return items;
}

Value::Data data_of(const amqp_field_value_t& raw) {
  const auto& value = raw.value;
  switch (raw.kind) {
    case AMQP_FIELD_KIND_BOOLEAN:
      return std::int64_t{value.boolean != 0};
    case AMQP_FIELD_KIND_I8:
      return std::int64_t{value.i8};
    case AMQP_FIELD_KIND_U8:
      return std::int64_t{value.u8};
    case AMQP_FIELD_KIND_I16:
      return std::int64_t{value.i16};
    case AMQP_FIELD_KIND_U16:
      return std::int64_t{value.u16};
    case AMQP_FIELD_KIND_I32:
      return std::int64_t{value.i32};
    case AMQP_FIELD_KIND_U32:
      return std::int64_t{value.u32};
    case AMQP_FIELD_KIND_I64:
      return std::int64_t{value.i64};
    case AMQP_FIELD_KIND_U64:
    case AMQP_FIELD_KIND_TIMESTAMP:
      return static_cast<std::int64_t>(value.u64);
    case AMQP_FIELD_KIND_F32:
      return double{value.f32};
    case AMQP_FIELD_KIND_F64:
      return value.f64;
    case AMQP_FIELD_KIND_DECIMAL:
      return packed(value.decimal);
    case AMQP_FIELD_KIND_UTF8:
    case AMQP_FIELD_KIND_BYTES:
      return text(value.bytes);
    case AMQP_FIELD_KIND_TABLE:
      return rabbitmq::decoded(value.table);
    case AMQP_FIELD_KIND_ARRAY:
      return decoded(value.array);
    default:
      return std::monostate();
  }
}

Value decoded(const amqp_field_value_t& raw) { return {static_cast<char>(raw.kind), data_of(raw)}; }

}  // namespace

amqp_table_t RawTable::encode(const Table& table) {
  std::vector<amqp_table_entry_t> entries;
  for (const auto& field : table) entries.push_back({bytes(field.name), encode(field.value)});
  auto& kept = tables_.emplace_back(std::move(entries));
  return {static_cast<int>(kept.size()), kept.data()};
}

amqp_array_t RawTable::encode(const Array& items) {
  std::vector<amqp_field_value_t> entries;
  for (const auto& item : items) entries.push_back(encode(item));
  auto& kept = arrays_.emplace_back(std::move(entries));
  return {static_cast<int>(kept.size()), kept.data()};
}

amqp_field_value_t RawTable::encode(const Value& value) {
  amqp_field_value_t raw{};
  raw.kind = static_cast<std::uint8_t>(value.kind);
  switch (value.kind) {
    case AMQP_FIELD_KIND_BOOLEAN:
      raw.value.boolean = number<amqp_boolean_t>(value);
      break;
    case AMQP_FIELD_KIND_I8:
    case AMQP_FIELD_KIND_U8:
      raw.value.u8 = number<std::uint8_t>(value);
      break;
    case AMQP_FIELD_KIND_I16:
    case AMQP_FIELD_KIND_U16:
      raw.value.u16 = number<std::uint16_t>(value);
      break;
    case AMQP_FIELD_KIND_I32:
    case AMQP_FIELD_KIND_U32:
      raw.value.u32 = number<std::uint32_t>(value);
      break;
    case AMQP_FIELD_KIND_I64:
    case AMQP_FIELD_KIND_U64:
    case AMQP_FIELD_KIND_TIMESTAMP:
      raw.value.u64 = number<std::uint64_t>(value);
      break;
    case AMQP_FIELD_KIND_F32:
      raw.value.f32 = static_cast<float>(as<double>(value));
      break;
    case AMQP_FIELD_KIND_F64:
      raw.value.f64 = as<double>(value);
      break;
    case AMQP_FIELD_KIND_DECIMAL:
      raw.value.decimal = decimal(value);
      break;
    case AMQP_FIELD_KIND_UTF8:
    case AMQP_FIELD_KIND_BYTES:
      raw.value.bytes = bytes(as<std::string>(value));
      break;
    case AMQP_FIELD_KIND_TABLE:
      raw.value.table = encode(as<Table>(value));
      break;
    case AMQP_FIELD_KIND_ARRAY:
      raw.value.array = encode(as<Array>(value));
      break;
    case AMQP_FIELD_KIND_VOID:
      break;
    default:
      throw core::HarnessError({"encoding a field", "AMQP", fmt::format("'{}' is no kind", value.kind), ""});
  }
  return raw;
}

Table decoded(const amqp_table_t& raw) {
  Table table;
  for (int i = 0; i < raw.num_entries; ++i) {
    table.push_back({text(raw.entries[i].key), decoded(raw.entries[i].value)});
  }
  return table;
}

Properties decoded(const amqp_basic_properties_t& raw) {
  Properties properties;
  for (const auto& each : kTexts) {
    if ((raw._flags & each.flag) != 0) properties.*each.ours = text(raw.*each.theirs);
  }
  if ((raw._flags & AMQP_BASIC_PRIORITY_FLAG) != 0) properties.priority = raw.priority;
  if ((raw._flags & AMQP_BASIC_TIMESTAMP_FLAG) != 0) properties.timestamp = raw.timestamp;
  if ((raw._flags & AMQP_BASIC_HEADERS_FLAG) != 0) properties.headers = decoded(raw.headers);
  return properties;
}

amqp_basic_properties_t encoded(const Properties& properties, const RawTable& headers) {
  amqp_basic_properties_t raw{};
  for (const auto& each : kTexts) {
    const auto& property = properties.*each.ours;
    if (!property) continue;
    raw._flags |= each.flag;
    raw.*each.theirs = bytes(*property);
  }
  if (properties.priority) raw._flags |= AMQP_BASIC_PRIORITY_FLAG;
  raw.priority = properties.priority.value_or(0);
  if (properties.timestamp) raw._flags |= AMQP_BASIC_TIMESTAMP_FLAG;
  raw.timestamp = properties.timestamp.value_or(0);
  if (properties.headers) raw._flags |= AMQP_BASIC_HEADERS_FLAG;
  raw.headers = headers.get();
  return raw;
}

}  // namespace rootseal::rabbitmq
