// rabbitmq/own_vhost: a virtual host of a scenario's own inside a shared broker, which it leaves to the stack
// that goes away: rabbitmqctl takes a second of CPU time for every word. Not thread-safe.
#pragma once

#include <string>
#include <utility>

#include "core/patience.hpp"
#include "services/rabbitmq/client.hpp"
#include "services/rabbitmq/ctl.hpp"

namespace rootseal::scenarios {

class OwnVhost {
 public:
  // Replaces what a run by hand may have left under this name.
  OwnVhost(service::Target target, const engine::Container& container, const std::string& name)
      : target_(std::move(target)), ctl_(target_.subject, container) {
    target_.database = name;
    if (exists()) ctl_.delete_vhost(name, core::patient_deadline());
    ctl_.add_vhost(name, target_.user, core::patient_deadline());
  }
  OwnVhost(const OwnVhost&) = delete;
  OwnVhost& operator=(const OwnVhost&) = delete;

  [[nodiscard]] const service::Target& target() const { return target_; }
  [[nodiscard]] const rabbitmq::Ctl& ctl() const { return ctl_; }
  [[nodiscard]] rabbitmq::Connection connect() const { return {target_, core::patient_deadline()}; }

 private:
  // By a login, because rabbitmqctl takes two seconds to say so.
  [[nodiscard]] bool exists() const {
    try {
      const rabbitmq::Connection connection(target_, core::patient_deadline());
      return true;
    } catch (const rabbitmq::AmqpError& error) {
      if (error.code() == kNotAllowed) return false;
      throw;
    }
  }
  static constexpr int kNotAllowed = 530;  // AMQP: no such virtual host, or no permission to it
  service::Target target_;
  rabbitmq::Ctl ctl_;
};

}  // namespace rootseal::scenarios
