// Connection: queues, exchanges, bindings.
#include "services/rabbitmq/client_impl.hpp"

namespace rootseal::rabbitmq {

QueueState Connection::declare(const Queue& queue, const core::Deadline& deadline) {
  Table all = queue.arguments;
  if (queue.quorum) all.push_back({"x-queue-type", "quorum"});
  const RawTable arguments(all);
  const auto* ok = impl_->rpc("declaring queue " + queue.name, deadline, [&] {
    return amqp_queue_declare(raw(), kChannel, bytes(queue.name), 0, queue.durable ? 1 : 0,
                              queue.exclusive ? 1 : 0, queue.auto_delete ? 1 : 0, arguments.get());
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

std::uint32_t Connection::purge(const std::string& queue, const core::Deadline& deadline) {
  return impl_
      ->rpc("purging queue " + queue, deadline,
            [&] { return amqp_queue_purge(raw(), kChannel, bytes(queue)); })
      ->message_count;
}

void Connection::declare_exchange(const Exchange& exchange, const core::Deadline& deadline) {
  const RawTable arguments(exchange.arguments);
  impl_->rpc("declaring exchange " + exchange.name, deadline, [&] {
    return amqp_exchange_declare(raw(), kChannel, bytes(exchange.name), bytes(exchange.type), 0,
                                 exchange.durable ? 1 : 0, exchange.auto_delete ? 1 : 0, 0, arguments.get());
  });
}

void Connection::remove_exchange(const std::string& exchange, const core::Deadline& deadline) {
  impl_->rpc("deleting exchange " + exchange, deadline,
             [&] { return amqp_exchange_delete(raw(), kChannel, bytes(exchange), 0); });
}

void Connection::bind(const std::string& queue, const std::string& exchange, const std::string& key,
                      const core::Deadline& deadline, const Table& arguments) {
  const RawTable raw_arguments(arguments);
  impl_->rpc("binding queue " + queue, deadline, [&] {
    return amqp_queue_bind(raw(), kChannel, bytes(queue), bytes(exchange), bytes(key), raw_arguments.get());
  });
}

}  // namespace rootseal::rabbitmq
