// rabbitmq/client_impl: what is behind Connection, for the sources of this folder that implement it.
#pragma once

#include <fmt/format.h>

#include <set>

#include "core/cancel.hpp"
#include "core/patience.hpp"
#include "core/secret.hpp"
#include "services/rabbitmq/client.hpp"
#include "services/rabbitmq/raw.hpp"
#include "services/rabbitmq/watchdog.hpp"

namespace rootseal::rabbitmq {

inline constexpr amqp_channel_t kChannel = 1;
inline timeval to_timeval(core::Milliseconds span) {
  // At least a millisecond: a zero timeout means "do not wait" to one call and is invalid to another.
  const auto us = std::chrono::microseconds(std::max(span, core::Milliseconds(1))).count();
  return {us / 1'000'000, us % 1'000'000};
}

inline std::string printable(const amqp_bytes_t& raw) {
  return core::UntrustedText(text(raw)).printable(400);
}

struct Connection::Impl {
  std::string subject;
  std::unique_ptr<amqp_connection_state_t_, decltype(&amqp_destroy_connection)> state{
      amqp_new_connection(), amqp_destroy_connection};
  std::unique_ptr<Watchdog> watchdog;  // destroyed before the socket is closed
  bool usable = false;
  std::uint64_t published = 0;
  bool confirming = false;
  std::set<std::uint64_t> outstanding;
  Settled settled;
  std::string consumer;  // the tag of the one that was started last

  amqp_connection_state_t amqp() const { return state.get(); }

  [[noreturn]] void fail(const std::string& step, std::string what, int code = 0);
  // Of an answer that came before a channel or a connection was closed; or of the call itself.
  void check(int status, const std::string& step);
  void check(const amqp_rpc_reply_t& reply, const std::string& step);
  [[noreturn]] void closed(const amqp_method_t& method, const std::string& step);

  // One synchronous method: `call` sends it and waits. Its answer stays valid until buffers are released by
  // the next.
  template <typename Call>
  auto rpc(const std::string& step, const core::Deadline& deadline, Call call) {
    core::throw_if_cancelled(step);
    amqp_maybe_release_buffers(amqp());
    const timeval limit = to_timeval(deadline.remaining());
    amqp_set_rpc_timeout(amqp(), &limit);
    const Watchdog::Guard guard(*watchdog, deadline);
    auto* answer = call();
    check(amqp_get_rpc_reply(amqp()), step);
    return answer;
  }

  void connect(const service::Target& target, const core::Deadline& deadline);
  void take_confirm(std::uint64_t tag, bool multiple, std::vector<std::uint64_t>& into);
  void take_return(const amqp_basic_return_t& why);
  void take(const amqp_frame_t& frame, const std::string& step);
  bool wait_frame(const std::string& step, const core::Deadline& deadline);
};

}  // namespace rootseal::rabbitmq
