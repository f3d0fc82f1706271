// rabbitmq/publish_lane: the lane of every workload that publishes with confirms: an operation is so many
// persistent messages of 1 KiB to a queue of the lane's own, and the wait until the last of them is
// confirmed.
//
// The queue is declared anew by each lane and does not grow beyond `Kind::kept`: settle(), outside the time,
// purges it and holds what was there against what was confirmed since the last purge. verify() does the same
// with what is left, looks at the first message, and removes the queue.
#pragma once

#include <memory>
#include <string>

#include "rabbitmq/workload_channel.hpp"
#include "services/rabbitmq/confirms.hpp"

namespace rootseal::rabbitmq {

struct PublishKind {
  const char* workload;  // names the queues
  bool quorum = false;
  unsigned burst = 1;         // messages in an operation, less than Confirms::kWindow
  std::uint64_t kept = 2000;  // messages in the queue from which on it is purged
};

class PublishLane final : public workload::Lane {
 public:
  PublishLane(const service::Target& target, const workload::Seat& seat, const PublishKind& kind)
      : kind_(kind), queue_(lane_queue(kind.workload, seat.number)), channel_(target), body_(seat.seed) {
    auto& connection = channel_.connection();
    connection.remove(queue_, core::patient_deadline());
    connection.declare({queue_, true, false, false, kind.quorum}, core::patient_deadline());
    connection.confirm(core::patient_deadline());
  }

  void operation() override {
    const auto guard = channel_.connection().guard(core::patient_deadline());
    for (unsigned i = 0; i < kind_.burst; ++i) {
      channel_.publish(queue_, body_.numbered(confirms_.publish()));
    }
    while (!confirms_.all()) {
      const auto& ack = channel_.next<amqp_basic_ack_t>(AMQP_BASIC_ACK_METHOD, "waiting for a confirm");
      if (!confirms_.confirm(ack.delivery_tag, ack.multiple != 0)) {
        throw workload::WrongResult(fmt::format("message {} was confirmed, {} to {} are outstanding",
                                                ack.delivery_tag, confirms_.floor() + 1,
                                                confirms_.published()));
      }
    }
    channel_.release();
  }

  // The round trip to the queue waits for what the broker still does for it after its last confirm.
  void settle() override {
    const auto found = channel_.connection().inspect(queue_, core::patient_deadline()).messages;
    if (found >= kind_.kept) {
      require(channel_.connection().purge(queue_, core::patient_deadline()));
      purged_ = confirms_.published();
    }
  }

  void verify() override {
    auto& connection = channel_.connection();
    const auto found = connection.inspect(queue_, core::patient_deadline()).messages;
    require(found);
    if (found > 0) {
      const auto first = connection.get(queue_, core::patient_deadline());
      if (!first || !first->persistent || first->redelivered || first->body != body_.numbered(purged_ + 1)) {
        throw workload::WrongResult("the first message is not as it was sent");
      }
    }
    connection.remove(queue_, core::patient_deadline());
  }

 private:
  void require(std::uint64_t found) const {
    const auto confirmed = confirms_.published() - purged_;
    if (found != confirmed) {
      throw workload::WrongResult(
          fmt::format("{} messages were confirmed, the queue holds {}", confirmed, found));
    }
  }

  PublishKind kind_;
  std::string queue_;
  WorkloadChannel channel_;
  NumberedBody body_;
  Confirms confirms_;
  std::uint64_t purged_ = 0;  // of those confirmed
};

// What the three workloads have in common; each adds its shape().
class PublishWorkload : public workload::Workload {
 public:
  explicit PublishWorkload(const PublishKind& kind) : kind_(kind) {}
  void set_up(const workload::Site& site) const override { tear_down(site); }
  [[nodiscard]] std::unique_ptr<workload::Lane> make_lane(const workload::Site& site,
                                                          const workload::Seat& seat) const override {
    return std::make_unique<PublishLane>(site.target, seat, kind_);
  }
  void tear_down(const workload::Site& site) const override {
    remove_lane_queues(site.target, kind_.workload, shape().connections);
  }

 private:
  PublishKind kind_;
};

}  // namespace rootseal::rabbitmq
