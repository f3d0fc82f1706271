#include "services/rabbitmq/client.hpp"

#include <amqp_tcp_socket.h>
#include <sys/socket.h>

#include <array>

#include "services/rabbitmq/client_impl.hpp"

namespace rootseal::rabbitmq {
namespace {

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

}  // namespace

[[noreturn]] void Connection::Impl::fail(const std::string& step, std::string what, int code) {
  usable = false;
  if (watchdog && watchdog->fired()) what = "no answer before the deadline (" + what + ")";
  if (!settled.blocked.empty()) what += "; the broker blocks publishers: " + settled.blocked;
  throw AmqpError({step, subject, what, ""}, code);
}

void Connection::Impl::check(int status, const std::string& step) {
  if (status < 0) fail(step, amqp_error_string2(status));
}

[[noreturn]] void Connection::Impl::closed(const amqp_method_t& method, const std::string& step) {
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

void Connection::Impl::check(const amqp_rpc_reply_t& reply, const std::string& step) {
  if (reply.reply_type == AMQP_RESPONSE_NORMAL) return;
  if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION)
    fail(step, amqp_error_string2(reply.library_error));
  const auto id = reply.reply.id;
  const bool told = id == AMQP_CHANNEL_CLOSE_METHOD || id == AMQP_CONNECTION_CLOSE_METHOD;
  if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION && told) closed(reply.reply, step);
  fail(step, "an answer that is not AMQP");
}

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
  ++settled.answers;
  if (!outstanding.contains(tag)) {
    fail("waiting for confirms",
         fmt::format("the broker confirmed message {}, which was not outstanding", tag));
  }
  auto first = multiple ? outstanding.begin() : outstanding.find(tag);
  while (first != outstanding.end() && *first <= tag) {
    into.push_back(*first);
    first = outstanding.erase(first);
    if (!multiple) break;
  }
}

void Connection::Impl::take_return(const amqp_basic_return_t& why) {
  std::string reason = fmt::format("{} {}", why.reply_code, printable(why.reply_text));
  amqp_message_t message;
  check(amqp_read_message(amqp(), kChannel, &message, 0), "reading a returned message");
  settled.returned.push_back({std::move(reason), text(message.body)});
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
void Connection::break_off() {
  impl_->usable = false;
  ::shutdown(amqp_get_sockfd(raw()), SHUT_RDWR);
}

Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

void Connection::confirm(const core::Deadline& deadline) {
  impl_->rpc("asking for confirms", deadline, [&] { return amqp_confirm_select(raw(), kChannel); });
  impl_->confirming = true;
}

std::uint64_t Connection::publish(const Publishing& how, const std::string& body,
                                  const core::Deadline& deadline) {
  core::throw_if_cancelled("publishing");
  static const Table kNone;
  const RawTable headers(how.properties.headers ? *how.properties.headers : kNone);
  amqp_basic_properties_t properties = encoded(how.properties, headers);
  properties._flags |= AMQP_BASIC_DELIVERY_MODE_FLAG;
  properties.delivery_mode = how.persistent ? 2 : 1;
  const Watchdog::Guard guard(*impl_->watchdog, deadline);
  const int status = amqp_basic_publish(raw(), kChannel, bytes(how.exchange), bytes(how.routing_key),
                                        how.mandatory ? 1 : 0, 0, &properties, bytes(body));
  impl_->check(status, "publishing");
  if (!impl_->confirming) return 0;
  impl_->outstanding.insert(++impl_->published);
  return impl_->published;
}

Settled Connection::settle(const core::Deadline& deadline, WhenBlocked when_blocked) {
  // Beyond the deadline, because an incomplete answer is an answer; it ends a returned message that never
  // ends.
  const Watchdog::Guard guard(*impl_->watchdog,
                              core::Deadline::after(deadline.remaining() + core::patience()));
  const auto gives_up = [&] {
    return when_blocked == WhenBlocked::give_up && !impl_->settled.blocked.empty();
  };
  while (!impl_->outstanding.empty() && !gives_up() && impl_->wait_frame("waiting for confirms", deadline)) {
    amqp_maybe_release_buffers(raw());
  }
  impl_->settled.complete = impl_->outstanding.empty();
  Settled all = impl_->settled;
  impl_->settled = {};
  impl_->settled.blocked = all.blocked;
  return all;
}

Watchdog::Guard Connection::guard(const core::Deadline& deadline) const {
  return Watchdog::Guard(*impl_->watchdog, deadline);
}

amqp_connection_state_t Connection::raw() const { return impl_->amqp(); }

}  // namespace rootseal::rabbitmq
