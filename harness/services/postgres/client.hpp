// postgres/client: a connection to PostgreSQL over libpq with a deadline on everything.
//
// Order of calls: construct (connects), then any of the others, one at a time. One connection per thread.
// What the server refuses, a connection that breaks and a deadline that passes throw SqlError; after either
// of the latter two the connection is of no use. At a deadline the running statement is cancelled on the
// server. raw() is for workloads that drive libpq themselves (pipelines, their own polling); they include
// libpq's header where they live.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/deadline.hpp"
#include "service/service.hpp"

typedef struct pg_conn PGconn;  // as libpq declares it
typedef struct pg_result PGresult;

namespace rootseal::postgres {

// sqlstate() is empty when no server spoke (connection lost, deadline passed).
class SqlError : public service::ServerError {
 public:
  SqlError(Parts parts, std::string sqlstate)
      : ServerError(std::move(parts)), sqlstate_(std::move(sqlstate)) {}
  [[nodiscard]] const std::string& sqlstate() const noexcept { return sqlstate_; }

 private:
  std::string sqlstate_;
};

// A column of a row, or a parameter; nullopt is NULL. Binary content is as the server sends it, in network
// byte order.
using Cell = std::optional<std::string>;
enum class Format { text, binary };

// What a statement answered. Movable; cells are copied out.
class Rows {
 public:
  explicit Rows(PGresult* result);  // takes it over
  [[nodiscard]] int size() const;
  [[nodiscard]] int columns() const;
  [[nodiscard]] std::string column_name(int column) const;
  [[nodiscard]] Cell at(int row, int column) const;  // throws std::out_of_range
  [[nodiscard]] std::string text(int row, int column) const { return at(row, column).value_or("NULL"); }
  [[nodiscard]] std::uint64_t affected() const;  // rows inserted, updated or deleted

 private:
  std::shared_ptr<PGresult> result_;
};

struct Notice {
  std::string severity;  // "NOTICE", "WARNING"
  std::string message;
};

class Connection {
 public:
  // Further libpq parameters: {"options", "-c work_mem=64kB"}. `host` of the target may be a folder with a
  // unix socket.
  Connection(const service::Target& target, const core::Deadline& deadline,
             const std::map<std::string, std::string>& parameters = {});
  ~Connection();
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;

  // One statement with $1.. parameters; types are the server's to infer unless the statement casts.
  Rows query(const std::string& sql, const std::vector<Cell>& parameters, const core::Deadline& deadline,
             Format results = Format::text);
  // Any number of statements without parameters; the answer of the last one.
  Rows run(const std::string& sql, const core::Deadline& deadline);

  void prepare(const std::string& name, const std::string& sql, const core::Deadline& deadline);
  // Parameters are text, or all in the binary form that the server expects.
  Rows execute(const std::string& name, const std::vector<Cell>& parameters, const core::Deadline& deadline,
               Format results = Format::text, Format parameters_as = Format::text);

  // COPY ... FROM STDIN with all of `data`; COPY ... TO STDOUT.
  std::uint64_t copy_in(const std::string& sql, const std::string& data, const core::Deadline& deadline);
  std::string copy_out(const std::string& sql, const core::Deadline& deadline);

  std::vector<Notice> take_notices();  // since the last call
  [[nodiscard]] PGconn* raw() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// An identifier or literal quoted for a statement. Pure.
std::string identifier(std::string_view name);
std::string literal(std::string_view text);

}  // namespace rootseal::postgres
