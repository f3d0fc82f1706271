#include "services/rabbitmq/client.hpp"

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>
#include <fmt/format.h>

#include <array>
#include <set>

#include "core/cancel.hpp"
#include "services/rabbitmq/watchdog.hpp"

namespace rootseal::rabbitmq {
namespace {

constexpr amqp_channel_t kChannel = 1;
constexpr core::Milliseconds kGrace{10'000};  // for the rest of a message that has begun

timeval to_timeval(core::Milliseconds span) {
  // At least a millisecond: a zero timeout means "do not wait" to one call and is invalid to another.
  const auto us = std::chrono::microseconds(std::max(span, core::Milliseconds(1))).count();
  return {us / 1'000'000, us % 1'000'000};
}

amqp_bytes_t bytes(const std::string& text) {
  amqp_bytes_t view;
  view.len = text.size();
  view.bytes = const_cast<char*>(text.data());  // the library does not write through it
  return view;
}

std::string text(const amqp_bytes_t& raw) { return {static_cast<const char*>(raw.bytes), raw.len}; }
std::string printable(const amqp_bytes_t& raw) { return core::UntrustedText(text(raw)).printable(400); }

amqp_table_entry_t entry(const char* key, amqp_field_value_kind_t kind) {
  amqp_table_entry_t made{};
  made.key = amqp_cstring_bytes(key);
  made.value.kind = static_cast<std::uint8_t>(kind);
  return made;
}

// Asks to be told when publishers are blocked, and of refused logins and cancelled consumers.
struct ClientProperties {
  std::array<amqp_table_entry_t, 4> capabilities{
      entry("connection.blocked", AMQP_FIELD_KIND_BOOLEAN),
      entry("authentication_failure_close", AMQP_FIELD_KIND_BOOLEAN),
      entry("consumer_cancel_notify", AMQP_FIELD_KIND_BOOLEAN),
      entry("publisher_confirms", AMQP_FIELD_KIND_BOOLEAN)};
  std::array<amqp_table_entry_t, 2> properties{entry("capabilities", AMQP_FIELD_KIND_TABLE),
                                               entry("product", AMQP_FIELD_KIND_UTF8)};
  ClientProperties() {
    for (auto& capability : capabilities) capability.value.value.boolean = 1;
    properties[0].value.value.table = {static_cast<int>(capabilities.size()), capabilities.data()};
    properties[1].value.value.bytes = amqp_cstring_bytes("rootseal");
  }
  amqp_table_t table() { return {static_cast<int>(properties.size()), properties.data()}; }
};

Delivery to_delivery(const amqp_message_t& message, std::uint64_t tag, bool redelivered) {
  Delivery delivery;
  delivery.body = text(message.body);
  delivery.tag = tag;
  delivery.redelivered = redelivered;
  const bool has_mode = (message.properties._flags & AMQP_BASIC_DELIVERY_MODE_FLAG) != 0;
  delivery.persistent = has_mode && message.properties.delivery_mode == 2;
  return delivery;
}

}  // namespace

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

  amqp_connection_state_t amqp() const { return state.get(); }

  [[noreturn]] void fail(const std::string& step, std::string what, int code = 0) {
    usable = false;
    if (watchdog && watchdog->fired()) what = "no answer before the deadline (" + what + ")";
    if (!settled.blocked.empty()) what += "; the broker blocks publishers: " + settled.blocked;
    throw AmqpError({step, subject, what, ""}, code);
  }

  void check(int status, const std::string& step) {
    if (status < 0) fail(step, amqp_error_string2(status));
  }

  [[noreturn]] void closed(const amqp_method_t& method, const std::string& step) {
    if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
      const auto* why = static_cast<const amqp_channel_close_t*>(method.decoded);
      fail(step,
           fmt::format("the broker closed the channel: {} {}", why->reply_code, printable(why->reply_text)),
           why->reply_code);
    }
    const auto* why = static_cast<const amqp_connection_close_t*>(method.decoded);
    fail(step,
         fmt::format("the broker closed the connection: {} {}", why->reply_code, printable(why->reply_text)),
         why->reply_code);
  }

