#include "services/postgres/client.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <array>
#include <future>
#include <stdexcept>
#include <thread>
#include <utility>

#include "core/cancel.hpp"

namespace rootseal::postgres {
namespace {

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

std::string printable(const char* text, std::size_t limit = 1000) {
  std::string all = text == nullptr ? "" : text;
  while (!all.empty() && std::isspace(static_cast<unsigned char>(all.back())) != 0) all.pop_back();
  return core::UntrustedText(all).printable(limit);
}

std::string first_words(const std::string& sql) { return core::UntrustedText(sql).printable(80); }

// The cancel request runs beside us, because it blocks for as long as the server is silent. It owns what it
// uses.
void cancel_statement(PGconn* connection) {
  const std::shared_ptr<PGcancel> cancel(PQgetCancel(connection), PQfreeCancel);
  if (!cancel) return;
  auto done = std::make_shared<std::promise<void>>();
  auto finished = done->get_future();
  std::thread([cancel, done] {
    std::array<char, 256> error{};
    PQcancel(cancel.get(), error.data(), error.size());
    done->set_value();
  }).detach();
  finished.wait_for(std::chrono::seconds(2));
}

// The arrays that libpq wants of a list of parameters.
struct Parameters {
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
  Parameters(const std::vector<Cell>& cells, Format format) {
    for (const auto& cell : cells) {
      values.push_back(cell ? cell->c_str() : nullptr);
      lengths.push_back(cell ? static_cast<int>(cell->size()) : 0);
      formats.push_back(format == Format::binary ? 1 : 0);
    }
  }
  [[nodiscard]] int count() const { return static_cast<int>(values.size()); }
};

// Ready for `events` before the deadline? Cancellation of the run throws.
bool wait_for(int fd, short events, const core::Deadline& deadline) {
  while (true) {
    core::throw_if_cancelled("waiting for PostgreSQL");
    const auto slice = std::min(deadline.remaining(), core::Milliseconds(200));
    pollfd waiting{fd, events, 0};
    if (::poll(&waiting, 1, static_cast<int>(slice.count())) > 0) return true;
    if (deadline.expired()) return false;
  }
}

}  // namespace

Rows::Rows(PGresult* result) : result_(result, PQclear) {}
int Rows::size() const { return PQntuples(result_.get()); }
int Rows::columns() const { return PQnfields(result_.get()); }
std::string Rows::column_name(int column) const {
  const char* name = PQfname(result_.get(), column);
  return name == nullptr ? "" : name;
}
Cell Rows::at(int row, int column) const {
  if (row < 0 || row >= size() || column < 0 || column >= columns()) {
    throw std::out_of_range(fmt::format("row {}, column {} of {} x {}", row, column, size(), columns()));
  }
  if (PQgetisnull(result_.get(), row, column) != 0) return std::nullopt;
  return std::string(PQgetvalue(result_.get(), row, column),
                     static_cast<std::size_t>(PQgetlength(result_.get(), row, column)));
}
std::uint64_t Rows::affected() const {
  const std::string count = PQcmdTuples(result_.get());
  return count.empty() ? 0 : std::stoull(count);
}

struct Connection::Impl {
  struct Notices {
    std::vector<Notice> list;
    static void receive(void* self, const PGresult* result) {
      const char* severity = PQresultErrorField(result, PG_DIAG_SEVERITY);
      static_cast<Notices*>(self)->list.push_back(
          {printable(severity), printable(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY))});
    }
  };

  std::unique_ptr<PGconn, decltype(&PQfinish)> pg{nullptr, PQfinish};
  std::string subject;
  Notices notices;

  [[noreturn]] void lost(const std::string& step, const std::string& what) const {
    throw SqlError({step, subject, what, ""}, "");
  }
  [[noreturn]] void broken(const std::string& step) const { lost(step, printable(PQerrorMessage(pg.get()))); }

  [[noreturn]] void timed_out(const std::string& step) const {
    cancel_statement(pg.get());
    lost(step, "no answer before the deadline; the server was asked to cancel it");
  }

  void wait(short events, const core::Deadline& deadline, const std::string& step) const {
    if (!wait_for(PQsocket(pg.get()), events, deadline)) timed_out(step);
  }

  void connect(const core::Deadline& deadline) const {
    const std::string step = "connecting";
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;
    while (status != PGRES_POLLING_OK) {
      if (status == PGRES_POLLING_FAILED) broken(step);
      const short events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT;
      if (!wait_for(PQsocket(pg.get()), events, deadline)) lost(step, "no answer before the deadline");
      status = PQconnectPoll(pg.get());
    }
    PQsetnonblocking(pg.get(), 1);
  }

  // Sends what is queued; reads meanwhile, or client and server could wait for each other.
  void flush(const core::Deadline& deadline, const std::string& step) const {
    int left = PQflush(pg.get());
    while (left == 1) {
      wait(POLLIN | POLLOUT, deadline, step);
      if (PQconsumeInput(pg.get()) == 0) broken(step);
      left = PQflush(pg.get());
    }
    if (left != 0) broken(step);
  }

  Result next(const core::Deadline& deadline, const std::string& step) const {
    while (PQisBusy(pg.get()) != 0) {
      wait(POLLIN, deadline, step);
      if (PQconsumeInput(pg.get()) == 0) broken(step);
    }
    return {PQgetResult(pg.get()), PQclear};
  }

