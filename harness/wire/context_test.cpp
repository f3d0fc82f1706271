#include "wire/context.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "record/sample.hpp"

namespace rootseal::wire::context_test {
namespace {

using testing::HasSubstr;
using testing::Not;

StackView view() {
  return {.id = "postgres-15/readonly",
          .service = "postgres",
          .version = "15",
          .profile = "readonly",
          .role = "candidate",
          .project = "rootseal-3f9a2c-postgres-15-readonly",
          .container = "4be1",
          .image = "postgres:15",
          .port = 5432,
          .user = "rootseal",
          .database = "rootseal",
          .password_file = "/run/secrets/password",
          .claims = {{"root", "read-only"}},
          .writable = {"/tmp"},
          .logs = "console"};
}

Context context() {
  return {.run = "20261123T194500Z-3f9a2c",
          .suite = "performance",
          .size = "quick",
          .seed = 42,
          .patience_ms = 90'000,
          .work_dir = "/tmp/work",
          .stacks = {view(), view()},
          .launch = 3,
          .client_cpus = {0},
          .server_cpus = {1, 2},
          .profiles = {{"baseline", "control"}}};
}

TEST(ContextTest, RoundTripsWithEveryField) {
  const std::string text = to_json_text(context());
  EXPECT_EQ(to_json_text(context_from_json_text(text)), text);
  for (const char* value : {"\"\"", ": 0,", "[]", "{}", "null"}) EXPECT_THAT(text, Not(HasSubstr(value)));
}

TEST(ContextTest, CarriesThePatienceAndDoesWithoutInOneWrittenByHand) {
  auto json = nlohmann::json::parse(to_json_text(context()));
  EXPECT_EQ(context_from_json_text(json.dump()).patience_ms, 90'000);
  json.erase("patience_ms");
  EXPECT_EQ(context_from_json_text(json.dump()).patience_ms, 0);
}

TEST(ContextTest, NamesThePathOfWhatIsWrong) {
  auto json = nlohmann::json::parse(to_json_text(context()));
  json["stacks"][1].erase("port");
  try {
    context_from_json_text(json.dump());
    FAIL();
  } catch (const core::UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("stacks[1].port"));
  }
  EXPECT_THROW(context_from_json_text("{"), core::UsageError);
}

TEST(ContextTest, NamesTheFileThatIsMissingOrBroken) {
  const std::string broken = testing::TempDir() + "rootseal-context.json";
  std::ofstream(broken) << "{}";
  for (const std::string& file : {std::string("/nonexistent/context.json"), broken}) {
    try {
      read_context(file);
      FAIL() << file;
    } catch (const core::UsageError& error) {
      EXPECT_THAT(error.what(), HasSubstr(file));
    }
  }
}

std::vector<Message> every_message() {
  std::vector<Message> all(8);
  all[0].started = Started{"PostgresCrud.Works", "postgres-15/readonly"};
  all[1].check = record::sample_record().checks.back();
  all[2].epoch = record::sample_record().epochs.front();
  all[3].request = StackRequest{"postgres-15/readonly", "restore", {"services: {}\n"}, "baseline",
                                "postgres-15/readonly", true,      1U << 26U};
  all[4].recreate = Recreate{"postgres-15/readonly"};
  all[5].release = Release{"postgres-15/readonly+restore"};
  all[6].task = record::sample_record().tasks.back();
  all[7].finding = record::sample_record().findings.back();
  return all;
}

TEST(MessageTest, EachRoundTripsInOneLine) {
  for (const Message& message : every_message()) {
    const std::string line = to_line(message);
    EXPECT_THAT(line, Not(HasSubstr("\n")));
    EXPECT_EQ(to_line(message_from_line(line)), line);
  }
}

TEST(MessageTest, MustHaveExactlyOnePart) {
  EXPECT_THROW(to_line(Message{}), core::HarnessError);
  Message two = every_message()[0];
  two.release = Release{"x"};
  EXPECT_THROW(to_line(two), core::HarnessError);
}

TEST(MessageTest, AServersBytesCannotBreakALine) {
  Message message;
  message.check = record::Check{};
  message.check->message = "first\nsecond \xff\x1b[31m";
  const std::string line = to_line(message);
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  EXPECT_THAT(message_from_line(line).check->message, HasSubstr("first\nsecond \xef\xbf\xbd"));
}

TEST(MessageTest, AFigureThatIsNotFiniteIsNotSent) {
  Message message = every_message()[2];
  message.epoch->contender["p99"] = std::nan("");
  EXPECT_THROW(to_line(message), core::HarnessError);
}

TEST(MessageTest, GarbageIsAFaultWithAPrintableExcerpt) {
  const std::string good = to_line(every_message()[0]);
  for (const std::string& line :
       {std::string(), std::string("Segmentation fault"), std::string("\x1b[2J\xff"), std::string("{}"),
        std::string("[1]"), std::string("{\"hello\":{}}"), std::string("{\"check\":{\"id\":\"x\"}}"),
        std::string("{\"started\":null}"), good + good,
        std::string(R"({"started":{"check":"c","stack":"s"},"release":{"stack":"s"}})"),
        good.substr(0, good.size() - 1), std::string("{\"started\":{\"check\":1,\"stack\":\"s\"}}"),
        std::string(100000, '[')}) {
    try {
      message_from_line(line);
      FAIL() << line;
    } catch (const core::UsageError&) {
      FAIL() << "a child's garbage is not the user's mistake: " << line;
    } catch (const core::HarnessError& error) {
      EXPECT_THAT(error.what(), HasSubstr("garbage"));
      EXPECT_THAT(error.what(), Not(HasSubstr("\x1b")));
      EXPECT_LT(std::string(error.what()).size(), 800U);
    }
  }
}

TEST(StackReplyTest, RoundTripsEitherWay) {
  const std::string yes = to_line(StackReply{view(), "", false});
  EXPECT_EQ(to_line(reply_from_line(yes)), yes);
  const std::string no = to_line(StackReply{std::nullopt, "no memory", true});
  EXPECT_EQ(reply_from_line(no).error, "no memory");
  EXPECT_TRUE(reply_from_line(no).server);
  EXPECT_FALSE(reply_from_line(no).stack.has_value());
}

TEST(StackReplyTest, IsEitherAStackOrAnError) {
  EXPECT_THROW(to_line(StackReply{}), core::HarnessError);
  EXPECT_THROW(to_line(StackReply{view(), "and yet", false}), core::HarnessError);
  EXPECT_THROW(reply_from_line(R"({"stack":null,"error":""})"), core::HarnessError);
  EXPECT_THROW(reply_from_line("no"), core::HarnessError);
}

}  // namespace
}  // namespace rootseal::wire::context_test
