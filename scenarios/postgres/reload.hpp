// postgres/reload: the server reads its configuration again. Stateless; throws SqlError.
#pragma once

#include "services/postgres/client.hpp"

namespace rootseal::scenarios {

// Asks for it and waits until it has: from then on a new connection has what the files say, or never will.
// False when it has not at the deadline.
inline bool reloaded(const service::Target& target, const core::Deadline& deadline) {
  const auto loaded = [&] {
    return postgres::Connection(target, deadline).run("select pg_conf_load_time()", deadline).text(0, 0);
  };
  const std::string before = loaded();
  postgres::Connection(target, deadline).run("select pg_reload_conf()", deadline);
  return core::wait_until([&] { return loaded() == before ? core::Wait::again : core::Wait::done; },
                          deadline);
}

}  // namespace rootseal::scenarios
