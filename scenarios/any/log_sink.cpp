// What the server says on its console reaches a collector outside, over the engine's syslog driver: the way
// by which logs leave a container whose root cannot hold them.
#include <fmt/format.h>

#include "service/checksum.hpp"
#include "testing/loopback_listener.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::log_sink {
namespace {

using LogSink = Scenario;

TEST_P(LogSink, OutsideReceivesWhatTheServerLogs) {
  if (stack().logs != "console") not_here("this profile's logs are not on the console");
  const LoopbackListener collector;
  const std::string tag = own_name();
  const auto sending = request_stack(
      "syslog", {fmt::format("services: {{server: {{logging: {{driver: syslog, options: {{syslog-address: "
                             "\"tcp://127.0.0.1:{}\", syslog-format: rfc5424, tag: {}}}}}}}}}\n",
                             collector.port(), tag)});
  const std::string line =
      service().provoke_log_line(sending.target(), service::checksum(own_name() + stack().id));
  const auto arrived = [&] {
    return collector.received().find(line) != std::string::npos ? core::Wait::done : core::Wait::again;
  };
  const core::Milliseconds patience{20'000};
  const bool in_time = core::wait_until(arrived, deadline().at_most(patience));
  const std::string received = collector.received();
  EXPECT_TRUE(in_time) << "a line that the server was made to log ('" << line
                       << "') did not reach the collector within " << core::in_seconds(patience)
                       << "; it has " << received.size() << " bytes";
  EXPECT_NE(received.find(tag), std::string::npos) << "what arrived does not carry the tag " << tag;
  EXPECT_EQ(received.find(sending.target().password.reveal()), std::string::npos)
      << "the password of the run was sent to the collector";
  evidence(fmt::format("{} bytes arrived at a collector on the loopback", received.size()));
}

ROOTSEAL_LONGER_SCENARIOS(function, LogSink, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios::log_sink