  void check(const amqp_rpc_reply_t& reply, const std::string& step) {
    if (reply.reply_type == AMQP_RESPONSE_NORMAL) return;
    if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION)
      fail(step, amqp_error_string2(reply.library_error));
    const auto id = reply.reply.id;
    const bool told = id == AMQP_CHANNEL_CLOSE_METHOD || id == AMQP_CONNECTION_CLOSE_METHOD;
    if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION && told) closed(reply.reply, step);
    fail(step, "an answer that is not AMQP");
  }

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

void Connection::Impl::connect(const service::Target& target, const core::Deadline& deadline) {
  const std::string step = "connecting";
  amqp_socket_t* socket = amqp_tcp_socket_new(amqp());
  if (socket == nullptr) fail(step, "out of memory");
  timeval limit = to_timeval(deadline.remaining());
  check(amqp_socket_open_noblock(socket, target.host.c_str(), target.port, &limit), step);
  watchdog = std::make_unique<Watchdog>(amqp_get_sockfd(amqp()));
  const Watchdog::Guard guard(*watchdog, deadline);
  limit = to_timeval(deadline.remaining());
  amqp_set_handshake_timeout(amqp(), &limit);
  amqp_set_rpc_timeout(amqp(), &limit);
  ClientProperties ours;
  const amqp_table_t properties = ours.table();
  check(amqp_login_with_properties(amqp(), target.database.c_str(), 0, AMQP_DEFAULT_FRAME_SIZE, 0,
                                   &properties, AMQP_SASL_METHOD_PLAIN, target.user.c_str(),
                                   target.password.reveal().c_str()),
        step);
  amqp_channel_open(amqp(), kChannel);
  check(amqp_get_rpc_reply(amqp()), "opening a channel");
  usable = true;
}

void Connection::Impl::take_confirm(std::uint64_t tag, bool multiple, std::vector<std::uint64_t>& into) {
  auto first = multiple ? outstanding.begin() : outstanding.find(tag);
  while (first != outstanding.end() && *first <= tag) {
    into.push_back(*first);
    first = outstanding.erase(first);
    if (!multiple) break;
  }
}

void Connection::Impl::take_return(const amqp_basic_return_t& why) {
  settled.returned.push_back(fmt::format("{} {}", why.reply_code, printable(why.reply_text)));
  amqp_message_t message;
  check(amqp_read_message(amqp(), kChannel, &message, 0), "reading a returned message");
  amqp_destroy_message(&message);
}

void Connection::Impl::take(const amqp_frame_t& frame, const std::string& step) {
  if (frame.frame_type != AMQP_FRAME_METHOD) return;
  const amqp_method_t& method = frame.payload.method;
  switch (method.id) {
    case AMQP_BASIC_ACK_METHOD: {
      const auto* ack = static_cast<const amqp_basic_ack_t*>(method.decoded);
      return take_confirm(ack->delivery_tag, ack->multiple != 0, settled.acknowledged);
    }
    case AMQP_BASIC_NACK_METHOD: {
      const auto* nack = static_cast<const amqp_basic_nack_t*>(method.decoded);
      return take_confirm(nack->delivery_tag, nack->multiple != 0, settled.refused);
    }
    case AMQP_BASIC_RETURN_METHOD:
      return take_return(*static_cast<const amqp_basic_return_t*>(method.decoded));
    case AMQP_BASIC_CANCEL_METHOD:
      fail(step, "the broker cancelled the consumer");
    case AMQP_CHANNEL_CLOSE_METHOD:
    case AMQP_CONNECTION_CLOSE_METHOD:
      closed(method, step);
    case AMQP_CONNECTION_BLOCKED_METHOD:
      settled.blocked = printable(static_cast<const amqp_connection_blocked_t*>(method.decoded)->reason);
      return;
    case AMQP_CONNECTION_UNBLOCKED_METHOD:
      settled.blocked.clear();
      return;
    default:
      fail(step, fmt::format("an unexpected {} frame", amqp_method_name(method.id)));
  }
}

