// rabbitmq/ctl: rabbitmqctl run inside the container as the service's user, who can read the Erlang cookie.
// Each call starts an Erlang of its own and takes one to two seconds. Stateless; thread-safe. All but run()
// throw ServerError with the last words of rabbitmqctl when it does not succeed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/deadline.hpp"
#include "engine/container.hpp"
#include "service/service.hpp"

namespace rootseal::rabbitmq {

// Runs against the broker of `container`; `subject` names the stack in messages.
class Ctl {
 public:
  Ctl(std::string subject, engine::Container container)
      : subject_(std::move(subject)), container_(std::move(container)) {}

  [[nodiscard]] process::Outcome run(std::vector<std::string> arguments, const core::Deadline& deadline,
                                     const std::string& input = "") const;
  // Standard output.
  std::string must(std::vector<std::string> arguments, const core::Deadline& deadline,
                   const std::string& input = "") const;

  void add_vhost(const std::string& vhost, const std::string& user, const core::Deadline& deadline) const;
  void delete_vhost(const std::string& vhost, const core::Deadline& deadline) const;
  // The definitions of the whole broker as JSON; holds password hashes: never print it.
  [[nodiscard]] core::Secret export_definitions(const core::Deadline& deadline) const;
  void import_definitions(const core::Secret& json, const core::Deadline& deadline) const;

 private:
  std::string succeeded(const std::string& step, process::Outcome outcome) const;
  std::string subject_;
  engine::Container container_;
};

// The application environment of the broker that differs from its shipped defaults, name -> term; neither
// secrets nor what is different in every process (pids, references). Only the application `rabbit`, and only
// what its own specification file knows as default; settings of plugins, of the runtime and of the system are
// not looked at.
std::map<std::string, std::string> changed_settings(const Ctl& ctl, const core::Deadline& deadline);
// Reads what the expression behind changed_settings() prints, "name term" lines in base64 between <<" and
// ">>. Pure.
std::map<std::string, std::string> parse_settings(const std::string& printed);

}  // namespace rootseal::rabbitmq
