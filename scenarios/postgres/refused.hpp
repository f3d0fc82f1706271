// postgres/refused: what the server says when it must refuse. A lost connection or a passed deadline is no
// refusal: it is thrown on. Stateless.
#pragma once

#include <functional>
#include <string>

#include "services/postgres/client.hpp"

namespace rootseal::scenarios {

struct Refusal {
  std::string sqlstate;  // "taken" when the server did not refuse
  std::string text;
};

inline Refusal refusal_of(const std::function<void()>& attempt) {
  try {
    attempt();
  } catch (const postgres::SqlError& error) {
    if (error.sqlstate().empty()) throw;
    return {error.sqlstate(), error.what()};
  }
  return {"taken", "the server took it"};
}

inline Refusal refusal_of(postgres::Connection& connection, const std::string& sql,
                          const core::Deadline& deadline) {
  return refusal_of([&] { connection.run(sql, deadline); });
}

}  // namespace rootseal::scenarios