// Handles one frame; false when none came before the deadline.
bool Connection::Impl::wait_frame(const std::string& step, const core::Deadline& deadline) {
  while (true) {
    core::throw_if_cancelled(step);
    const timeval slice = to_timeval(std::min(deadline.remaining(), core::Milliseconds(200)));
    amqp_frame_t frame;
    const int status = amqp_simple_wait_frame_noblock(amqp(), &frame, &slice);
    if (status == AMQP_STATUS_OK) {
      take(frame, step);
      return true;
    }
    if (status != AMQP_STATUS_TIMEOUT) check(status, step);
    if (deadline.expired()) return false;
  }
}

Connection::Connection(const service::Target& target, const core::Deadline& deadline)
    : impl_(std::make_unique<Impl>()) {
  impl_->subject = target.subject;
  impl_->connect(target, deadline);
}

Connection::~Connection() {
  if (!impl_ || !impl_->usable) return;
  const auto deadline = core::Deadline::after(core::Milliseconds(1'000));
  const timeval limit = to_timeval(deadline.remaining());
  amqp_set_rpc_timeout(impl_->amqp(), &limit);
  const Watchdog::Guard guard(*impl_->watchdog, deadline);
  amqp_connection_close(impl_->amqp(), AMQP_REPLY_SUCCESS);
}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

QueueState Connection::declare(const Queue& queue, const core::Deadline& deadline) {
  auto type = entry("x-queue-type", AMQP_FIELD_KIND_UTF8);
  type.value.value.bytes = amqp_cstring_bytes("quorum");
  const amqp_table_t arguments{queue.quorum ? 1 : 0, queue.quorum ? &type : nullptr};
  const auto* ok = impl_->rpc("declaring queue " + queue.name, deadline, [&] {
    return amqp_queue_declare(raw(), kChannel, bytes(queue.name), 0, queue.durable ? 1 : 0,
                              queue.exclusive ? 1 : 0, queue.auto_delete ? 1 : 0, arguments);
  });
  return {text(ok->queue), ok->message_count, ok->consumer_count};
}

QueueState Connection::inspect(const std::string& queue, const core::Deadline& deadline) {
  const auto* ok = impl_->rpc("inspecting queue " + queue, deadline, [&] {
    return amqp_queue_declare(raw(), kChannel, bytes(queue), 1, 0, 0, 0, amqp_empty_table);
  });
  return {text(ok->queue), ok->message_count, ok->consumer_count};
}

void Connection::remove(const std::string& queue, const core::Deadline& deadline) {
  impl_->rpc("deleting queue " + queue, deadline,
             [&] { return amqp_queue_delete(raw(), kChannel, bytes(queue), 0, 0); });
}

void Connection::declare_exchange(const std::string& name, const std::string& type,
                                  const core::Deadline& deadline) {
  impl_->rpc("declaring exchange " + name, deadline, [&] {
    return amqp_exchange_declare(raw(), kChannel, bytes(name), bytes(type), 0, 1, 0, 0, amqp_empty_table);
  });
}

void Connection::bind(const std::string& queue, const std::string& exchange, const std::string& key,
                      const core::Deadline& deadline) {
  impl_->rpc("binding queue " + queue, deadline, [&] {
    return amqp_queue_bind(raw(), kChannel, bytes(queue), bytes(exchange), bytes(key), amqp_empty_table);
  });
}

void Connection::confirm(const core::Deadline& deadline) {
  impl_->rpc("asking for confirms", deadline, [&] { return amqp_confirm_select(raw(), kChannel); });
  impl_->confirming = true;
}

std::uint64_t Connection::publish(const Publishing& how, const std::string& body,
                                  const core::Deadline& deadline) {
  core::throw_if_cancelled("publishing");
  amqp_basic_properties_t properties{};
  properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG;
  properties.delivery_mode = how.persistent ? 2 : 1;
  const Watchdog::Guard guard(*impl_->watchdog, deadline);
  const int status = amqp_basic_publish(raw(), kChannel, bytes(how.exchange), bytes(how.routing_key),
                                        how.mandatory ? 1 : 0, 0, &properties, bytes(body));
  impl_->check(status, "publishing");
  if (!impl_->confirming) return 0;
  impl_->outstanding.insert(++impl_->published);
  return impl_->published;
}

Settled Connection::settle(const core::Deadline& deadline) {
  // Beyond the deadline, because an incomplete answer is an answer; it ends a returned message that never
  // ends.
  const Watchdog::Guard guard(*impl_->watchdog, core::Deadline::after(deadline.remaining() + kGrace));
  while (!impl_->outstanding.empty() && impl_->wait_frame("waiting for confirms", deadline)) {
    amqp_maybe_release_buffers(raw());
  }
  impl_->settled.complete = impl_->outstanding.empty();
  Settled all = impl_->settled;
  impl_->settled = {};
  impl_->settled.blocked = all.blocked;
  return all;
}

std::optional<Delivery> Connection::get(const std::string& queue, const core::Deadline& deadline) {
  const std::string step = "getting from queue " + queue;
  const timeval limit = to_timeval(deadline.remaining());
  amqp_set_rpc_timeout(raw(), &limit);
  const Watchdog::Guard guard(*impl_->watchdog, deadline);
  amqp_maybe_release_buffers(raw());
  const amqp_rpc_reply_t reply = amqp_basic_get(raw(), kChannel, bytes(queue), 0);
  impl_->check(reply, step);
  if (reply.reply.id != AMQP_BASIC_GET_OK_METHOD) return std::nullopt;
  const auto* ok = static_cast<const amqp_basic_get_ok_t*>(reply.reply.decoded);
  const std::uint64_t tag = ok->delivery_tag;
  const bool redelivered = ok->redelivered != 0;
  amqp_message_t message;
  impl_->check(amqp_read_message(raw(), kChannel, &message, 0), step);
  const std::unique_ptr<amqp_message_t, decltype(&amqp_destroy_message)> owned(&message,
                                                                               amqp_destroy_message);
  return to_delivery(message, tag, redelivered);
}

void Connection::consume(const std::string& queue, std::uint16_t prefetch, const core::Deadline& deadline) {
  impl_->rpc("setting the prefetch", deadline,
             [&] { return amqp_basic_qos(raw(), kChannel, 0, prefetch, 0); });
  impl_->rpc("consuming from queue " + queue, deadline, [&] {
    return amqp_basic_consume(raw(), kChannel, bytes(queue), amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
  });
}

std::optional<Delivery> Connection::next(const core::Deadline& deadline) {
  const std::string step = "waiting for a delivery";
  while (true) {
    core::throw_if_cancelled(step);
    amqp_maybe_release_buffers(raw());
    const timeval slice = to_timeval(std::min(deadline.remaining(), core::Milliseconds(200)));
    // A delivery that has begun must also end: the library reads its body without a limit.
    const Watchdog::Guard guard(*impl_->watchdog, core::Deadline::after(kGrace));
    amqp_envelope_t envelope;
    const amqp_rpc_reply_t reply = amqp_consume_message(raw(), &envelope, &slice, 0);
    if (reply.reply_type == AMQP_RESPONSE_NORMAL) {
      const std::unique_ptr<amqp_envelope_t, decltype(&amqp_destroy_envelope)> owned(&envelope,
                                                                                     amqp_destroy_envelope);
      return to_delivery(envelope.message, envelope.delivery_tag, envelope.redelivered != 0);
    }
    const bool library = reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION;
    if (library && reply.library_error == AMQP_STATUS_UNEXPECTED_STATE) {
      impl_->wait_frame(step, deadline);
      continue;
    }
    if (!library || reply.library_error != AMQP_STATUS_TIMEOUT) impl_->check(reply, step);
    if (deadline.expired()) return std::nullopt;
  }
}

void Connection::acknowledge(std::uint64_t tag, bool multiple, const core::Deadline& deadline) {
  const Watchdog::Guard guard(*impl_->watchdog, deadline);
  impl_->check(amqp_basic_ack(raw(), kChannel, tag, multiple ? 1 : 0), "acknowledging");
}

std::uint32_t Connection::purge(const std::string& queue, const core::Deadline& deadline) {
  return impl_
      ->rpc("purging queue " + queue, deadline,
            [&] { return amqp_queue_purge(raw(), kChannel, bytes(queue)); })
      ->message_count;
}

Watchdog::Guard Connection::guard(const core::Deadline& deadline) const {
  return Watchdog::Guard(*impl_->watchdog, deadline);
}

amqp_connection_state_t Connection::raw() const { return impl_->amqp(); }

}  // namespace rootseal::rabbitmq
