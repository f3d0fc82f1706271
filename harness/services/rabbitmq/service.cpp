// rabbitmq as a service: description, probe, settings, administrator. Registers itself.
#include <fmt/format.h>

#include <algorithm>

#include "core/patience.hpp"
#include "core/text.hpp"
#include "services/rabbitmq/client.hpp"
#include "services/rabbitmq/ctl.hpp"
#include "services/rabbitmq/description.hpp"
#include "services/rabbitmq/ledger.hpp"

namespace rootseal::rabbitmq {
namespace {

constexpr int kAccessRefused = 403;

class CookieHolder final : public service::Admin {
 public:
  service::AdminReply execute(const service::Target& target, const engine::Container& container,
                              const std::string& statement, const core::Deadline& deadline) const override {
    const auto outcome = Ctl(target.subject, container).run({"eval", statement}, deadline);
    service::AdminReply reply;
    reply.ok = outcome.ok();
    reply.text = outcome.out;
    while (!reply.text.empty() && reply.text.back() == '\n') reply.text.pop_back();
    if (!reply.ok) {
      reply.error =
          fmt::format("{} ({})", outcome.ending(),
                      core::UntrustedText(outcome.err.empty() ? outcome.out : outcome.err).printable(400));
    }
    return reply;
  }
};

class RabbitMq final : public service::Service {
 public:
  [[nodiscard]] const service::Description& description() const override { return rabbitmq::description(); }

  // "3.10.8" -> "3.10"
  [[nodiscard]] std::string version(
      const std::map<std::string, std::string>& image_environment) const override {
    const auto found = image_environment.find("RABBITMQ_VERSION");
    if (found == image_environment.end()) return "";
    const auto parts = core::split(found->second, '.');
    return parts.size() < 2 ? found->second : parts[0] + "." + parts[1];
  }

  // The second one makes the user of the run when the broker boots for the first time.
  [[nodiscard]] std::map<std::string, core::Secret> secret_files(
      const core::Secret& password) const override {
    const auto& d = description();
    const core::Secret user(
        fmt::format("default_vhost = {}\n"
                    "default_user = {}\n"
                    "default_pass = {}\n"
                    "default_user_tags.administrator = true\n"
                    "default_permissions.configure = .*\n"
                    "default_permissions.read = .*\n"
                    "default_permissions.write = .*\n",
                    d.database, d.login, password.reveal()));
    return {{"password", password}, {"20-user.conf", user}};
  }

  [[nodiscard]] std::string probe(const service::Target& target,
                                  const core::Deadline& deadline) const override {
    try {
      Connection connection(target, deadline);
      const auto queue = connection.declare({"", false, true, true}, deadline);
      connection.remove(queue.name, deadline);
      return "";
    } catch (const AmqpError& error) {
      return fmt::format("{}: {}", error.parts().step, error.parts().what);
    }
  }

  [[nodiscard]] std::map<std::string, std::string> settings(
      const service::Target& target, const engine::Container& container) const override {
    return changed_settings(Ctl(target.subject, container), core::patient_deadline());
  }

  // 4.0 confirms a message that is too large for the queue's own file (queue_index_embed_msgs_below, 4096
  // bytes with its properties) before the shared message store has written it: seen on a full volume, where
  // its internal_sync ended with enospc and a confirmed message was gone after the restart, on baseline as
  // well.
  [[nodiscard]] std::size_t written_before_acknowledged(const std::string& version) const override {
    constexpr std::size_t kEmbedded = 3'900;
    return version.starts_with("3.") ? std::numeric_limits<std::size_t>::max() : kEmbedded;
  }

  // Erlang makes as many schedulers as there are cores, and lets as many run as its CPU set has: "+S
  // made:run". The start script's binding (+stbt db) is taken back, because it is decided at boot, and would
  // put the first scheduler of every broker on the same core while they boot. Of dirty I/O threads it makes
  // ten whatever there is; on one core they spin against each other and the scheduler, for slices of 3 ms.
  [[nodiscard]] std::map<std::string, std::string> sized_for(int cores, int confined) const override {
    return {{"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
             fmt::format("+S {0}:{1} +SDcpu {0}:{1} +SDio {1} +stbt u", cores, confined)}};
  }

  // Confirmed persistent messages are on the volume already, and stopping the broker writes the rest.
  void quiesce(const service::Target& /*target*/) const override {}

  // A login that the broker refuses: the line comes from its own connection handling. The user's name is the
  // text.
  [[nodiscard]] std::string provoke_log_line(const service::Target& target,
                                             const std::string& token) const override {
    service::Target stranger = target;
    stranger.user = "rootseal-" + token;
    stranger.password = core::Secret::random(8);
    try {
      const Connection connection(stranger, core::patient_deadline());
    } catch (const AmqpError& error) {
      if (error.code() == kAccessRefused) return stranger.user;
      throw;
    }
    throw service::ServerError({"logging in as a stranger", target.subject, "the broker let him in", ""});
  }

  [[nodiscard]] const service::Ledger* ledger() const override { return &rabbitmq::ledger(); }
  [[nodiscard]] const service::Admin* admin() const override {
    static const CookieHolder holder;
    return &holder;
  }
};

const service::Registration kRegistered(std::make_unique<RabbitMq>());

}  // namespace
}  // namespace rootseal::rabbitmq
