// postgres/own_schema: a schema of a scenario's own in the shared database, dropped with it. Made and dropped
// in milliseconds, where a database of its own (own_database.hpp) takes half a second and a checkpoint:
// enough for whatever lives in schemas. Not thread-safe, but for connect().
#pragma once

#include <string>
#include <utility>

#include "core/patience.hpp"
#include "services/postgres/client.hpp"

namespace rootseal::scenarios {

class OwnSchema {
 public:
  // Replaces what a run by hand may have left under this name.
  OwnSchema(service::Target administrator, std::string name)
      : administrator_(std::move(administrator)), name_(std::move(name)) {
    auto connection = connect();
    connection.run(drop_statement(), core::patient_deadline());
    connection.run("create schema " + name_, core::patient_deadline());
  }
  // A server that is gone has failed its scenario already.
  ~OwnSchema() {
    try {
      auto connection = connect();
      connection.run(drop_statement(), core::patient_deadline());
    } catch (const core::HarnessError&) {
    }
  }
  OwnSchema(const OwnSchema&) = delete;
  OwnSchema& operator=(const OwnSchema&) = delete;

  // Names without a schema are in this one. `further`: settings of the session, "-c work_mem=64kB". UTC and
  // the ISO style, so that what is read can be compared as text.
  [[nodiscard]] postgres::Connection connect(const std::string& further = "") const {
    const std::string options = "-c search_path=" + name_ + " -c timezone=UTC -c datestyle=ISO " + further;
    return {administrator_, core::patient_deadline(), {{"options", options}}};
  }

 private:
  [[nodiscard]] std::string drop_statement() const { return "drop schema if exists " + name_ + " cascade"; }
  service::Target administrator_;
  std::string name_;  // as own_name() makes them: needs no quotes
};

}  // namespace rootseal::scenarios
