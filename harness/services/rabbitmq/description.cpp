#include "services/rabbitmq/description.hpp"

namespace rootseal::rabbitmq {

const service::Description& description() {
  static const service::Description text = [] {
    service::Description d;
    d.name = "rabbitmq";
    d.title = "RabbitMQ";
    d.kind = "message-queue";
    d.port = 5672;
    d.user = {999, 999};
    d.login = "rootseal";
    d.database = "/";
    d.stop_signals = {"TERM"};
    d.says_full = {"disk resource limit alarm set", "Free disk space is insufficient", "enospc"};
    d.official_image = "rabbitmq:4.0.9";
    d.facts = {
        {"home", "/var/lib/rabbitmq"},
        {"data_dir", "/var/lib/rabbitmq"},
        {"config_dir", "/etc/rabbitmq"},
        {"run_dir", "/var/lib/rabbitmq"},
        {"log_dir", "/var/log/rabbitmq"},
        {"plugins_dir",
         "/opt/rabbitmq/plugins"},  // owned by the service's user, as the whole of /opt/rabbitmq
        {"bin_dir", "/opt/rabbitmq/sbin"},
    };
    return d;
  }();
  return text;
}

}  // namespace rootseal::rabbitmq
