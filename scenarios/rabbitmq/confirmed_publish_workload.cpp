// Workload: one persistent message of 1 KiB to a durable queue, and the wait for its confirm. After the epoch
// the queue must hold exactly as many messages as were confirmed since it was emptied, and the first of them
// as it was sent. Every lane starts with an empty queue and leaves one.
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "testing/workload.hpp"
#include "testing/workload_seed.hpp"

namespace rootseal::rabbitmq {

namespace {

constexpr const char* kQueue = "rootseal.confirmed_publish";
constexpr std::size_t kBody = 1024;
constexpr amqp_channel_t kChannel = 1;
constexpr int kSeconds = 30;  // that any answer may take

[[noreturn]] void refused(const std::string& subject, const std::string& step, const std::string& what) {
  throw service::ServerError({step, subject, what, ""});
}

std::string text_of(const amqp_rpc_reply_t& reply) {
  if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION) {
    return amqp_error_string2(reply.library_error);
  }
  if (reply.reply_type != AMQP_RESPONSE_SERVER_EXCEPTION) {
    return "no answer";
  }
  amqp_bytes_t said{0, nullptr};
  if (reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD) {
    said = static_cast<amqp_connection_close_t*>(reply.reply.decoded)->reply_text;
  } else if (reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD) {
    said = static_cast<amqp_channel_close_t*>(reply.reply.decoded)->reply_text;
  }
  return core::UntrustedText(std::string_view(static_cast<const char*>(said.bytes), said.len)).printable(300);
}

// A connection with one channel.
class Wire {
 public:
  explicit Wire(const service::Target& target) : subject_(target.subject), state_(amqp_new_connection()) {
    amqp_socket_t* socket = state_ ? amqp_tcp_socket_new(state_.get()) : nullptr;
    timeval limit{kSeconds, 0};
    const int opened =
        socket == nullptr ? -1 : amqp_socket_open_noblock(socket, target.host.c_str(), target.port, &limit);
    if (opened != AMQP_STATUS_OK) {
      refused(subject_, "connecting", amqp_error_string2(opened));
    }
    amqp_set_rpc_timeout(state_.get(), &limit);
    check("logging in",
          amqp_login(state_.get(), target.database.c_str(), 1, 131072, 0, AMQP_SASL_METHOD_PLAIN,
                     target.user.c_str(), target.password.reveal().c_str()));
    amqp_channel_open(state_.get(), kChannel);
    check("opening a channel");
  }
  [[nodiscard]] amqp_connection_state_t get() const { return state_.get(); }
  [[nodiscard]] const std::string& subject() const { return subject_; }
  void check(const char* step) const { check(step, amqp_get_rpc_reply(state_.get())); }

  // Makes the queue if it is not there; returns how many messages in it are ready to be had.
  std::uint64_t declare() const {
    const auto* declared =
        amqp_queue_declare(get(), kChannel, amqp_cstring_bytes(kQueue), 0, 1, 0, 0, amqp_empty_table);
    check("declaring the queue");
    return declared->message_count;
  }
  void purge() const {
    amqp_queue_purge(get(), kChannel, amqp_cstring_bytes(kQueue));
    check("emptying the queue");
  }
  void remove() const {
    amqp_queue_delete(get(), kChannel, amqp_cstring_bytes(kQueue), 0, 0);
    check("removing the queue");
  }
  // Takes the first message; empty when there is none.
  [[nodiscard]] std::string take() const {
    check("taking a message", amqp_basic_get(get(), kChannel, amqp_cstring_bytes(kQueue), 1));
    amqp_message_t message;
    check("reading a message", amqp_read_message(get(), kChannel, &message, 0));
    std::string body(static_cast<const char*>(message.body.bytes), message.body.len);
    amqp_destroy_message(&message);
    return body;
  }

 private:
  void check(const char* step, const amqp_rpc_reply_t& reply) const {
    if (reply.reply_type != AMQP_RESPONSE_NORMAL) {
      refused(subject_, step, text_of(reply));
    }
  }

  struct Close {
    void operator()(amqp_connection_state_t state) const { amqp_destroy_connection(state); }
  };
  std::string subject_;
  std::unique_ptr<amqp_connection_state_t_, Close> state_;
};

class PublishLane final : public workload::Lane {
 public:
  PublishLane(const service::Target& target, std::uint64_t seed) : wire_(target) {
    for (char& c : body_) {
      c = static_cast<char>('a' + workload::next_random(seed) % 26);
    }
    wire_.declare();
    wire_.purge();
    amqp_confirm_select(wire_.get(), kChannel);
    wire_.check("asking for confirms");
    properties_._flags = AMQP_BASIC_DELIVERY_MODE_FLAG;
    properties_.delivery_mode = AMQP_DELIVERY_PERSISTENT;
  }

  void operation() override {
    stamp(++published_);
    const int sent = amqp_basic_publish(wire_.get(), kChannel, amqp_empty_bytes, amqp_cstring_bytes(kQueue),
                                        1, 0, &properties_, {body_.size(), body_.data()});
    if (sent != AMQP_STATUS_OK) {
      refused(wire_.subject(), "publishing", amqp_error_string2(sent));
    }
    wait_for_confirm();
    amqp_maybe_release_buffers(wire_.get());
  }

  void verify() override {
    const auto found = wire_.declare();
    if (found != published_) {
      throw workload::WrongResult(
          fmt::format("{} messages were confirmed, the queue holds {}", published_, found));
    }
    stamp(1);
    if (published_ > 0 && wire_.take() != std::string_view(body_.data(), body_.size())) {
      throw workload::WrongResult("the first message is not as it was sent");
    }
    wire_.purge();
  }

 private:
  // The sequence number opens the body, so that no two are equal.
  void stamp(std::uint64_t number) { std::memcpy(body_.data(), &number, sizeof number); }

  void wait_for_confirm() {
    amqp_frame_t frame;
    timeval limit{kSeconds, 0};
    const int status = amqp_simple_wait_frame_noblock(wire_.get(), &frame, &limit);
    if (status != AMQP_STATUS_OK) {
      refused(wire_.subject(), "waiting for a confirm", amqp_error_string2(status));
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
        refused(wire_.subject(), "waiting for a confirm", "connection.blocked: a memory or disk alarm");
      default:
        refused(wire_.subject(), "waiting for a confirm",
                id == 0 ? fmt::format("frame of type {}", frame.frame_type) : amqp_method_name(id));
    }
  }

  Wire wire_;
  std::array<char, kBody> body_{};
  amqp_basic_properties_t properties_{};
  std::uint64_t published_ = 0;  // and confirmed, since the queue was emptied
};

class ConfirmedPublish final : public workload::Workload {
 public:
  void set_up(const service::Target& target) const override { Wire(target).declare(); }
  [[nodiscard]] std::unique_ptr<workload::Lane> make_lane(const service::Target& target,
                                                          std::uint64_t seed) const override {
    return std::make_unique<PublishLane>(target, seed);
  }
  void tear_down(const service::Target& target) const override { Wire(target).remove(); }
};

ROOTSEAL_WORKLOAD("rabbitmq", "confirmed_publish", ConfirmedPublish);

}  // namespace

}  // namespace rootseal::rabbitmq
