// Workload: consume with a prefetch of 100 from a queue that was filled beforehand. The lane always holds 100
// messages; an operation acknowledges all of them, one by one, and receives the 100 that follow. It begins
// and ends with a full window, so that the broker has nothing left to deliver while the other side has its
// turn. Sequence and content of every message are looked at; afterwards the queue must hold exactly what was
// not acknowledged, the next message first.
//
// An operation is a whole window: with 20 messages it took either one wake-up of the broker's processes or
// two, and the median lay now at the one, now at the other, a tenth apart between equal brokers.
//
// The acknowledgements leave together, as from a client that writes to a buffer: sent in a segment each, they
// woke the broker a different number of times in every window, and equal brokers' medians spread by a tenth.
//
// The queue is filled by a connection of its own, with confirms, outside the time: at first, and after every
// turn back to kReserve. A window right after a filling takes a third longer than the next, so that with
// a filling now and then the throughput of equal brokers spread by 3.9 % between launches, and by 1.8 % with
// one after every turn. It is kept short: with 4,000 messages in it the side that was filled
// last needed a fifth more CPU time for the rest of the epoch, because its queue's process had not yet been
// idle for the second after which it compacts its heap. An operation that finds too few messages (a turn of
// more than kReserve) fills up itself, so that such a turn reads too long.
#include <memory>

#include "rabbitmq/workload_channel.hpp"
#include "services/rabbitmq/confirms.hpp"

namespace rootseal::rabbitmq::consume_prefetch_workload {
namespace {

constexpr const char* kWorkload = "consume_prefetch";
constexpr std::uint16_t kPrefetch = 100;
constexpr std::uint16_t kBatch = kPrefetch;  // messages in an operation
constexpr std::uint64_t kReserve = 500;      // in the queue at the beginning of a turn
constexpr std::uint64_t kBurst = 500;        // published before their confirms are waited for

// Publishes numbered messages.
class Filler {
 public:
  Filler(const service::Target& target, std::string queue, std::uint64_t seed)
      : queue_(std::move(queue)), channel_(target), body_(seed) {
    channel_.connection().remove(queue_, soon());
    channel_.connection().declare({queue_}, soon());
    channel_.connection().confirm(soon());
  }

  void fill(std::uint64_t count) {
    const auto guard = channel_.connection().guard(soon());
    while (count > 0) {
      for (std::uint64_t i = 0; i < kBurst && count > 0; ++i, --count) {
        channel_.publish(queue_, body_.numbered(confirms_.publish()));
      }
      while (!confirms_.all()) {
        const auto& ack = channel_.next<amqp_basic_ack_t>(AMQP_BASIC_ACK_METHOD, "filling the queue");
        if (!confirms_.confirm(ack.delivery_tag, ack.multiple != 0)) {
          throw workload::WrongResult("a confirm came for a message that was not outstanding");
        }
      }
      channel_.release();
    }
  }

  [[nodiscard]] std::uint64_t published() const { return confirms_.published(); }
  Connection& connection() { return channel_.connection(); }

 private:
  std::string queue_;
  WorkloadChannel channel_;
  NumberedBody body_;
  Confirms confirms_;
};

class ConsumeLane final : public workload::Lane {
 public:
  ConsumeLane(const service::Target& target, const workload::Seat& seat)
      : queue_(lane_queue(kWorkload, seat.number)),
        filler_(target, queue_, seat.seed),
        consumer_(std::make_unique<WorkloadChannel>(target)),
        expected_(seat.seed) {
    filler_.fill(kReserve);
    consumer_->connection().consume(queue_, kPrefetch, soon());
    receive(kPrefetch);
  }

  void operation() override {
    if (filler_.published() - received_ < kBatch) {
      filler_.fill(kReserve);
    }
    const auto guard = consumer_->connection().guard(soon());
    const std::uint64_t oldest = received_ - kPrefetch + 1;
    consumer_->cork();
    for (std::uint64_t tag = oldest; tag < oldest + kBatch; ++tag) {
      consumer_->acknowledge(tag);
    }
    consumer_->uncork();
    receive(kBatch);
    consumer_->release();
  }

  // The round trip waits until the queue has seen every acknowledgement.
  void settle() override {
    const auto left = filler_.published() - received_;
    if (left < kReserve) {
      filler_.fill(kReserve - left);
    }
    require_left(consumer_->connection(), filler_.published() - received_);
  }

  void verify() override {
    require_left(consumer_->connection(), filler_.published() - received_);
    consumer_.reset();  // puts back the messages that it holds
    auto& later = filler_.connection();
    require_left(later, filler_.published() - received_ + kPrefetch);
    const auto next = later.get(queue_, soon());
    if (!next || next->body != expected_.numbered(received_ - kPrefetch + 1)) {
      throw workload::WrongResult(
          "the first message in the queue is not the first that was not acknowledged");
    }
    later.remove(queue_, soon());
  }

 private:
  void receive(unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
      const InPlace came = consumer_->next_delivery();
      ++received_;
      if (came.body != expected_.numbered(received_) || came.tag != received_ || came.redelivered ||
          !came.persistent) {
        throw workload::WrongResult(
            fmt::format("message {} did not come as it was sent, once and in its order (delivery {})",
                        received_, came.tag));
      }
    }
  }

  void require_left(Connection& connection, std::uint64_t expected) const {
    const auto found = connection.inspect(queue_, soon()).messages;
    if (found != expected) {
      throw workload::WrongResult(fmt::format("the queue holds {} messages, it must be {}", found, expected));
    }
  }

  std::string queue_;
  Filler filler_;
  std::unique_ptr<WorkloadChannel> consumer_;
  NumberedBody expected_;
  std::uint64_t received_ = 0;  // all but the last kPrefetch acknowledged
};

class ConsumePrefetch final : public workload::Workload {
 public:
  [[nodiscard]] workload::Shape shape() const override {
    workload::Shape shape;
    shape.turn_operations = 1;
    shape.latency_spans = 0.5;
    shape.throughput_spans = 0.75;
    return shape;
  }
  void set_up(const workload::Site& site) const override { tear_down(site); }
  [[nodiscard]] std::unique_ptr<workload::Lane> make_lane(const workload::Site& site,
                                                          const workload::Seat& seat) const override {
    return std::make_unique<ConsumeLane>(site.target, seat);
  }
  void tear_down(const workload::Site& site) const override {
    remove_lane_queues(site.target, kWorkload, shape().connections);
  }
};

ROOTSEAL_WORKLOAD("rabbitmq", "consume_prefetch", ConsumePrefetch);

}  // namespace

}  // namespace rootseal::rabbitmq::consume_prefetch_workload
