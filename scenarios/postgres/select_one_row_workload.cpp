// Workload: one row by its primary key out of 10,000, by a prepared statement with binary parameter and
// result. Every row that comes back is compared with what was put in. Steady state, in memory: what the root
// filesystem is made of should not matter here.
#include <fmt/format.h>
#include <libpq-fe.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

#include "services/postgres/client.hpp"
#include "testing/workload.hpp"
#include "testing/workload_seed.hpp"

namespace rootseal::postgres {

namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kRows = 10'000;
constexpr std::size_t kDigits = 7;
constexpr std::size_t kRepeats = 12;
constexpr const char* kStatement = "one_row";

core::Deadline soon() { return core::Deadline::after(30s); }

std::uint32_t swap_bytes(
    std::uint32_t value) {  // network byte order; the machines we run on are little-endian
  return __builtin_bswap32(value);
}

class SelectLane final : public workload::Lane {
 public:
  SelectLane(const service::Target& target, std::uint64_t seed)
      : subject_(target.subject), connection_(target, soon()), random_(seed) {
    connection_.prepare(kStatement, "select id, content from select_one_row.rows where id = $1::int4",
                        soon());
  }

  void operation() override {
    const auto key = static_cast<std::uint32_t>(workload::next_random(random_) % kRows) + 1;
    const std::uint32_t sent = swap_bytes(key);
    std::array<char, sizeof sent> bytes{};
    std::memcpy(bytes.data(), &sent, sizeof sent);
    const char* value = bytes.data();
    const int length = sizeof sent;
    const int binary = 1;
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQexecPrepared(connection_.raw(), kStatement, 1, &value, &length, &binary, 1), PQclear);
    if (!is_row(result.get(), key, sent)) {
      complain(result.get(), key);
    }
  }

  void verify() override {
    const auto rows = connection_.query(
        "select count(*), sum(id), count(distinct content) from select_one_row.rows", {}, soon());
    const std::string seen = rows.text(0, 0) + " " + rows.text(0, 1) + " " + rows.text(0, 2);
    const std::string expected = fmt::format("{0} {1} {0}", kRows, std::uint64_t{kRows} * (kRows + 1) / 2);
    if (seen != expected) {
      throw workload::WrongResult(fmt::format(
          "after the epoch: count, sum of ids, distinct contents are {}, expected {}", seen, expected));
    }
  }

 private:
  static bool is_row(const PGresult* result, std::uint32_t key, std::uint32_t id_bytes) {
    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1 || PQnfields(result) != 2 ||
        PQgetlength(result, 0, 0) != sizeof id_bytes || PQgetlength(result, 0, 1) != kDigits * kRepeats ||
        std::memcmp(PQgetvalue(result, 0, 0), &id_bytes, sizeof id_bytes) != 0) {
      return false;
    }
    std::array<char, kDigits> digits{};
    for (std::size_t i = kDigits; i-- > 0; key /= 10) {
      digits[i] = static_cast<char>('0' + key % 10);
    }
    const char* content = PQgetvalue(result, 0, 1);
    for (std::size_t i = 0; i < kRepeats; ++i) {
      if (std::memcmp(content + i * kDigits, digits.data(), kDigits) != 0) {
        return false;
      }
    }
    return true;
  }

  [[noreturn]] void complain(const PGresult* result, std::uint32_t key) const {
    const auto status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK) {
      const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
      const std::string said = core::UntrustedText(PQerrorMessage(connection_.raw())).printable(300);
      throw SqlError({"selecting one row", subject_, said.empty() ? PQresStatus(status) : said, ""},
                     state == nullptr ? "" : state);
    }
    throw workload::WrongResult(fmt::format("row {} came back as {} rows of {} columns with another content",
                                            key, PQntuples(result), PQnfields(result)));
  }

  std::string subject_;
  Connection connection_;
  std::uint64_t random_;
};

class SelectOneRow final : public workload::Workload {
 public:
  void set_up(const service::Target& target) const override {
    Connection connection(target, soon());
    connection.run("set client_min_messages = warning; drop schema if exists select_one_row cascade", soon());
    connection.run("create schema select_one_row", soon());
    connection.run("create table select_one_row.rows (id int4 primary key, content text not null)", soon());
    connection.run(fmt::format("insert into select_one_row.rows select n, repeat(lpad(n::text, {}, '0'), {}) "
                               "from generate_series(1, {}) n",
                               kDigits, kRepeats, kRows),
                   soon());
    connection.run("vacuum (analyze) select_one_row.rows", soon());
    connection.run("checkpoint", soon());
  }

  [[nodiscard]] std::unique_ptr<workload::Lane> make_lane(const service::Target& target,
                                                          std::uint64_t seed) const override {
    return std::make_unique<SelectLane>(target, seed);
  }

  void tear_down(const service::Target& target) const override {
    Connection connection(target, soon());
    connection.run("drop schema if exists select_one_row cascade", soon());
  }
};

ROOTSEAL_WORKLOAD("postgres", "select_one_row", SelectOneRow);

}  // namespace

}  // namespace rootseal::postgres
