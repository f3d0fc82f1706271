// Connection: taking messages, saying what became of them, and transactions.
#include "services/rabbitmq/client_impl.hpp"

namespace rootseal::rabbitmq {
namespace {

// Of basic.deliver and of basic.get-ok, which have these fields in common.
template <typename Method>
Delivery to_delivery(const amqp_message_t& message, const Method& method) {
  Delivery delivery;
  delivery.body = text(message.body);
  delivery.tag = method.delivery_tag;
  delivery.redelivered = method.redelivered != 0;
  delivery.exchange = text(method.exchange);
  delivery.routing_key = text(method.routing_key);
  const bool has_mode = (message.properties._flags & AMQP_BASIC_DELIVERY_MODE_FLAG) != 0;
  delivery.persistent = has_mode && message.properties.delivery_mode == 2;
  delivery.properties = decoded(message.properties);
  return delivery;
}

}  // namespace

std::optional<Delivery> Connection::get(const std::string& queue, const core::Deadline& deadline) {
  const std::string step = "getting from queue " + queue;
  const timeval limit = to_timeval(deadline.remaining());
  amqp_set_rpc_timeout(raw(), &limit);
  const Watchdog::Guard guard(*impl_->watchdog, deadline);
  amqp_maybe_release_buffers(raw());
  const amqp_rpc_reply_t reply = amqp_basic_get(raw(), kChannel, bytes(queue), 0);
  impl_->check(reply, step);
  if (reply.reply.id != AMQP_BASIC_GET_OK_METHOD) return std::nullopt;
  // Its memory is the channel's until buffers are released, which reading the message does not do.
  const auto& ok = *static_cast<const amqp_basic_get_ok_t*>(reply.reply.decoded);
  amqp_message_t message;
  impl_->check(amqp_read_message(raw(), kChannel, &message, 0), step);
  const std::unique_ptr<amqp_message_t, decltype(&amqp_destroy_message)> owned(&message,
                                                                               amqp_destroy_message);
  return to_delivery(message, ok);
}

void Connection::consume(const std::string& queue, std::uint16_t prefetch, const core::Deadline& deadline,
                         const Table& arguments) {
  impl_->rpc("setting the prefetch", deadline,
             [&] { return amqp_basic_qos(raw(), kChannel, 0, prefetch, 0); });
  const RawTable raw_arguments(arguments);
  const auto* ok = impl_->rpc("consuming from queue " + queue, deadline, [&] {
    return amqp_basic_consume(raw(), kChannel, bytes(queue), amqp_empty_bytes, 0, 0, 0, raw_arguments.get());
  });
  impl_->consumer = text(ok->consumer_tag);
}

void Connection::cancel(const core::Deadline& deadline) {
  impl_->rpc("cancelling consumer " + impl_->consumer, deadline,
             [&] { return amqp_basic_cancel(raw(), kChannel, bytes(impl_->consumer)); });
}

std::optional<Delivery> Connection::next(const core::Deadline& deadline) {
  const std::string step = "waiting for a delivery";
  while (true) {
    core::throw_if_cancelled(step);
    amqp_maybe_release_buffers(raw());
    const timeval slice = to_timeval(std::min(deadline.remaining(), core::Milliseconds(200)));
    // A delivery that has begun must also end: the library reads its body without a limit.
    const Watchdog::Guard guard(*impl_->watchdog, core::patient_deadline());
    amqp_envelope_t envelope;
    const amqp_rpc_reply_t reply = amqp_consume_message(raw(), &envelope, &slice, 0);
    if (reply.reply_type == AMQP_RESPONSE_NORMAL) {
      const std::unique_ptr<amqp_envelope_t, decltype(&amqp_destroy_envelope)> owned(&envelope,
                                                                                     amqp_destroy_envelope);
      return to_delivery(envelope.message, envelope);
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

void Connection::reject(std::uint64_t tag, bool requeue, const core::Deadline& deadline) {
  const Watchdog::Guard guard(*impl_->watchdog, deadline);
  impl_->check(amqp_basic_reject(raw(), kChannel, tag, requeue ? 1 : 0), "rejecting");
}

void Connection::refuse(std::uint64_t tag, bool multiple, bool requeue, const core::Deadline& deadline) {
  const Watchdog::Guard guard(*impl_->watchdog, deadline);
  impl_->check(amqp_basic_nack(raw(), kChannel, tag, multiple ? 1 : 0, requeue ? 1 : 0), "refusing");
}

void Connection::transact(const core::Deadline& deadline) {
  impl_->rpc("beginning transactions", deadline, [&] { return amqp_tx_select(raw(), kChannel); });
}

void Connection::commit(const core::Deadline& deadline) {
  impl_->rpc("committing", deadline, [&] { return amqp_tx_commit(raw(), kChannel); });
}

void Connection::roll_back(const core::Deadline& deadline) {
  impl_->rpc("rolling back", deadline, [&] { return amqp_tx_rollback(raw(), kChannel); });
}

}  // namespace rootseal::rabbitmq
