// rabbitmq/workload_channel: what the workloads need of a channel beyond the client: publishing without
// allocation, one frame at a time, a delivery read in place. A body of the workloads opens with its number,
// so that no two are equal.
//
// One thread at a time. What the broker says that it must not say (nack, return, the wrong content) throws
// WrongResult; what it refuses, and what did not come within core::patience(), AmqpError.
#pragma once

#include <amqp.h>
#include <amqp_framing.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "core/patience.hpp"
#include "services/rabbitmq/client.hpp"
#include "testing/workload.hpp"
#include "testing/workload_seed.hpp"

namespace rootseal::rabbitmq {

inline constexpr std::size_t kWorkloadBody = 1024;  // bytes

// A queue of each lane's own.
inline std::string lane_queue(const char* workload, unsigned seat) {
  return fmt::format("rootseal.{}.{}", workload, seat);
}

// What an epoch that broke off may have left.
inline void remove_lane_queues(const service::Target& target, const char* workload, unsigned connections) {
  Connection connection(target, core::patient_deadline());
  for (unsigned seat = 0; seat == 0 || seat < connections; ++seat) {
    connection.remove(lane_queue(workload, seat), core::patient_deadline());
  }
}

// The letters are the lane's, the first bytes the message's number.
class NumberedBody {
 public:
  explicit NumberedBody(std::uint64_t seed) {
    for (char& letter : bytes_) {
      letter = static_cast<char>('a' + workload::next_random(seed) % 26);
    }
  }
  std::string_view numbered(std::uint64_t number) {
    std::memcpy(bytes_.data(), &number, sizeof number);
    return {bytes_.data(), bytes_.size()};
  }

 private:
  std::array<char, kWorkloadBody> bytes_{};
};

struct InPlace {
  std::uint64_t tag = 0;
  bool redelivered = false;
  bool persistent = false;
  std::string_view body;  // until the next call on the channel
};

class WorkloadChannel {
 public:
  explicit WorkloadChannel(const service::Target& target)
      : subject_(target.subject), connection_(target, core::patient_deadline()) {
    properties_._flags = AMQP_BASIC_DELIVERY_MODE_FLAG;
    properties_.delivery_mode = AMQP_DELIVERY_PERSISTENT;
  }

  Connection& connection() { return connection_; }

  // What is sent from cork() on leaves in full segments, the rest at uncork(), as from a client that writes
  // to a buffer of its own.
  void cork() { set_cork(1); }
  void uncork() { set_cork(0); }

  // Persistent, mandatory, to the default exchange. Under a guard().
  void publish(const std::string& queue, std::string_view body) {
    const int sent =
        amqp_basic_publish(connection_.raw(), kChannel, amqp_empty_bytes, amqp_cstring_bytes(queue.c_str()),
                           1, 0, &properties_, {body.size(), const_cast<char*>(body.data())});
    if (sent != AMQP_STATUS_OK) {
      refused("publishing", amqp_error_string2(sent));
    }
  }

  void acknowledge(std::uint64_t tag) {
    const int sent = amqp_basic_ack(connection_.raw(), kChannel, tag, 0);
    if (sent != AMQP_STATUS_OK) {
      refused("acknowledging", amqp_error_string2(sent));
    }
  }

  // The next method of kind T, whose id is `wanted`.
  template <typename T>
  const T& next(amqp_method_number_t wanted, const char* step) {
    const amqp_frame_t frame = next_frame(step);
    if (frame.frame_type != AMQP_FRAME_METHOD || frame.payload.method.id != wanted) {
      unexpected(frame, step);
    }
    return *static_cast<const T*>(frame.payload.method.decoded);
  }

