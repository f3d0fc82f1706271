// postgres/backup: pg_dump, pg_restore and psql run inside the container as the service's user over its local
// socket, as an operator with `docker exec` does. The password goes in on stdin, never on a command line.
// Throws ServerError with the last words of the program when it does not succeed. Stateless; thread-safe.
#pragma once

#include <string>

#include "core/deadline.hpp"
#include "engine/container.hpp"
#include "service/service.hpp"

namespace rootseal::postgres {

// The whole of target.database as a plain SQL text.
std::string dump(const service::Target& target, const engine::Container& container,
                 const core::Deadline& deadline);
// Into target.database, which must exist and be empty; all in one transaction, the first error ends it.
void restore(const service::Target& target, const engine::Container& container, const std::string& dump,
             const core::Deadline& deadline);
// Both at once, without the data leaving the container: pg_dump's custom format through a pipe into
// pg_restore. `into` is an existing, empty database of the same server.
void copy_database(const service::Target& from, const std::string& into, const engine::Container& container,
                   const core::Deadline& deadline);

}  // namespace rootseal::postgres