  // The last result of what was sent; an error among them is thrown after the rest was read.
  Rows finish(int sent, const core::Deadline& deadline, const std::string& step) const {
    if (sent == 0) broken(step);
    flush(deadline, step);
    Result last{nullptr, PQclear};
    Result error{nullptr, PQclear};
    while (auto result = next(deadline, step)) {
      const auto status = PQresultStatus(result.get());
      if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) return Rows(result.release());
      const bool failed = status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE;
      if (failed && !error)
        error = std::move(result);
      else
        last = std::move(result);
    }
    if (error) refuse(error.get(), step);
    if (!last) broken(step);
    return Rows(last.release());
  }

  [[noreturn]] void refuse(const PGresult* result, const std::string& step) const {
    const std::string state = printable(PQresultErrorField(result, PG_DIAG_SQLSTATE));
    std::string what = printable(PQresultErrorMessage(result));
    if (!state.empty()) what += fmt::format(" (SQLSTATE {})", state);
    throw SqlError({step, subject, what, ""}, state);
  }
};

Connection::Connection(const service::Target& target, const core::Deadline& deadline,
                       const std::map<std::string, std::string>& parameters)
    : impl_(std::make_unique<Impl>()) {
  impl_->subject = target.subject;
  std::map<std::string, std::string> all{{"port", std::to_string(target.port)},
                                         {"user", target.user},
                                         {"password", target.password.reveal()},
                                         {"dbname", target.database},
                                         {"application_name", "rootseal"},
                                         {"sslmode", "prefer"},
                                         {"gssencmode", "disable"}};
  const bool numeric = target.host.find_first_not_of("0123456789.") == std::string::npos;
  all[numeric ? "hostaddr" : "host"] = target.host;
  for (const auto& [key, value] : parameters) all[key] = value;
  std::vector<const char*> keys, values;
  for (const auto& [key, value] : all) {
    keys.push_back(key.c_str());
    values.push_back(value.c_str());
  }
  keys.push_back(nullptr);
  values.push_back(nullptr);
  impl_->pg.reset(PQconnectStartParams(keys.data(), values.data(), 0));
  if (!impl_->pg || PQstatus(impl_->pg.get()) == CONNECTION_BAD) impl_->broken("connecting");
  PQsetNoticeReceiver(impl_->pg.get(), Impl::Notices::receive, &impl_->notices);
  impl_->connect(deadline);
}

Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

Rows Connection::query(const std::string& sql, const std::vector<Cell>& parameters,
                       const core::Deadline& deadline, Format results) {
  const Parameters p(parameters, Format::text);
  const int sent = PQsendQueryParams(raw(), sql.c_str(), p.count(), nullptr, p.values.data(),
                                     p.lengths.data(), p.formats.data(), results == Format::binary ? 1 : 0);
  return impl_->finish(sent, deadline, first_words(sql));
}

Rows Connection::run(const std::string& sql, const core::Deadline& deadline) {
  return impl_->finish(PQsendQuery(raw(), sql.c_str()), deadline, first_words(sql));
}

void Connection::prepare(const std::string& name, const std::string& sql, const core::Deadline& deadline) {
  const int sent = PQsendPrepare(raw(), name.c_str(), sql.c_str(), 0, nullptr);
  impl_->finish(sent, deadline, "preparing " + first_words(sql));
}

Rows Connection::execute(const std::string& name, const std::vector<Cell>& parameters,
                         const core::Deadline& deadline, Format results, Format parameters_as) {
  const Parameters p(parameters, parameters_as);
  const int sent = PQsendQueryPrepared(raw(), name.c_str(), p.count(), p.values.data(), p.lengths.data(),
                                       p.formats.data(), results == Format::binary ? 1 : 0);
  return impl_->finish(sent, deadline, "executing " + name);
}

std::uint64_t Connection::copy_in(const std::string& sql, const std::string& data,
                                  const core::Deadline& deadline) {
  const std::string step = first_words(sql);
  run(sql, deadline);
  constexpr std::size_t kChunk = 64U << 10U;
  for (std::size_t at = 0; at < data.size(); at += kChunk) {
    const auto size = static_cast<int>(std::min(kChunk, data.size() - at));
    int put = 0;
    while ((put = PQputCopyData(raw(), data.data() + at, size)) == 0) impl_->flush(deadline, step);
    if (put < 0) impl_->broken(step);
    impl_->flush(deadline, step);
  }
  int ended = 0;
  while ((ended = PQputCopyEnd(raw(), nullptr)) == 0) impl_->flush(deadline, step);
  return impl_->finish(ended < 0 ? 0 : 1, deadline, step).affected();
}

std::string Connection::copy_out(const std::string& sql, const core::Deadline& deadline) {
  const std::string step = first_words(sql);
  run(sql, deadline);
  std::string all;
  while (true) {
    char* row = nullptr;
    const int size = PQgetCopyData(raw(), &row, 1);
    const std::unique_ptr<char, decltype(&PQfreemem)> owned(row, PQfreemem);
    if (size > 0) {
      all.append(row, static_cast<std::size_t>(size));
    } else if (size == 0) {
      impl_->wait(POLLIN, deadline, step);
      if (PQconsumeInput(raw()) == 0) impl_->broken(step);
    } else {
      if (size == -2) impl_->broken(step);
      impl_->finish(1, deadline, step);
      return all;
    }
  }
}

std::vector<Notice> Connection::take_notices() { return std::exchange(impl_->notices.list, {}); }
PGconn* Connection::raw() const { return impl_->pg.get(); }

namespace {
std::string in_quotes(std::string_view text, char quote) {
  std::string all(1, quote);
  for (const char c : text) {
    if (c == quote) all += quote;
    all += c;
  }
  return all + quote;
}
}  // namespace

std::string identifier(std::string_view name) { return in_quotes(name, '"'); }

// E'...' so that a backslash means the same whatever standard_conforming_strings says.
std::string literal(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped += c == '\\' ? std::string("\\\\") : std::string(1, c);
  return (escaped.size() == text.size() ? "" : "E") + in_quotes(escaped, '\'');
}

}  // namespace rootseal::postgres
