// rabbitmq/left_behind: what a broker does after its last answer, and how a client knows that it has. A queue
// handles in its order what comes over one channel; what a connection that ended held comes back some time
// later. Functions without state; they throw AmqpError.
#pragma once

#include <string>

#include "core/patience.hpp"
#include "services/rabbitmq/client.hpp"

namespace rootseal::rabbitmq {

// What the queue has delivered to this consumer beyond what was taken. The round trip through the queue, on
// the consumer's own channel, comes back behind it.
inline std::optional<Delivery> one_too_many(Connection& consumer, const std::string& queue) {
  consumer.inspect(queue, core::patient_deadline());
  return consumer.next(core::Deadline::after(core::Milliseconds(0)));
}

// Waits until nobody consumes from the queue any more, and it has back what its consumers held. Without that,
// a number of messages that is right at once says nothing of an acknowledgement that was lost. False:
// somebody still consumes.
inline bool abandoned(Connection& connection, const std::string& queue) {
  const auto look = [&] {
    const auto consumers = connection.inspect(queue, core::patient_deadline()).consumers;
    return consumers == 0 ? core::Wait::done : core::Wait::again;
  };
  return core::wait_until(look, core::patient_deadline(), core::Milliseconds(5));
}

// Waits for so many messages in the queue; returns how many there are in the end.
inline std::uint64_t messages_left(Connection& connection, const std::string& queue, std::uint64_t expected) {
  std::uint64_t found = 0;
  const auto look = [&] {
    found = connection.inspect(queue, core::patient_deadline()).messages;
    return found == expected ? core::Wait::done : core::Wait::again;
  };
  core::wait_until(look, core::patient_deadline(), core::Milliseconds(5));
  return found;
}

}  // namespace rootseal::rabbitmq
