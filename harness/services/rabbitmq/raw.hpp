// rabbitmq/raw: between librabbitmq's types and ours. For the sources of this folder only. What points into
// its argument says so; the others copy. Not thread-safe.
#pragma once

#include <amqp.h>
#include <amqp_framing.h>

#include <deque>
#include <string>
#include <vector>

#include "services/rabbitmq/message.hpp"

namespace rootseal::rabbitmq {

// Points into `text`.
inline amqp_bytes_t bytes(const std::string& text) {
  amqp_bytes_t view;
  view.len = text.size();
  view.bytes = const_cast<char*>(text.data());  // the library does not write through it
  return view;
}
inline std::string text(const amqp_bytes_t& raw) { return {static_cast<const char*>(raw.bytes), raw.len}; }

// Owns what a table of the library points to, except for texts and names: those stay in the Table it is made
// of, which must outlive it. Throws HarnessError on a Value whose kind does not fit its data.
class RawTable {
 public:
  explicit RawTable(const Table& table) : table_(encode(table)) {}
  explicit RawTable(const Table&& temporary) = delete;
  RawTable(const RawTable&) = delete;
  RawTable& operator=(const RawTable&) = delete;
  [[nodiscard]] amqp_table_t get() const { return table_; }

 private:
  amqp_table_t encode(const Table& table);
  amqp_array_t encode(const Array& items);
  amqp_field_value_t encode(const Value& value);
  std::deque<std::vector<amqp_table_entry_t>> tables_;
  std::deque<std::vector<amqp_field_value_t>> arrays_;
  amqp_table_t table_;  // last: it uses the others
};

Table decoded(const amqp_table_t& raw);
Properties decoded(const amqp_basic_properties_t& raw);
// Points into `properties` and `headers`, which is made of its headers. Without a delivery mode.
amqp_basic_properties_t encoded(const Properties& properties, const RawTable& headers);

}  // namespace rootseal::rabbitmq
