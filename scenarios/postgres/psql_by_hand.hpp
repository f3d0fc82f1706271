// postgres/psql_by_hand: PostgreSQL's own programs inside the container, as an operator types them. Functions
// without state.
#pragma once

#include <string>
#include <vector>

#include "testing/by_hand.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios {

// `exec -i -e PGPASSWORD ... SERVER PROGRAM`: through the socket inside.
inline Typed typed_in_server(const service::Target& target, const std::string& container,
                             const std::vector<std::string>& program, const std::string& input = "") {
  Typed typed;
  typed.arguments = {"exec", "-i", "-e", "PGPASSWORD", "-e", "PGUSER", "-e", "PGDATABASE", container};
  typed.arguments.insert(typed.arguments.end(), program.begin(), program.end());
  typed.input = input;
  typed.environment = {
      {"PGPASSWORD", target.password.reveal()}, {"PGUSER", target.user}, {"PGDATABASE", target.database}};
  return typed;
}

inline process::Outcome in_server(const service::Target& target, const std::string& container,
                                  const std::vector<std::string>& program, const std::string& input = "") {
  return docker(typed_in_server(target, container, program, input));
}

inline process::Outcome psql(const service::Target& target, const std::string& container,
                             std::vector<std::string> arguments, const std::string& input = "") {
  arguments.insert(arguments.begin(), {"psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1"});
  return in_server(target, container, arguments, input);
}

}  // namespace rootseal::scenarios
