// rabbitmq/own_queues: the fixture of scenarios that work in queues and exchanges of their own inside the
// virtual host of the run, because making one with rabbitmqctl takes seconds. They are removed at the end.
// Not thread-safe.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <vector>

#include "rabbitmq/left_behind.hpp"
#include "services/rabbitmq/ledger.hpp"
#include "testing/ledger_check.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios {

class OwnQueues : public Scenario {
 protected:
  // Asks the engine once for the port: a server that was started again has another (look_again()). May be
  // called on any thread.
  [[nodiscard]] rabbitmq::Connection connect() const { return {target_, deadline()}; }
  void look_again() { look_at(target()); }
  void look_at(service::Target other) { target_ = std::move(other); }  // a requested stack
  [[nodiscard]] std::string named(const std::string& what) const { return own_name() + "_" + what; }

  // Under a name of this scenario's own, which is returned; anew, when a run by hand has left one.
  std::string declare(rabbitmq::Connection& on, rabbitmq::Queue queue) {
    queue.name = named(queue.name);
    on.remove(queue.name, deadline());
    queues_.push_back(queue.name);
    on.declare(queue, deadline());
    return queue.name;
  }
  std::string declare(rabbitmq::Connection& on, rabbitmq::Exchange exchange) {
    exchange.name = named(exchange.name);
    on.remove_exchange(exchange.name, deadline());
    exchanges_.push_back(exchange.name);
    on.declare_exchange(exchange, deadline());
    return exchange.name;
  }

  // Numbered messages with their checksums, each confirmed when this returns, or the scenario has failed.
  // `publisher` has asked for confirms.
  std::vector<Entry> publish_entries(rabbitmq::Connection& publisher, const rabbitmq::Publishing& how,
                                     std::uint64_t first, std::uint64_t count) {
    auto rng = random();
    rng.discard(first);  // what is published one by one differs too
    std::vector<Entry> sent;
    for (std::uint64_t number = first; number < first + count; ++number) {
      sent.push_back({number, random_text(rng, rng() % 500)});
      publisher.publish(how, rabbitmq::to_message({number, sent.back().payload}), deadline());
    }
    expect_taken(publisher, count);
    return sent;
  }
  void expect_taken(rabbitmq::Connection& publisher, std::uint64_t count) const {
    const auto settled = publisher.settle(soon());
    EXPECT_EQ(settled.acknowledged.size(), count)
        << "messages confirmed; " << settled.refused.size() << " refused"
        << (settled.blocked.empty() ? "" : "; publishers are blocked: " + settled.blocked);
    EXPECT_TRUE(settled.returned.empty()) << settled.returned.front().why;
  }

  // Of a ledger's message; nullopt, and a failure, when its checksum does not match.
  static std::optional<Entry> entry_of(const rabbitmq::Delivery& delivery) {
    const auto entry = rabbitmq::from_message(delivery.body);
    EXPECT_TRUE(entry) << "delivery " << delivery.tag << " does not match its checksum: "
                       << core::UntrustedText(delivery.body).printable(80);
    return entry ? std::optional<Entry>({entry->number, entry->payload}) : std::nullopt;
  }

  // What is in the queue, taken out of it.
  std::vector<rabbitmq::Delivery> drain(rabbitmq::Connection& on, const std::string& queue) const {
    std::vector<rabbitmq::Delivery> all;
    while (auto delivery = on.get(queue, deadline())) {
      on.acknowledge(delivery->tag, false, deadline());
      all.push_back(std::move(*delivery));
    }
    return all;
  }
  std::vector<Entry> drain_entries(rabbitmq::Connection& on, const std::string& queue) const {
    std::vector<Entry> entries;
    for (const auto& delivery : drain(on, queue)) {
      if (auto entry = entry_of(delivery)) entries.push_back(std::move(*entry));
    }
    return entries;
  }
  static void expect_same(const std::vector<Entry>& sent, const std::vector<Entry>& received,
                          const std::string& where) {
    const auto wrong = compare_sequence(sent, received);
    if (!wrong.empty()) ADD_FAILURE() << where << ": messages: " << shortened(wrong);
  }

  // Until the queue says so; a failure, which names what it said last, when it does not in time.
  void expect_waiting(rabbitmq::Connection& on, const std::string& queue, std::uint32_t messages) const {
    const auto found = rabbitmq::messages_left(on, queue, messages);
    EXPECT_EQ(found, messages) << "messages in " << queue << " in the end";
  }

  // The reply code with which the broker refuses; 0, and a failure, when it does not.
  static int refusal_of(const std::string& step, const std::function<void()>& call) {
    try {
      call();
    } catch (const rabbitmq::AmqpError& error) {
      EXPECT_NE(error.code(), 0) << step << ": no reply code: " << error.what();
      return error.code();
    }
    ADD_FAILURE() << step << ": the broker did not refuse it";
    return 0;
  }

  void SetUp() override {
    Scenario::SetUp();
    if (!HasFatalFailure()) look_again();
  }
  // After a failure they stay for whoever wants to look, and go with the stack.
  void TearDown() override {
    Scenario::TearDown();
    if (HasFailure() || (queues_.empty() && exchanges_.empty())) return;
    auto connection = connect();
    for (const auto& queue : queues_) connection.remove(queue, deadline());
    for (const auto& exchange : exchanges_) connection.remove_exchange(exchange, deadline());
  }

 private:
  service::Target target_;
  std::vector<std::string> queues_, exchanges_;
};

}  // namespace rootseal::scenarios
