// The server is watched from outside: whether it answers, its statistics by a role of their own over the
// network, and the health check of a Compose file.
#include <fmt/format.h>

#include <cstdlib>

#include "core/secret.hpp"
#include "postgres/own_database.hpp"
#include "testing/by_hand.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::watched {
namespace {

constexpr int kRows = 12'345;  // far more than what is inserted into the catalogue of a new database

class PostgresWatched : public Scenario {
 protected:
  void SetUp() override {
    Scenario::SetUp();
    password_ = core::Secret::random();
    drop_role();
    administrator().run(fmt::format("create role {} login password {} in role pg_monitor", role(),
                                    postgres::literal(password_.reveal())),
                        deadline());
  }
  void TearDown() override {
    drop_role();
    Scenario::TearDown();
  }

  [[nodiscard]] postgres::Connection administrator() const { return {target(), deadline()}; }
  // What the role is told, typed beside the server.
  [[nodiscard]] process::Outcome told(const std::string& line) const {
    Typed typed;
    typed.arguments = beside(stack(), line,
                             {{"NETWORK", network_of(container().id())},
                              {"SERVICE", "server"},
                              {"IMAGE", stack().image},
                              {"MONITOR", own_name()},
                              {"DATABASE", target().database}});
    typed.environment = {{"PGPASSWORD", password_.reveal()}};
    return docker(typed);
  }

 private:
  [[nodiscard]] std::string role() const { return postgres::identifier(own_name()); }
  void drop_role() const { administrator().run("drop role if exists " + role(), deadline()); }

  core::Secret password_;
};

TEST_P(PostgresWatched, WhetherItAnswers) {
  const std::string line = "docker exec SERVER pg_isready -U USER";
  attempt(line, [&] {
    return why_not_said(docker({arguments_of(line, {{"SERVER", container().id()}, {"USER", target().user}})}),
                        "accepting connections");
  });
}

TEST_P(PostgresWatched, WhatItsSessionsDo) {
  auto session = administrator();
  const std::string query = "select " + postgres::literal(own_name());
  const auto pid = session.run("select pg_backend_pid()", deadline()).text(0, 0);
  session.run(query, deadline());
  const std::string line =
      "docker run --rm -i --network NETWORK -e PGPASSWORD --entrypoint psql IMAGE -h SERVICE -U MONITOR "
      "-d DATABASE -XAtc 'select pid, state, query from pg_stat_activity'";
  attempt(line + " (MONITOR is in the role pg_monitor)",
          [&] { return why_not_said(told(line), fmt::format("{}|idle|{}\n", pid, query)); });
}

TEST_P(PostgresWatched, HowMuchItDoes) {
  const OwnDatabase own(target(), own_name());
  own.connect().run(fmt::format("create table t as select generate_series(1, {})", kRows), deadline());
  const std::string line =
      "docker run --rm -i --network NETWORK -e PGPASSWORD --entrypoint psql IMAGE -h SERVICE -U MONITOR "
      "-d DATABASE -XAtc 'select datname, tup_inserted from pg_stat_database'";
  attempt(line + " (MONITOR is in the role pg_monitor)", [&] {
    // A session hands in its counts when it ends, and the views show them a little later.
    std::string why;
    const auto look = [&] {
      const auto said = told(line);
      why = why_not_said(said, own_name() + "|");
      if (!why.empty()) return core::Wait::done;
      const auto rows = said.out.substr(said.out.find(own_name() + "|") + own_name().size() + 1);
      const auto inserted = std::strtoll(rows.c_str(), nullptr, 10);
      if (inserted < kRows)
        why = fmt::format("{} rows inserted, it says, instead of at least {}", inserted, kRows);
      return why.empty() ? core::Wait::done : core::Wait::again;
    };
    core::wait_until(look, deadline().at_most(core::Milliseconds(10'000)), core::Milliseconds(250));
    return why;
  });
}

ROOTSEAL_LONGER_SCENARIOS(workflow, PostgresWatched, "postgres");

class PostgresHealthCheck : public Scenario {
 protected:
  // Its main process does nothing while this lives: connections are neither taken nor refused.
  class Stopped {
   public:
    explicit Stopped(engine::Container server) : server_(std::move(server)) { server_.kill("STOP"); }
    ~Stopped() { docker({{"kill", "--signal", "CONT", server_.id()}}); }
    Stopped(const Stopped&) = delete;
    Stopped& operator=(const Stopped&) = delete;

   private:
    engine::Container server_;
  };
  [[nodiscard]] core::Deadline soon() const { return deadline().at_most(core::Milliseconds(30'000)); }
};

TEST_P(PostgresHealthCheck, OfTheComposeFileTellsWhetherItAnswers) {
  const auto server =
      request_stack("checked", {fmt::format("services:\n  server:\n    healthcheck:\n"
                                            "      test: [CMD, pg_isready, -U, {}, -t, \"1\"]\n"
                                            "      interval: 1s\n      timeout: 10s\n      retries: 1\n",
                                            target().user)});
  const auto id = server.container().id();
  attempt(
      "healthcheck: {test: [CMD, pg_isready, -U, USER, -t, \"1\"], interval: 1s, timeout: 10s, retries: 1} "
      "in the Compose file (times of this trial): healthy, unhealthy while it does not answer, and healthy "
      "again",
      [&] {
        auto why = why_not_health(id, "healthy", soon());
        if (!why.empty()) return why;
        {
          const Stopped while_stopped(server.container());
          why = why_not_health(id, "unhealthy", soon());
        }
        return why.empty() ? why_not_health(id, "healthy", soon()) : "while it did not answer: " + why;
      });
}

ROOTSEAL_LONGER_SCENARIOS(workflow, PostgresHealthCheck, "postgres");

}  // namespace
}  // namespace rootseal::scenarios::watched
