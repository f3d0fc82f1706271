// What outlives the broker: durable queues, exchanges and their bindings, persistent messages, quorum queues
// and streams with all that they confirmed. And what must not: transient queues, exchanges and messages.
// After a restart, after a kill, and on a copy of the control's data volume under this profile: a backup that
// is restored, and the way a broker takes that is hardened.
#include <fmt/format.h>

#include <optional>

#include "rabbitmq/own_queues.hpp"
#include "services/rabbitmq/ctl.hpp"

namespace rootseal::scenarios::survivors {
namespace {

constexpr int kNotFound = 404;

class RabbitMqSurvivors : public OwnQueues {
 protected:
  // Queues of all kinds, bound to a durable and to a transient exchange, each with persistent and transient
  // messages in turns, confirmed.
  void prepare() {
    auto connection = connect();
    connection.confirm(deadline());
    lasting_ = declare(connection, rabbitmq::Exchange{"lasting", "direct"});
    passing_ = declare(connection, rabbitmq::Exchange{"passing", "direct", false});
    durable_ = declare(connection, rabbitmq::Queue{"durable"});
    transient_ = declare(connection, rabbitmq::Queue{"transient", false});
    quorum_ = declare(connection, rabbitmq::Queue{"quorum", true, false, false, true});
    stream_ = declare(connection,
                      rabbitmq::Queue{"stream", true, false, false, false, {{"x-queue-type", "stream"}}});
    for (const auto& queue : {durable_, transient_, quorum_, stream_}) {
      connection.bind(queue, lasting_, queue, deadline());
      connection.bind(queue, passing_, queue, deadline());
      fill(connection, queue);
    }
  }

  void fill(rabbitmq::Connection& connection, const std::string& queue) {
    const auto pairs = static_cast<std::uint64_t>(by_size(25, 50, 500));
    for (std::uint64_t i = 0; i < pairs; ++i) {
      rabbitmq::Publishing how{lasting_, queue};
      how.properties.headers = rabbitmq::Table{{kMark, queue}};
      const auto persistent = publish_entries(connection, how, 2 * i + 1, 1);
      how.persistent = false;
      const auto transient = publish_entries(connection, how, 2 * i + 2, 1);
      if (queue != durable_) continue;
      persistent_.insert(persistent_.end(), persistent.begin(), persistent.end());
      all_.insert(all_.end(), persistent.begin(), persistent.end());
      all_.insert(all_.end(), transient.begin(), transient.end());
    }
  }

  void expect_survivors() {
    auto connection = connect();
    expect_same(persistent_, entries_of(drain(connection, durable_)), "the durable queue");
    // A quorum queue elects its leader after the broker answers; asked for a message before that, it lets go.
    expect_waiting(connection, quorum_, static_cast<std::uint32_t>(all_.size()));
    expect_same(all_, entries_of(drain(connection, quorum_)), "the quorum queue");
    expect_same(all_, read_stream(), "the stream");
    EXPECT_EQ(
        refusal_of("inspecting the transient queue", [&] { connect().inspect(transient_, deadline()); }),
        kNotFound);
    EXPECT_EQ(refusal_of("publishing to the transient exchange",
                         [&] {
                           auto publisher = connect();
                           publisher.confirm(deadline());
                           publisher.publish({passing_, durable_}, "into nothing", deadline());
                           publisher.settle(soon());
                         }),
              kNotFound);
    connection.confirm(deadline());
    const auto fresh = publish_entries(connection, {lasting_, durable_}, 1, 5);
    expect_same(fresh, drain_entries(connection, durable_), "through the binding that survived");
    evidence(
        fmt::format("{} of {} messages of the durable queue were persistent and survived, all of the "
                    "quorum queue and of the stream",
                    persistent_.size(), all_.size()));
  }

 private:
  // Each with the header that it was sent with.
  static std::vector<Entry> entries_of(const std::vector<rabbitmq::Delivery>& deliveries) {
    std::vector<Entry> entries;
    for (const auto& delivery : deliveries) {
      const auto headers = delivery.properties.headers.value_or(rabbitmq::Table());
      EXPECT_EQ(rabbitmq::text_of(headers, kMark), delivery.routing_key)
          << "the header of message " << entries.size() + 1;
      if (auto entry = entry_of(delivery)) entries.push_back(std::move(*entry));
    }
    return entries;
  }

  // A stream comes back a moment later than the broker: until then it is said to be down, or nowhere.
  rabbitmq::Connection consumer_of_stream() const {
    std::optional<rabbitmq::Connection> consumer;
    std::string refusal;
    const auto begins = [&] {
      consumer.emplace(connect());
      try {
        consumer->consume(stream_, 100, deadline(), {{"x-stream-offset", "first"}});
        return core::Wait::done;
      } catch (const service::ServerError& refused) {
        refusal = refused.what();
        if (refusal.find("is down") == std::string::npos &&
            refusal.find("does not have a replica") == std::string::npos)
          throw;
        return core::Wait::again;
      }
    };
    if (!core::wait_until(begins, deadline().at_most(core::Milliseconds(30'000)), core::Milliseconds(200)))
      throw service::ServerError({"reading the stream again", stack().id, refusal, ""});
    return std::move(*consumer);
  }

  std::vector<Entry> read_stream() const {
    auto consumer = consumer_of_stream();
    std::vector<rabbitmq::Delivery> deliveries;
    while (deliveries.size() < all_.size()) {
      auto delivery = consumer.next(soon());
      if (!delivery) break;
      consumer.acknowledge(delivery->tag, false, deadline());
      deliveries.push_back(std::move(*delivery));
    }
    return entries_of(deliveries);
  }

  static constexpr const char* kMark = "sent-to";
  std::string lasting_, passing_, durable_, transient_, quorum_, stream_;
  std::vector<Entry> persistent_, all_;
};

TEST_P(RabbitMqSurvivors, ARestartKeepsWhatIsDurableAndNothingElse) {
  prepare();
  if (HasFailure()) return;
  stop_server(core::Milliseconds(30'000));
  EXPECT_EQ(container().state().exit_code, 0) << "the server did not end by itself when asked to";
  start_server();
  look_again();
  expect_survivors();
}

TEST_P(RabbitMqSurvivors, AKillKeepsWhatIsDurableAndNothingElse) {
  prepare();
  if (HasFailure()) return;
  // The broker answers a declaration before its table of queues is on disk (see the ledger), and before the
  // table of what belongs to each quorum queue and stream is: without its entry there a queue starts anew,
  // and empty. What is killed here is the broker that has them all.
  rabbitmq::Ctl(stack().id, container())
      .must({"eval", "mnesia:sync_log(), [dets:sync(Table) || Table <- dets:all()]."}, deadline());
  kill_server("KILL");
  start_server();
  look_again();
  expect_survivors();
}

TEST_P(RabbitMqSurvivors, AColdCopyOfTheControlsVolumeHasTheSameInThisProfile) {
  const auto source = request_stack("source", Further{.profile = control()});
  look_at(source.target());
  prepare();
  if (HasFailure()) return;
  source.stop(core::Milliseconds(30'000));
  EXPECT_EQ(source.container().state().exit_code, 0) << "the source did not end by itself when asked to";
  const auto restored = request_stack("restored", Further{.data = source.id(), .copy = true});
  look_at(restored.target());
  expect_survivors();
  look_again();
}

ROOTSEAL_LONGER_SCENARIOS(recovery, RabbitMqSurvivors, "rabbitmq");

}  // namespace
}  // namespace rootseal::scenarios::survivors
