#include "testing/channel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "service/service.hpp"
#include "testing/outcome.hpp"

namespace rootseal::scenarios::channel_test {
namespace {
using core::Deadline;
using core::Milliseconds;
using testing::HasSubstr;

class ChannelTest : public testing::Test {
 protected:
  ChannelTest() {
    EXPECT_EQ(pipe(out.data()), 0);
    EXPECT_EQ(pipe(in.data()), 0);
  }
  ~ChannelTest() override {
    for (const int fd : {out[0], out[1], in[0], in[1]}) close(fd);
  }
  void answer(const wire::StackReply& reply) {
    const std::string line = wire::to_line(reply) + "\n";
    ASSERT_EQ(write(in[1], line.data(), line.size()), static_cast<ssize_t>(line.size()));
  }
  std::string sent() {
    std::array<char, 4096> text{};
    const auto got = read(out[0], text.data(), text.size());
    return {text.data(), static_cast<std::size_t>(got)};
  }
  static wire::StackRequest restore() {
    wire::StackRequest request;
    request.like = "alpha-1/readonly";
    request.tag = "restore";
    return request;
  }
  static std::string refusal(Channel& channel, Milliseconds limit) {
    try {
      channel.ask(restore(), Deadline::after(limit));
    } catch (const EnvironmentFault& fault) {
      return fault.what();
    }
    return "not refused";
  }
  std::array<int, 2> out{}, in{};
};

TEST_F(ChannelTest, SendsOneLineAMessage) {
  Channel channel(out[1], in[0]);
  wire::Message message;
  message.started = wire::Started{"Suite.Name", "alpha-1/readonly"};
  channel.send(message);
  const std::string line = sent();
  ASSERT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(wire::message_from_line(line.substr(0, line.size() - 1)).started->check, "Suite.Name");
}

TEST_F(ChannelTest, AsksForAStackAndGetsIt) {
  Channel channel(out[1], in[0]);
  wire::StackReply reply;
  reply.stack.emplace().id = "alpha-1/readonly+restore";
  answer(reply);
  EXPECT_EQ(channel.ask(restore(), Deadline::after(Milliseconds(1'000))).id, "alpha-1/readonly+restore");
  EXPECT_THAT(sent(), HasSubstr("restore"));
}

TEST_F(ChannelTest, ARefusalSaysWhy) {
  Channel channel(out[1], in[0]);
  wire::StackReply reply;
  reply.error = "no memory left";
  answer(reply);
  EXPECT_THAT(refusal(channel, Milliseconds(1'000)), HasSubstr("no memory left"));
}

TEST_F(ChannelTest, AServerThatDoesNotComeUpIsTheServersFailure) {
  Channel channel(out[1], in[0]);
  answer({std::nullopt, "container exited with code 1", true});
  try {
    channel.ask(wire::Recreate{"alpha-1/readonly"}, Deadline::after(Milliseconds(1'000)));
    FAIL();
  } catch (const service::ServerError& error) {
    EXPECT_THAT(error.what(), HasSubstr("new container of alpha-1/readonly: container exited with code 1"));
  }
  EXPECT_THAT(sent(), HasSubstr("recreate"));
}

TEST_F(ChannelTest, ALateReplyIsNotTakenForTheNextQuestions) {
  Channel channel(out[1], in[0]);
  EXPECT_THAT(refusal(channel, Milliseconds(20)), HasSubstr("no answer before the deadline"));
  wire::StackReply late, wanted;
  late.stack.emplace().id = "alpha-1/readonly+late";
  wanted.stack.emplace().id = "alpha-1/readonly+restore";
  answer(late);
  answer(wanted);
  EXPECT_EQ(channel.ask(restore(), Deadline::after(Milliseconds(1'000))).id, "alpha-1/readonly+restore");
}

TEST_F(ChannelTest, SilenceEndsAtTheDeadlineAndAClosedLineAtOnce) {
  Channel channel(out[1], in[0]);
  EXPECT_THAT(refusal(channel, Milliseconds(20)), HasSubstr("no answer before the deadline"));
  close(in[1]);
  in[1] = dup(out[1]);
  EXPECT_THAT(refusal(channel, Milliseconds(60'000)), HasSubstr("closed the line"));
}

TEST_F(ChannelTest, ByHandSendingDoesNothingAndAskingNamesTheNextMove) {
  Channel channel(Channel::kNone, in[0]);
  channel.send({});
  EXPECT_THAT(refusal(channel, Milliseconds(60'000)), HasSubstr("rootseal run --scenario"));
}

}  // namespace
}  // namespace rootseal::scenarios::channel_test
