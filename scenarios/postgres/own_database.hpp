// postgres/own_database: a database of a scenario's own inside a shared stack, dropped with it. Not
// thread-safe.
#pragma once

#include <string>
#include <utility>

#include "core/patience.hpp"
#include "services/postgres/client.hpp"

namespace rootseal::scenarios {

class OwnDatabase {
 public:
  // Replaces what a run by hand may have left under this name.
  OwnDatabase(service::Target administrator, const std::string& name)
      : administrator_(std::move(administrator)), target_(administrator_) {
    target_.database = name;
    postgres::Connection connection(administrator_, core::patient_deadline());
    connection.run(drop_statement(), core::patient_deadline());
    connection.run("create database " + postgres::identifier(name), core::patient_deadline());
  }
  // A server that is gone has failed its scenario already.
  ~OwnDatabase() {
    try {
      postgres::Connection(administrator_, core::patient_deadline())
          .run(drop_statement(), core::patient_deadline());
    } catch (const core::HarnessError&) {
    }
  }
  OwnDatabase(const OwnDatabase&) = delete;
  OwnDatabase& operator=(const OwnDatabase&) = delete;

  [[nodiscard]] const service::Target& target() const { return target_; }
  // UTC and the ISO style, so that what is read can be compared as text.
  [[nodiscard]] postgres::Connection connect() const {
    return {target_, core::patient_deadline(), {{"options", "-c timezone=UTC -c datestyle=ISO"}}};
  }

 private:
  [[nodiscard]] std::string drop_statement() const {
    return "drop database if exists " + postgres::identifier(target_.database) + " with (force)";
  }
  service::Target administrator_, target_;
};

}  // namespace rootseal::scenarios
