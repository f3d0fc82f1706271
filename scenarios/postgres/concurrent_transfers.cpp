// Eight clients move money between a few accounts at once. The sum never changes, every acknowledged transfer
// is there once, and what the server refuses to serialise or breaks off as a deadlock is tried again and
// counted.
#include <fmt/format.h>

#include <future>

#include "postgres/own_schema.hpp"
#include "testing/ledger_check.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::concurrent_transfers {
namespace {

using postgres::Connection;
using postgres::SqlError;

constexpr int kClients = 8;
constexpr int kAccounts = 6;
constexpr int kOpening = 1'000;
constexpr const char* kSchema =
    "create table account (id int primary key, balance int not null check (balance >= 0)); "
    "create table transfer (client int, number int, source int, destination int, amount int, primary key "
    "(client, number))";
// Cheap deadlocks: the server looks for them after 10 ms, not after a second.
constexpr const char* kOptions = "-c deadlock_timeout=10ms -c client_min_messages=warning";

struct Transfer {
  int client = 0, number = 0, source = 0, destination = 0, amount = 0;
  [[nodiscard]] std::string name() const { return fmt::format("{}.{}", client, number); }
  [[nodiscard]] std::string text() const {
    return fmt::format("{} from {} to {}", amount, source, destination);
  }
};

struct Tally {
  std::vector<Transfer> acknowledged;
  int declined = 0, not_serializable = 0, deadlocks = 0;
};

// One client. Those with an even number read balances and write what they computed, which only a serialisable
// transaction makes safe; the others lock rows in the order drawn, which makes deadlocks.
class Client {
 public:
  Client(const OwnSchema& schema, int number, std::uint64_t seed, const core::Deadline& deadline)
      : connection_(schema.connect(kOptions)), number_(number), rng_(seed), deadline_(deadline) {}

  Tally work(int count) {
    Tally tally;
    for (int number = 1; number <= count; ++number) {
      Transfer transfer{number_, number};
      transfer.source = 1 + static_cast<int>(rng_() % kAccounts);
      transfer.destination = 1 + (transfer.source + static_cast<int>(rng_() % (kAccounts - 1))) % kAccounts;
      transfer.amount = 1 + static_cast<int>(rng_() % 400);
      until_it_ends(transfer, tally);
    }
    return tally;
  }

 private:
  void until_it_ends(const Transfer& transfer, Tally& tally) {
    while (true) {
      try {
        const bool moved = number_ % 2 == 0 ? compute(transfer) : lock(transfer);
        if (moved) tally.acknowledged.push_back(transfer);
        if (!moved) ++tally.declined;
        return;
      } catch (const SqlError& error) {
        if (error.sqlstate() != "40001" && error.sqlstate() != "40P01") throw;
        ++(error.sqlstate() == "40001" ? tally.not_serializable : tally.deadlocks);
        connection_.run("rollback", deadline_);
      }
    }
  }

  bool compute(const Transfer& transfer) {
    connection_.run("begin isolation level serializable", deadline_);
    const int source = balance(transfer.source);
    const int destination = balance(transfer.destination);
    if (source < transfer.amount) return leave();
    set(transfer.source, source - transfer.amount);
    set(transfer.destination, destination + transfer.amount);
    return note(transfer);
  }

  bool lock(const Transfer& transfer) {
    connection_.run("begin isolation level read committed", deadline_);
    const auto taken = connection_.run(
        fmt::format("update account set balance = balance - {0} where id = {1} and balance >= {0}",
                    transfer.amount, transfer.source),
        deadline_);
    if (taken.affected() == 0) return leave();
    connection_.run(fmt::format("update account set balance = balance + {} where id = {}", transfer.amount,
                                transfer.destination),
                    deadline_);
    return note(transfer);
  }

  int balance(int account) {
    return std::stoi(
        connection_.run(fmt::format("select balance from account where id = {}", account), deadline_)
            .text(0, 0));
  }
  void set(int account, int balance) {
    connection_.run(fmt::format("update account set balance = {} where id = {}", balance, account),
                    deadline_);
  }
  bool leave() {
    connection_.run("rollback", deadline_);
    return false;
  }
  bool note(const Transfer& t) {
    connection_.run(fmt::format("insert into transfer values ({}, {}, {}, {}, {}); commit", t.client,
                                t.number, t.source, t.destination, t.amount),
                    deadline_);
    return true;
  }

  Connection connection_;
  int number_;
  std::mt19937_64 rng_;
  core::Deadline deadline_;
};

class PostgresConcurrency : public Scenario {
 protected:
  // All clients at once; meanwhile an observer adds the balances up. Returns when all have ended.
  std::vector<Tally> let_them_work(const OwnSchema& schema, int transfers_each) const {
    auto rng = random();
    std::vector<std::future<Tally>> working;
    for (int number = 0; number < kClients; ++number) {
      working.push_back(std::async(std::launch::async, [&, number, seed = rng()] {
        return Client(schema, number, seed, deadline()).work(transfers_each);
      }));
    }
    observe(schema, working.back());
    std::vector<Tally> tallies;
    for (auto& client : working) tallies.push_back(client.get());
    return tallies;
  }

