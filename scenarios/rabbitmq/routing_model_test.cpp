#include "rabbitmq/routing_model.hpp"

#include <gtest/gtest.h>

namespace rootseal::scenarios::routing_model_test {
namespace {
using rabbitmq::Table;
using rabbitmq::Value;

// The examples of the AMQP 0-9-1 specification, section 3.1.3.3.
TEST(RoutingModel, TakesTheSpecificationsExamples) {
  EXPECT_TRUE(topic_matches("*.stock.#", "usd.stock"));
  EXPECT_TRUE(topic_matches("*.stock.#", "eur.stock.db"));
  EXPECT_FALSE(topic_matches("*.stock.#", "stock.nasdaq"));
}

TEST(RoutingModel, AStarIsOneWordAndAHashAnyNumber) {
  EXPECT_FALSE(topic_matches("*", ""));
  EXPECT_TRUE(topic_matches("#", ""));
  EXPECT_TRUE(topic_matches("", ""));
  EXPECT_FALSE(topic_matches("", "a"));
  EXPECT_FALSE(topic_matches("*", "a.b"));
  EXPECT_TRUE(topic_matches("a.*.b", "a..b"));
  EXPECT_TRUE(topic_matches("a.#.b", "a.b"));
  EXPECT_TRUE(topic_matches("a.#.b", "a.b.b.c.b"));
  EXPECT_FALSE(topic_matches("a.#.b", "a.b.c"));
  EXPECT_TRUE(topic_matches("#.#", ""));
  EXPECT_TRUE(topic_matches("#.*", "a"));
  EXPECT_FALSE(topic_matches("#.*", ""));
  EXPECT_FALSE(topic_matches("ab", "a"));
}

TEST(RoutingModel, HeadersMatchAllOrAny) {
  const Table message{{"colour", "red"}, {"size", 5}};
  EXPECT_TRUE(headers_match({{"x-match", "all"}, {"colour", "red"}, {"size", 5}}, message));
  EXPECT_FALSE(headers_match({{"x-match", "all"}, {"colour", "red"}, {"size", 6}}, message));
  EXPECT_FALSE(headers_match({{"colour", "red"}, {"shape", "round"}}, message)) << "all is the default";
  EXPECT_TRUE(headers_match({{"x-match", "any"}, {"colour", "red"}, {"size", 6}}, message));
  EXPECT_FALSE(headers_match({{"x-match", "any"}, {"colour", "blue"}, {"size", 6}}, message));
  EXPECT_TRUE(headers_match({{"x-match", "all"}, {"colour", Value()}}, message)) << "the name is enough";
  EXPECT_TRUE(headers_match({{"x-match", "all"}}, message));
  EXPECT_FALSE(headers_match({{"x-match", "any"}}, message));
}

}  // namespace
}  // namespace rootseal::scenarios::routing_model_test
