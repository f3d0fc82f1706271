// postgres/backup: pg_dump, pg_restore, psql and pg_basebackup run inside the container as the service's user
// over its local socket, as an operator with `docker exec` does. The password goes in on stdin, never on a
// command line. What goes through here is held in memory: up to 64 MiB. Throws ServerError with the last
// words of the program when it does not succeed. Stateless; thread-safe.
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

// The same in pg_dump's custom format, by pg_restore.
std::string dump_custom(const service::Target& target, const engine::Container& container,
                        const core::Deadline& deadline);
void restore_custom(const service::Target& target, const engine::Container& container,
                    const std::string& dump, const core::Deadline& deadline);

// In pg_dump's directory format, `jobs` connections at once. `folder` is inside the container, must not be
// there yet, and lies where the service's user can write.
void dump_directory(const service::Target& target, const engine::Container& container,
                    const std::string& folder, int jobs, const core::Deadline& deadline);
void restore_directory(const service::Target& target, const engine::Container& container,
                       const std::string& folder, int jobs, const core::Deadline& deadline);
// A folder as a tar archive, and back: `parent` is where it comes to lie under its own name.
std::string pack(const service::Target& target, const engine::Container& container, const std::string& folder,
                 const core::Deadline& deadline);
void unpack(const service::Target& target, const engine::Container& container, const std::string& archive,
            const std::string& parent, const core::Deadline& deadline);

// The roles of the whole server, which no dump of a database contains. A role that is there already stays,
// and gets the attributes and memberships of the dump.
std::string dump_roles(const service::Target& target, const engine::Container& container,
                       const core::Deadline& deadline);
void restore_roles(const service::Target& target, const engine::Container& container,
                   const std::string& roles, const core::Deadline& deadline);

// Both at once, without the data leaving the container: pg_dump's custom format through a pipe into
// pg_restore. `into` is an existing, empty database of the same server.
void copy_database(const service::Target& from, const std::string& into, const engine::Container& container,
                   const core::Deadline& deadline);

// The whole server, by pg_basebackup with the write-ahead log that it needs: a tar archive, compressed by
// gzip. Needs a line for replication in pg_hba.conf.
std::string base_backup(const service::Target& target, const engine::Container& container,
                        const core::Deadline& deadline);

}  // namespace rootseal::postgres