  void observe(const OwnSchema& schema, const std::future<Tally>& last) const {
    auto observer = schema.connect();
    int looks = 0;
    do {
      const std::string sum = observer.run("select sum(balance) from account", deadline()).text(0, 0);
      EXPECT_EQ(sum, std::to_string(kAccounts * kOpening)) << "the sum of all accounts, look " << looks;
      ++looks;
    } while (last.wait_for(std::chrono::milliseconds(5)) != std::future_status::ready && !HasFailure());
    evidence(fmt::format("the sum was looked at {} times meanwhile", looks));
  }
};

TEST_P(PostgresConcurrency, EightClientsKeepTheSumAndEveryAcknowledgedTransfer) {
  const OwnSchema schema(target(), own_name());
  auto reader = schema.connect();
  reader.run(kSchema, deadline());
  reader.run(
      fmt::format("insert into account select i, {} from generate_series(1, {}) i", kOpening, kAccounts),
      deadline());
  const auto tallies = let_them_work(schema, by_size(25, 100, 1'000));

  std::map<std::string, std::string> acknowledged, balances;
  std::vector<int> meant(kAccounts + 1, kOpening);
  int declined = 0, not_serializable = 0, deadlocks = 0;
  for (const auto& tally : tallies) {
    for (const auto& transfer : tally.acknowledged) {
      acknowledged[transfer.name()] = transfer.text();
      meant[static_cast<std::size_t>(transfer.source)] -= transfer.amount;
      meant[static_cast<std::size_t>(transfer.destination)] += transfer.amount;
    }
    declined += tally.declined;
    not_serializable += tally.not_serializable;
    deadlocks += tally.deadlocks;
  }
  for (int id = 1; id <= kAccounts; ++id) {
    balances[std::to_string(id)] = std::to_string(meant[static_cast<std::size_t>(id)]);
  }
  const auto read = [&](const std::string& sql) {
    const auto rows = reader.run(sql, deadline());
    std::map<std::string, std::string> found;
    for (int row = 0; row < rows.size(); ++row) found[rows.text(row, 0)] = rows.text(row, 1);
    return found;
  };
  auto wrong = compare_named({"transfer", "what was acknowledged", "the table"}, acknowledged,
                             read("select client || '.' || number, amount || ' from ' || source || ' to ' || "
                                  "destination from transfer"));
  const auto others = compare_named({"balance of account", "the acknowledged transfers", "the table"},
                                    balances, read("select id, balance from account"));
  wrong.insert(wrong.end(), others.begin(), others.end());
  if (!wrong.empty()) ADD_FAILURE() << shortened(wrong);
  EXPECT_GT(acknowledged.size(), 0U) << "no transfer came through: nothing was tried";
  evidence(
      fmt::format("{} clients: {} transfers acknowledged, {} declined for want of money; tried again: {} not "
                  "serialisable, "
                  "{} deadlocks",
                  kClients, acknowledged.size(), declined, not_serializable, deadlocks));
}

// Each waits for what the other holds: exactly one is broken off, and the other goes on.
TEST_P(PostgresConcurrency, ADeadlockCostsExactlyOneTransaction) {
  const OwnSchema schema(target(), own_name());
  auto first = schema.connect(kOptions);
  auto second = schema.connect(kOptions);
  first.run(kSchema, deadline());
  first.run("insert into account values (1, 0), (2, 0)", deadline());
  const auto add = [&](Connection& session, int account, int amount) {
    session.run(fmt::format("update account set balance = balance + {} where id = {}", amount, account),
                deadline());
  };
  const auto finish = [&](Connection& session, int account, int amount) -> std::string {
    try {
      add(session, account, amount);
      session.run("commit", deadline());
      return "committed";
    } catch (const SqlError& error) {
      return error.sqlstate();
    }
  };
  first.run("begin", deadline());
  second.run("begin", deadline());
  add(first, 1, 1);
  add(second, 2, 10);
  auto waiting = std::async(std::launch::async, [&] { return finish(first, 2, 1); });
  const std::string of_second = finish(second, 1, 10);
  if (of_second != "committed") second.run("rollback", deadline());
  const std::string of_first = waiting.get();

  const bool first_went_on = of_first == "committed";
  EXPECT_EQ(first_went_on ? of_second : of_first, "40P01")
      << "the first transaction: " << of_first << ", the second: " << of_second;
  EXPECT_NE(first_went_on, of_second == "committed");
  auto reader = schema.connect();
  EXPECT_EQ(
      reader.run("select string_agg(balance::text, ' ' order by id) from account", deadline()).text(0, 0),
      first_went_on ? "1 1" : "10 10");
}

ROOTSEAL_SCENARIOS(function, PostgresConcurrency, "postgres");

}  // namespace
}  // namespace rootseal::scenarios::concurrent_transfers