  // Reads into `body_`, whatever number of frames it comes in.
  InPlace next_delivery() {
    constexpr const char* kStep = "waiting for a delivery";
    InPlace delivery;
    const auto& method = next<amqp_basic_deliver_t>(AMQP_BASIC_DELIVER_METHOD, kStep);
    delivery.tag = method.delivery_tag;
    delivery.redelivered = method.redelivered != 0;
    const amqp_frame_t header = next_frame(kStep);
    if (header.frame_type != AMQP_FRAME_HEADER) {
      unexpected(header, kStep);
    }
    const auto& properties = *static_cast<const amqp_basic_properties_t*>(header.payload.properties.decoded);
    delivery.persistent = (properties._flags & AMQP_BASIC_DELIVERY_MODE_FLAG) != 0 &&
                          properties.delivery_mode == AMQP_DELIVERY_PERSISTENT;
    const auto size = header.payload.properties.body_size;
    if (size > body_.size()) {
      throw workload::WrongResult(fmt::format("a message of {} bytes came, none was sent", size));
    }
    std::size_t have = 0;
    while (have < size) {
      const amqp_frame_t part = next_frame(kStep);
      if (part.frame_type != AMQP_FRAME_BODY || part.payload.body_fragment.len > size - have) {
        unexpected(part, kStep);
      }
      std::memcpy(body_.data() + have, part.payload.body_fragment.bytes, part.payload.body_fragment.len);
      have += part.payload.body_fragment.len;
    }
    delivery.body = {body_.data(), have};
    return delivery;
  }

  // To be called between operations: what frames came before is no longer valid.
  void release() { amqp_maybe_release_buffers(connection_.raw()); }

  [[noreturn]] void refused(const std::string& step, const std::string& what) const {
    throw AmqpError({step, subject_, what, ""}, 0);
  }

 private:
  static constexpr amqp_channel_t kChannel = 1;

  void set_cork(int value) {
    if (::setsockopt(amqp_get_sockfd(connection_.raw()), IPPROTO_TCP, TCP_CORK, &value, sizeof value) != 0) {
      refused("setting TCP_CORK", std::strerror(errno));
    }
  }

  amqp_frame_t next_frame(const char* step) {
    amqp_frame_t frame;
    timeval limit{std::chrono::duration_cast<std::chrono::seconds>(core::patience()).count(), 0};
    const int status = amqp_simple_wait_frame_noblock(connection_.raw(), &frame, &limit);
    if (status != AMQP_STATUS_OK) {
      refused(step, amqp_error_string2(status));
    }
    return frame;
  }

  [[noreturn]] void unexpected(const amqp_frame_t& frame, const char* step) const {
    switch (frame.frame_type == AMQP_FRAME_METHOD ? frame.payload.method.id : 0) {
      case 0:
        refused(step, fmt::format("a frame of type {}", frame.frame_type));
      case AMQP_BASIC_NACK_METHOD:
        throw workload::WrongResult("the broker refused a message (basic.nack)");
      case AMQP_BASIC_RETURN_METHOD:
        throw workload::WrongResult("the broker returned a message as unroutable");
      case AMQP_CONNECTION_BLOCKED_METHOD:
        refused(step, "connection.blocked: a memory or disk alarm");
      case AMQP_CHANNEL_CLOSE_METHOD: {
        const auto& why = *static_cast<const amqp_channel_close_t*>(frame.payload.method.decoded);
        closed(step, "channel", why.reply_code, why.reply_text);
      }
      case AMQP_CONNECTION_CLOSE_METHOD: {
        const auto& why = *static_cast<const amqp_connection_close_t*>(frame.payload.method.decoded);
        closed(step, "connection", why.reply_code, why.reply_text);
      }
      default:
        refused(step, amqp_method_name(frame.payload.method.id));
    }
  }

  [[noreturn]] void closed(const char* step, const char* what, int code, const amqp_bytes_t& text) const {
    const core::UntrustedText said(std::string(static_cast<const char*>(text.bytes), text.len));
    throw AmqpError(
        {step, subject_, fmt::format("the broker closed the {}: {} {}", what, code, said.printable(400)), ""},
        code);
  }

  std::string subject_;
  Connection connection_;
  amqp_basic_properties_t properties_{};
  std::array<char, 2 * kWorkloadBody> body_{};
};

}  // namespace rootseal::rabbitmq
