// postgres/workload_ground: what the workloads do before and after they are measured, so that nothing of one
// falls into the turns of another. Stateless; throws SqlError.
#pragma once

#include <fmt/format.h>

#include <string>

#include "postgres/lane_connection.hpp"
#include "testing/workload.hpp"

namespace rootseal::postgres {

// Several statements on a connection of their own, each in a transaction of its own.
template <typename... Statements>
void run_each(const workload::Site& site, const Statements&... statements) {
  Connection connection(site.target, core::patient_deadline(),
                        {{"options", "-c client_min_messages=warning"}});
  (connection.run(statements, core::patient_deadline()), ...);
}

// Last statement of every reset: what was written until now is on the disk, and the next timed checkpoint is
// five minutes away.
constexpr const char* kCheckpoint = "checkpoint";

// For tables that are written: a vacuum that comes when it likes would fall into somebody's turn.
constexpr const char* kNoAutovacuum = "autovacuum_enabled = off, toast.autovacuum_enabled = off";

// Files of the write-ahead log that the server can use again. A fresh server has none: its first writers
// would wait for new files of 16 MiB, while a baseline that has been measured before has them. Part of
// set_up; of reset, too, where an epoch writes more than min_wal_size keeps (5 files): a checkpoint keeps as
// many as were needed lately, which are more on the side that has had more epochs.
inline void stock_write_ahead_log(const workload::Site& site, int files = 6) {
  Connection connection(site.target, core::patient_deadline());
  const int found =
      std::stoi(connection.run("select count(*) from pg_ls_waldir()", core::patient_deadline()).text(0, 0));
  if (found >= files) return;
  for (int file = found; file < files; ++file) {
    connection.run("select pg_logical_emit_message(false, 'rootseal', '')", core::patient_deadline());
    connection.run("select pg_switch_wal()", core::patient_deadline());
  }
  connection.run(kCheckpoint, core::patient_deadline());
}

// A shell command as the server's user, for files that SQL cannot remove.
inline void run_program(Connection& connection, const std::string& command) {
  connection.run("copy (select) to program " + literal(command), core::patient_deadline());
}

// Where temporary files go on this stack: /tmp where the server can write it, else /dev/shm, which every
// container has. What stands behind it is what the workloads that use it measure.
inline std::string place_for_files(Connection& connection) {
  try {
    connection.run("copy (select 1) to '/tmp/rootseal.probe'", core::patient_deadline());
    run_program(connection, "rm -f /tmp/rootseal.probe");
    return "/tmp";
  } catch (const SqlError& error) {
    if (error.sqlstate().empty()) throw;  // the connection is gone
    return "/dev/shm";
  }
}

}  // namespace rootseal::postgres
