// rabbitmq/message: what travels beside a body: AMQP's typed fields (headers, arguments of queues, exchanges,
// bindings and consumers) and the properties of a message. Values with equality: two are equal when type,
// value and order are. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace rootseal::rabbitmq {

struct Value;
struct Field;
using Array = std::vector<Value>;
using Table = std::vector<Field>;  // in the order of the wire

// `kind` is the letter that the type has on RabbitMQ's wire, and says how `data` is to be read:
//   t b B s u I i l T    std::int64_t (boolean, integers of 8 to 64 bits, a timestamp in seconds)
//   D                    std::int64_t: the number of decimals in the upper, the digits in the lower 32 bits
//   f d                  double
//   S x                  std::string (text, bytes)
//   A F V                Array, Table, std::monostate
struct Value {
  using Data = std::variant<std::monostate, std::int64_t, double, std::string, Array, Table>;
  char kind = 'V';
  Data data;

  Value() = default;
  Value(char k, Data d) : kind(k), data(std::move(d)) {}
  Value(const char* text) : kind('S'), data(std::string(text)) {}
  Value(std::string text) : kind('S'), data(std::move(text)) {}
  Value(bool yes) : kind('t'), data(std::int64_t{yes}) {}
  Value(int number) : kind('I'), data(std::int64_t{number}) {}
  Value(std::int64_t number) : kind('l'), data(number) {}
  Value(double number) : kind('d'), data(number) {}
  Value(Array items) : kind('A'), data(std::move(items)) {}
  Value(Table fields);
  bool operator==(const Value&) const = default;
};

struct Field {
  std::string name;
  Value value;
  bool operator==(const Field&) const = default;
};

// nullptr: there is none of that name.
const Value* find(const Table& table, const std::string& name);
// Empty, 0: not there, or of another type.
std::string text_of(const Table& table, const std::string& name);
std::int64_t number_of(const Table& table, const std::string& name);

// What is not set is not sent. The delivery mode stands beside the body, in Publishing and Delivery.
struct Properties {
  std::optional<std::string> content_type, content_encoding;
  std::optional<Table> headers;
  std::optional<std::uint8_t> priority;
  std::optional<std::string> correlation_id, reply_to, expiration, message_id;
  std::optional<std::uint64_t> timestamp;
  std::optional<std::string> type, user_id, app_id, cluster_id;
  bool operator==(const Properties&) const = default;
};

// For messages: "S:\"text\"", "I:5", "F:{a=t:1}". Two that differ look different, whatever their length.
std::string described(const Value& value);
// Name -> described value, of every property that is set and of every header ("headers[2] colour": the order
// counts).
std::map<std::string, std::string> described(const Properties& properties);

}  // namespace rootseal::rabbitmq
