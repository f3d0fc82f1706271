// Workload: one persistent message of 1 KiB to a durable queue, and the wait for its confirm. After the epoch
// the queue must hold exactly as many messages as were confirmed since it was declared, and the first of them
// as it was sent. Every lane declares the queue anew and removes it, so that no epoch works on what another
// left.
#include <amqp.h>
#include <amqp_framing.h>
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "services/rabbitmq/client.hpp"
#include "testing/workload.hpp"
#include "testing/workload_seed.hpp"

namespace rootseal::rabbitmq {

namespace {

constexpr const char* kQueue = "rootseal.confirmed_publish";
constexpr std::size_t kBody = 1024;
constexpr amqp_channel_t kChannel = 1;
constexpr int kSeconds = 30;  // that any answer may take

core::Deadline soon() { return core::Deadline::after(std::chrono::seconds(kSeconds)); }

class PublishLane final : public workload::Lane {
 public:
  PublishLane(const service::Target& target, std::uint64_t seed)
      : subject_(target.subject), connection_(target, soon()) {
    for (char& c : body_) {
      c = static_cast<char>('a' + workload::next_random(seed) % 26);
    }
    connection_.remove(kQueue, soon());
    connection_.declare({kQueue}, soon());
    connection_.confirm(soon());
    properties_._flags = AMQP_BASIC_DELIVERY_MODE_FLAG;
    properties_.delivery_mode = AMQP_DELIVERY_PERSISTENT;
  }

  void operation() override {
    stamp(++published_);
    const int sent =
        amqp_basic_publish(connection_.raw(), kChannel, amqp_empty_bytes, amqp_cstring_bytes(kQueue), 1, 0,
                           &properties_, {body_.size(), body_.data()});
    if (sent != AMQP_STATUS_OK) {
      refused("publishing", amqp_error_string2(sent));
    }
    wait_for_confirm();
    amqp_maybe_release_buffers(connection_.raw());
  }

  void verify() override {
    const auto found = connection_.inspect(kQueue, soon()).messages;
    if (found != published_) {
      throw workload::WrongResult(
          fmt::format("{} messages were confirmed, the queue holds {}", published_, found));
    }
    stamp(1);
    const auto first = connection_.get(kQueue, soon());
    if (published_ > 0 &&
        (!first || !first->persistent || first->body != std::string_view(body_.data(), kBody))) {
      throw workload::WrongResult("the first message is not as it was sent");
    }
    connection_.remove(kQueue, soon());
  }

 private:
  // The sequence number opens the body, so that no two are equal.
  void stamp(std::uint64_t number) { std::memcpy(body_.data(), &number, sizeof number); }

  [[noreturn]] void refused(const std::string& step, const std::string& what) const {
    throw AmqpError({step, subject_, what, ""}, 0);
  }

  void wait_for_confirm() {
    amqp_frame_t frame;
    timeval limit{kSeconds, 0};
    const int status = amqp_simple_wait_frame_noblock(connection_.raw(), &frame, &limit);
    if (status != AMQP_STATUS_OK) {
      refused("waiting for a confirm", amqp_error_string2(status));
    }
    const bool acked = frame.channel == kChannel && frame.frame_type == AMQP_FRAME_METHOD &&
                       frame.payload.method.id == AMQP_BASIC_ACK_METHOD;
    if (!acked) {
      not_acked(frame);
    }
    const auto tag = static_cast<amqp_basic_ack_t*>(frame.payload.method.decoded)->delivery_tag;
    if (tag != published_) {  // one is outstanding, so `multiple` makes no difference
      throw workload::WrongResult(fmt::format("message {} was published, {} confirmed", published_, tag));
    }
  }

  [[noreturn]] void not_acked(const amqp_frame_t& frame) const {
    const auto id = frame.frame_type == AMQP_FRAME_METHOD ? frame.payload.method.id : 0;
    switch (id) {
      case AMQP_BASIC_NACK_METHOD:
        throw workload::WrongResult(fmt::format("the broker refused message {} (basic.nack)", published_));
      case AMQP_BASIC_RETURN_METHOD:
        throw workload::WrongResult(fmt::format("the broker returned message {} as unroutable", published_));
      case AMQP_CONNECTION_BLOCKED_METHOD:
        refused("waiting for a confirm", "connection.blocked: a memory or disk alarm");
      default:
        refused("waiting for a confirm",
                id == 0 ? fmt::format("frame of type {}", frame.frame_type) : amqp_method_name(id));
    }
  }

  std::string subject_;
  Connection connection_;
  std::array<char, kBody> body_{};
  amqp_basic_properties_t properties_{};
  std::uint64_t published_ = 0;  // and confirmed, since the queue was declared
};

class ConfirmedPublish final : public workload::Workload {
 public:
  void set_up(const service::Target& target) const override {
    Connection(target, soon()).remove(kQueue, soon());  // every lane declares it anew
  }
  [[nodiscard]] std::unique_ptr<workload::Lane> make_lane(const service::Target& target,
                                                          std::uint64_t seed) const override {
    return std::make_unique<PublishLane>(target, seed);
  }
  void tear_down(const service::Target& target) const override {
    Connection(target, soon()).remove(kQueue, soon());
  }
};

ROOTSEAL_WORKLOAD("rabbitmq", "confirmed_publish", ConfirmedPublish);

}  // namespace

}  // namespace rootseal::rabbitmq
