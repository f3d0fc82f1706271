#include "services/rabbitmq/message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "services/rabbitmq/raw.hpp"

namespace rootseal::rabbitmq::message_test {
namespace {

// One of every kind that travels, at the ends of its range.
Table every_kind() {
  return {
      {"yes", true},
      {"i8", {'b', std::int64_t{-128}}},
      {"u8", {'B', std::int64_t{255}}},
      {"i16", {'s', std::int64_t{-32'768}}},
      {"u16", {'u', std::int64_t{65'535}}},
      {"i32", -2'147'483'647},
      {"u32", {'i', std::int64_t{4'294'967'295}}},
      {"i64", std::int64_t{-9'007'199'254'740'993}},
      {"f32", {'f', 0.5}},
      {"f64", 0.1},
      {"decimal", {'D', (std::int64_t{2} << 32) | 4'294'967'295}},
      {"text", "gr\xc3\xbc\xc3\x9f"},
      {"bytes", {'x', std::string("\0\xff\n", 3)}},
      {"time", {'T', std::int64_t{1'700'000'000}}},
      {"array", Array{1, "two", Array{}, Table{{"deep", "down"}}}},
      {"table", Table{{"b", 1}, {"a", 2}}},
      {"nothing", Value()},
      {"", "no name"},
  };
}

Table over_the_wire(const Table& table) {
  std::string wire(64'000, '\0');
  const RawTable raw(table);
  amqp_table_t in = raw.get();
  std::size_t written = 0;
  EXPECT_EQ(amqp_encode_table(bytes(wire), &in, &written), AMQP_STATUS_OK);
  amqp_pool_t pool;
  init_amqp_pool(&pool, 4'096);
  amqp_table_t out;
  std::size_t read = 0;
  EXPECT_EQ(amqp_decode_table(bytes(wire), &pool, &out, &read), AMQP_STATUS_OK);
  EXPECT_EQ(read, written);
  Table back = decoded(out);
  empty_amqp_pool(&pool);
  return back;
}

TEST(RabbitMqMessage, FieldsOfEveryKindComeBackFromTheWireInTheirOrder) {
  EXPECT_EQ(over_the_wire(every_kind()), every_kind());
  EXPECT_EQ(over_the_wire({}), Table{});
}

TEST(RabbitMqMessage, AKindThatDoesNotFitItsDataIsRefused) {
  const Table no_number{{"x", {'I', std::string("5")}}};
  EXPECT_THROW(const RawTable refused(no_number), core::HarnessError);
  const Table no_kind{{"x", {'?', std::int64_t{5}}}};
  EXPECT_THROW(const RawTable refused(no_kind), core::HarnessError);
}

TEST(RabbitMqMessage, PropertiesThatAreNotSetStayUnset) {
  Properties properties;
  properties.correlation_id = "";
  properties.priority = std::uint8_t{0};
  properties.headers = Table{};
  const RawTable headers(*properties.headers);
  EXPECT_EQ(decoded(encoded(properties, headers)), properties);
  const Table nothing;
  const RawTable none(nothing);
  EXPECT_EQ(decoded(encoded(Properties(), none)), Properties());
}

// Each has its own value, so that two that change places show.
TEST(RabbitMqMessage, EveryPropertyComesBackFromTheWireAsItself) {
  Properties properties;
  properties.content_type = "content type";
  properties.content_encoding = "encoding";
  properties.headers = Table{{"x", 1}};
  properties.priority = std::uint8_t{7};
  properties.correlation_id = "correlation";
  properties.reply_to = "reply";
  properties.expiration = "expiration";
  properties.message_id = "message";
  properties.timestamp = 1'700'000'000;
  properties.type = "type";
  properties.user_id = "user";
  properties.app_id = "application";
  properties.cluster_id = "cluster";
  const RawTable headers(*properties.headers);
  auto raw = encoded(properties, headers);
  std::string wire(4'000, '\0');
  const int length = amqp_encode_properties(AMQP_BASIC_CLASS, &raw, bytes(wire));
  ASSERT_GT(length, 0);
  wire.resize(static_cast<std::size_t>(length));
  amqp_pool_t pool;
  init_amqp_pool(&pool, 4'096);
  void* read = nullptr;
  ASSERT_EQ(amqp_decode_properties(AMQP_BASIC_CLASS, &pool, bytes(wire), &read), AMQP_STATUS_OK);
  EXPECT_EQ(decoded(*static_cast<amqp_basic_properties_t*>(read)), properties);
  empty_amqp_pool(&pool);
  // The library's names, not ours: both directions of one list could be wrong alike.
  EXPECT_EQ(text(raw.content_type), "content type");
  EXPECT_EQ(text(raw.content_encoding), "encoding");
  EXPECT_EQ(text(raw.correlation_id), "correlation");
  EXPECT_EQ(text(raw.reply_to), "reply");
  EXPECT_EQ(text(raw.expiration), "expiration");
  EXPECT_EQ(text(raw.message_id), "message");
  EXPECT_EQ(text(raw.type), "type");
  EXPECT_EQ(text(raw.user_id), "user");
  EXPECT_EQ(text(raw.app_id), "application");
  EXPECT_EQ(text(raw.cluster_id), "cluster");
}

TEST(RabbitMqMessage, EveryPropertyIsDescribedAndEveryDifferenceShows) {
  Properties properties;
  properties.content_type = properties.content_encoding = properties.correlation_id = properties.reply_to =
      properties.expiration = properties.message_id = properties.type = properties.user_id =
          properties.app_id = properties.cluster_id = "a";
  properties.priority = std::uint8_t{7};
  properties.timestamp = 1;
  properties.headers = Table{{"x", 1}};
  const auto all = described(properties);
  EXPECT_EQ(all.size(), 14U) << "twelve properties, the number of headers, and the header";
  EXPECT_EQ(all.at("headers[1] x"), "I:1");
  properties.headers = Table{{"x", std::int64_t{1}}};
  EXPECT_NE(described(properties), all) << "another type";
  EXPECT_NE(described(Value(std::string(500, 'a') + "b")), described(Value(std::string(500, 'a') + "c")));
}

TEST(RabbitMqMessage, FieldsAreFoundByName) {
  const Table table{{"a", "text"}, {"b", std::int64_t{7}}};
  EXPECT_EQ(text_of(table, "a"), "text");
  EXPECT_EQ(number_of(table, "b"), 7);
  EXPECT_EQ(text_of(table, "b"), "");
  EXPECT_EQ(number_of(table, "c"), 0);
  EXPECT_EQ(find(table, "c"), nullptr);
}

}  // namespace
}  // namespace rootseal::rabbitmq::message_test
