// rabbitmq/client: a connection to RabbitMQ with one channel, over librabbitmq, with a deadline on
// everything.
//
// Order of calls: construct (connects, opens the channel), then any of the others, one at a time. One
// connection per thread; publisher and consumer on connections of their own. What the broker refuses, a
// connection that breaks and a deadline that passes throw AmqpError; after any of them the connection is of
// no use. To publish with confirms: confirm(), publish() any number, settle(). raw() is for workloads that
// wait for frames themselves; they hold a guard() around calls of the library, which know no limit of their
// own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/deadline.hpp"
#include "service/service.hpp"
#include "services/rabbitmq/message.hpp"
#include "services/rabbitmq/watchdog.hpp"

typedef struct amqp_connection_state_t_* amqp_connection_state_t;  // as librabbitmq declares it

namespace rootseal::rabbitmq {

// code() is AMQP's reply code (404, 403, 320, ...); 0 when no broker spoke (connection lost, deadline
// passed).
class AmqpError : public service::ServerError {
 public:
  AmqpError(Parts parts, int code) : ServerError(std::move(parts)), code_(code) {}
  [[nodiscard]] int code() const noexcept { return code_; }

 private:
  int code_;
};

struct Queue {
  std::string name;  // empty: the broker chooses
  bool durable = true;
  bool exclusive = false;
  bool auto_delete = false;
  bool quorum = false;
  Table arguments = {};
};

struct Exchange {
  std::string name;
  std::string type;
  bool durable = true;
  bool auto_delete = false;
  Table arguments = {};
};

struct QueueState {
  std::string name;
  std::uint32_t messages = 0;  // ready, not counting unacknowledged ones
  std::uint32_t consumers = 0;
};

struct Publishing {
  std::string exchange;  // empty: the default exchange, routing key = queue
  std::string routing_key;
  bool persistent = true;
  bool mandatory = true;  // an unroutable one comes back (Settled::returned)
  Properties properties = {};
};

struct Returned {
  std::string why;  // "312 NO_ROUTE"
  std::string body;
};

// What became of everything published since the last settle().
struct Settled {
  bool complete = false;                    // all answered before the deadline
  std::vector<std::uint64_t> acknowledged;  // sequence numbers
  std::vector<std::uint64_t> refused;       // basic.nack
  std::vector<Returned> returned;
  std::string blocked;        // reason, when the broker blocks publishers now
  std::uint64_t answers = 0;  // how many acks and nacks that took: one may answer several messages
};

struct Delivery {
  std::string body;
  std::uint64_t tag = 0;
  bool redelivered = false;
  bool persistent = false;
  std::string exchange;
  std::string routing_key;
  Properties properties;
};

class Connection {
 public:
  Connection(const service::Target& target, const core::Deadline& deadline);  // target.database is the vhost
  ~Connection();  // says goodbye if it can, within a second
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;

  QueueState declare(const Queue& queue, const core::Deadline& deadline);
  QueueState inspect(const std::string& queue, const core::Deadline& deadline);  // passive declare
  void remove(const std::string& queue, const core::Deadline& deadline);
  void declare_exchange(const Exchange& exchange, const core::Deadline& deadline);
  void remove_exchange(const std::string& exchange, const core::Deadline& deadline);
  void bind(const std::string& queue, const std::string& exchange, const std::string& key,
            const core::Deadline& deadline, const Table& arguments = {});

  void confirm(const core::Deadline& deadline);
  // Its sequence number, from 1 (0 without confirm()). A broker that has stopped reading is given up at the
  // deadline.
  std::uint64_t publish(const Publishing& how, const std::string& body, const core::Deadline& deadline);
  // A broker that blocks publishers confirms nothing until it has space or memory again: `give_up` does not
  // wait for that.
  enum class WhenBlocked { wait, give_up };
  Settled settle(const core::Deadline& deadline, WhenBlocked when_blocked = WhenBlocked::wait);
  // What is published and acknowledged from now on, and after each commit or roll-back, is one transaction.
  void transact(const core::Deadline& deadline);
  void commit(const core::Deadline& deadline);
  void roll_back(const core::Deadline& deadline);

  std::optional<Delivery> get(const std::string& queue, const core::Deadline& deadline);  // nullopt: empty
  void consume(const std::string& queue, std::uint16_t prefetch, const core::Deadline& deadline,
               const Table& arguments = {});
  void cancel(const core::Deadline& deadline);                   // the consumer that was started last
  std::optional<Delivery> next(const core::Deadline& deadline);  // nullopt: nothing came before the deadline
  void acknowledge(std::uint64_t tag, bool multiple, const core::Deadline& deadline);
  void reject(std::uint64_t tag, bool requeue, const core::Deadline& deadline);  // basic.reject
  // basic.nack; `multiple`: all up to that one.
  void refuse(std::uint64_t tag, bool multiple, bool requeue, const core::Deadline& deadline);

  // Removes what waits in the queue (not what a consumer holds); how many those were.
  std::uint32_t purge(const std::string& queue, const core::Deadline& deadline);

  // As when the network goes: not a word to the broker. Only destruction is left then.
  void break_off();

  [[nodiscard]] amqp_connection_state_t raw() const;
  // While it lives, a call that still blocks at the deadline comes back with an error: the socket is shut
  // down. Not around the other methods here, which have a guard of their own.
  [[nodiscard]] Watchdog::Guard guard(const core::Deadline& deadline) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rootseal::rabbitmq
