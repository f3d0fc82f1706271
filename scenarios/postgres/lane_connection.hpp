// postgres/lane_connection: what the lanes of workloads talk to PostgreSQL with: prepared statements with
// int4 parameters and binary results, and no more system calls than a closed loop needs.
//
// execute() sends with one send() and waits in recv() itself: the socket blocks, with a limit, so that there
// is no poll() before it. That is what libpq's own PQexecPrepared spends in addition. libpq reads on as long
// as more than 32 KiB have come in one go, which would wait for nothing on such a socket: answers have to be
// smaller than that. Everything else goes through plain(), which makes the socket an ordinary one again.
// Order of calls: construct, prepare(), then execute() and plain() in any order. Not thread-safe. Throws
// SqlError for what the server refuses, a lost connection, or no answer within core::patience().
#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "core/cancel.hpp"
#include "core/patience.hpp"
#include "services/postgres/client.hpp"
#include "testing/workload.hpp"

namespace rootseal::postgres {

// One number in the byte order of the network; the machines we run on are little-endian.
inline std::uint32_t network(std::uint32_t value) { return __builtin_bswap32(value); }

// An answer with binary columns. Views live as long as it does.
class Answer {
 public:
  explicit Answer(PGresult* result) : result_(result, PQclear) {}
  [[nodiscard]] const PGresult* raw() const { return result_.get(); }
  [[nodiscard]] int rows() const { return PQntuples(result_.get()); }
  [[nodiscard]] int columns() const { return PQnfields(result_.get()); }
  [[nodiscard]] std::string_view tag() const { return PQcmdStatus(result_.get()); }  // "UPDATE 1"
  [[nodiscard]] std::string_view bytes(int row, int column) const {
    return {PQgetvalue(result_.get(), row, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
  }
  // Of an int4 column; throws WrongResult when it is not four bytes or not there.
  [[nodiscard]] std::int32_t number(int row, int column) const {
    std::uint32_t value = 0;
    if (row >= rows() || column >= columns() || bytes(row, column).size() != sizeof value) {
      throw workload::WrongResult(fmt::format("row {} column {} is not a number", row, column));
    }
    std::memcpy(&value, bytes(row, column).data(), sizeof value);
    return static_cast<std::int32_t>(network(value));
  }

 private:
  std::unique_ptr<PGresult, decltype(&PQclear)> result_;
};

class LaneConnection {
 public:
  // `options`: "-c work_mem=64kB".
  explicit LaneConnection(const service::Target& target, const std::string& options = "")
      : subject_(target.subject), connection_(target, core::patient_deadline(), with(options)) {}

  void prepare(const char* name, const std::string& sql) {
    plain().prepare(name, sql, core::patient_deadline());
  }

  template <std::size_t N>
  Answer execute(const char* name, const std::array<std::int32_t, N>& parameters) {
    std::array<std::uint32_t, N> sent{};
    std::array<const char*, N> values{};
    std::array<int, N> lengths{};
    std::array<int, N> formats{};
    for (std::size_t i = 0; i < N; ++i) {
      sent[i] = network(static_cast<std::uint32_t>(parameters[i]));
      values[i] = reinterpret_cast<const char*>(&sent[i]);
      lengths[i] = sizeof sent[i];
      formats[i] = 1;
    }
    block(true);
    if (PQsendQueryPrepared(raw(), name, static_cast<int>(N), values.data(), lengths.data(), formats.data(),
                            1) == 0) {
      refused(name, nullptr);
    }
    return receive(name);
  }
  Answer execute(const char* name) { return execute<0>(name, {}); }
  // The same, and the command tag must be this one: "UPDATE 1".
  template <std::size_t N>
  void command(const char* name, const std::array<std::int32_t, N>& parameters, std::string_view tag) {
    const Answer answer = execute(name, parameters);
    if (answer.tag() != tag) {
      throw workload::WrongResult(fmt::format("{}: answered '{}', expected '{}'", name, answer.tag(), tag));
    }
  }
  void command(const char* name, std::string_view tag) { command<0>(name, {}, tag); }

  Connection& plain() {
    block(false);
    return connection_;
  }
  // Any statements without parameters; the answer of the last one, as text.
  Rows run(const std::string& sql) { return plain().run(sql, core::patient_deadline()); }
  [[nodiscard]] PGconn* raw() const { return connection_.raw(); }

 private:
  static std::map<std::string, std::string> with(const std::string& options) {
    if (options.empty()) return {};
    return {{"options", options}};
  }

  // With TLS libpq keeps its own way.
  void block(bool wanted) {
    if (blocking_ == wanted || PQsslInUse(raw()) != 0) return;
    const int fd = PQsocket(raw());
    const timeval limit{1, 0};
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0 ||
        ::fcntl(fd, F_SETFL, wanted ? flags & ~O_NONBLOCK : flags | O_NONBLOCK) != 0) {
      throw core::HarnessError({"preparing its socket", subject_, std::strerror(errno), ""});
    }
    blocking_ = wanted;
  }

  Answer receive(const char* name) {
    Answer answer(nullptr);
    while (true) {
      wait(name);
      PGresult* const next = PQgetResult(raw());
      if (next == nullptr) break;
      answer = Answer(next);
    }
    const auto status = PQresultStatus(answer.raw());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) refused(name, answer.raw());
    return answer;
  }

  // The first try is the usual case: the answer comes in one piece.
  void wait(const char* name) {
    if (PQisBusy(raw()) == 0) return;
    if (PQconsumeInput(raw()) == 0) refused(name, nullptr);
    if (PQisBusy(raw()) == 0) return;
    const auto deadline = core::patient_deadline();
    while (PQisBusy(raw()) != 0) {
      core::throw_if_cancelled("waiting for PostgreSQL");
      if (deadline.expired()) throw SqlError({name, subject_, "no answer before the deadline", ""}, "");
      if (PQconsumeInput(raw()) == 0) refused(name, nullptr);
    }
  }

  [[noreturn]] void refused(const char* name, const PGresult* result) const {
    const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    throw SqlError({fmt::format("executing {}", name), subject_,
                    core::UntrustedText(PQerrorMessage(raw())).printable(300), ""},
                   state == nullptr ? "" : state);
  }

  std::string subject_;
  Connection connection_;
  bool blocking_ = false;
};

}  // namespace rootseal::postgres
