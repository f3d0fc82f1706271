// Workload: publish a persistent message of 1 KiB to a durable queue, receive it on the same channel,
// acknowledge the one before it. Every message that comes is held against what was sent. Afterwards nothing
// must be ready in the queue, and once the consumer is gone the last message alone: an acknowledgement that
// was lost would have put its message back.
//
// The last message is kept until the next has come, because a classic queue of 4.0 that becomes empty removes
// the file of its segment, and makes it anew for the next message. Making and removing thousands of files a
// second is what ext4 is slow at: it passes over every inode that was freed in the last five seconds, one by
// one, so that an operation took 0.33 ms in one launch and 0.76 ms in another, of the same broker.
//
// Without confirms: with them an operation would wait for the disk, as confirmed_publish does, and hide what
// routing and delivery cost. An acknowledgement has no answer: settle() waits until the queue has seen it.
#include <memory>

#include "rabbitmq/workload_channel.hpp"

namespace rootseal::rabbitmq::round_trip_workload {
namespace {

constexpr const char* kWorkload = "round_trip";
constexpr std::uint16_t kPrefetch = 10;

class RoundTripLane final : public workload::Lane {
 public:
  RoundTripLane(const service::Target& target, const workload::Seat& seat)
      : queue_(lane_queue(kWorkload, seat.number)),
        channel_(std::make_unique<WorkloadChannel>(target)),
        other_(target, soon()),
        body_(seat.seed) {
    auto& connection = channel_->connection();
    connection.remove(queue_, soon());
    connection.declare({queue_}, soon());
    connection.consume(queue_, kPrefetch, soon());
  }

  void operation() override {
    const auto guard = channel_->connection().guard(soon());
    const auto sent = body_.numbered(++number_);
    channel_->publish(queue_, sent);
    const InPlace came = channel_->next_delivery();
    if (came.body != sent || came.tag != number_ || came.redelivered || !came.persistent) {
      throw workload::WrongResult(fmt::format(
          "message {} came back altered, redelivered or out of order (as delivery {})", number_, came.tag));
    }
    if (came.tag > 1) {
      channel_->acknowledge(came.tag - 1);
    }
    channel_->release();
  }

  void settle() override { require_ready(channel_->connection(), 0); }

  void verify() override {
    require_ready(channel_->connection(), 0);
    channel_.reset();  // ends the consumer: what it still holds goes back
    require_ready(other_, number_ == 0 ? 0 : 1);
    if (number_ > 0) {
      const auto last = other_.get(queue_, soon());
      if (!last || last->body != body_.numbered(number_)) {
        throw workload::WrongResult(fmt::format(
            "what is left in the queue is not message {}, the only one not acknowledged", number_));
      }
    }
    other_.remove(queue_, soon());
  }

 private:
  void require_ready(Connection& connection, std::uint64_t expected) const {
    const auto found = connection.inspect(queue_, soon()).messages;
    if (found != expected) {
      throw workload::WrongResult(fmt::format(
          "{} messages are ready in the queue, must be {}: of {} all but the last were acknowledged", found,
          expected, number_));
    }
  }

  std::string queue_;
  std::unique_ptr<WorkloadChannel> channel_;
  Connection other_;  // opened here, where the server can be reached
  NumberedBody body_;
  std::uint64_t number_ = 0;
};

class RoundTrip final : public workload::Workload {
 public:
  [[nodiscard]] workload::Shape shape() const override {
    workload::Shape shape;
    shape.latency_spans = 1.5;
    shape.slice = 5;
    shape.turn_operations = 5;
    return shape;
  }
  void set_up(const workload::Site& site) const override { tear_down(site); }
  [[nodiscard]] std::unique_ptr<workload::Lane> make_lane(const workload::Site& site,
                                                          const workload::Seat& seat) const override {
    return std::make_unique<RoundTripLane>(site.target, seat);
  }
  void tear_down(const workload::Site& site) const override {
    remove_lane_queues(site.target, kWorkload, shape().connections);
  }
};

ROOTSEAL_WORKLOAD("rabbitmq", "round_trip", RoundTrip);

}  // namespace

}  // namespace rootseal::rabbitmq::round_trip_workload
