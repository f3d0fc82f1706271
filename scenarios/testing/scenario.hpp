// testing/scenario: the fixture of every scenario. A scenario is a TEST_P named as a claim, in one file:
//
//   using Crud = rootseal::scenarios::Scenario;                  // or a class derived from it
//   TEST_P(Crud, RowsReadBackAsWritten) { ... target() ... }
//   ROOTSEAL_SCENARIOS(function, Crud, "alpha");                 // on every stack of that service;
//   kAnyService for all
//
// It runs on a stack that it does not own: it works in a database, vhost or queue of its own (own_name()), or
// asks for a stack of its own (request_stack). Data come from random(), so that a run can be repeated. What
// cannot be established goes through environment_fault(), what does not exist here through not_here(); what a
// scenario's end means stands in testing/outcome.hpp. Only kill_server(), stop_server(), start_server() and
// recreate_server() may end the server, because they keep its death from counting against it.
//
// A scenario that takes more than about a second, or a stack of its own, says ROOTSEAL_LONGER_SCENARIOS: a
// quick run leaves it out, unless --scenario names it in full.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "core/deadline.hpp"
#include "core/patience.hpp"
#include "engine/container.hpp"
#include "service/service.hpp"
#include "testing/attempt.hpp"
#include "testing/outcome.hpp"
#include "wire/context.hpp"

namespace rootseal::wire {
// How GoogleTest prints a parameter.
void PrintTo(const StackView& stack, std::ostream* out);
}  // namespace rootseal::wire

namespace rootseal::scenarios {

inline constexpr const char* kAnyService = "";

// Of any stack, our own or a requested one. The published port and the password are read anew at every call.
engine::Container container_of(const wire::StackView& stack);
service::Target target_of(const wire::StackView& stack);

// How a further stack differs from the scenario's own: request_stack("copy", Further{.data = stack().id}).
struct Further {
  // Texts of further Compose files, over the profile's. What they change of its claims stands in them too:
  // "x-rootseal: {claims: {writable: [/archive], memory: 300m}}" adds a mount and replaces a limit.
  std::vector<std::string> overrides = {};
  std::string profile = {};  // control(), or one of candidates(); empty: the same
  // Id of a stack on whose data it starts, or on a copy of them: this scenario's own, stopped, or one that it
  // requested before, stopped or released. Empty: it starts without data.
  std::string data = {};
  bool copy = false;
  std::uint64_t data_size = 0;  // bytes: its data volume holds no more; 0: as usual
};

// A stack that the orchestrator started for this scenario alone; taken down when this is destroyed. Its data
// volume stays until the scenario's end, for Further::data. Movable.
class RequestedStack {
 public:
  RequestedStack(wire::StackView view, const core::Deadline& deadline)
      : view_(std::move(view)), deadline_(deadline) {}
  ~RequestedStack() { release(); }
  RequestedStack(RequestedStack&& other) noexcept
      : view_(std::exchange(other.view_, {})), deadline_(other.deadline_) {}
  RequestedStack& operator=(RequestedStack&&) = delete;
  [[nodiscard]] const wire::StackView& view() const { return view_; }
  [[nodiscard]] const std::string& id() const { return view_.id; }
  [[nodiscard]] engine::Container container() const { return container_of(view_); }
  [[nodiscard]] service::Target target() const { return target_of(view_); }

  void stop() const;        // as the operator does, with core::patience(); returns when it has ended
  void start() const;       // the same container again; returns when it answers
  void wait_ready() const;  // returns when it answers
  void recreate();          // another container on the same volume; returns when it answers
  std::string release();    // takes it down now; returns the id, for Further::data

 private:
  wire::StackView view_;
  core::Deadline deadline_;
};

class Scenario : public testing::TestWithParam<wire::StackView> {
 protected:
  [[nodiscard]] const wire::StackView& stack() const;
  [[nodiscard]] const service::Service& service() const { return service::find(stack().service); }
  [[nodiscard]] engine::Container container() const { return container_of(stack()); }
  [[nodiscard]] service::Target target() const { return target_of(stack()); }
  // Until when the whole scenario may take.
  [[nodiscard]] const core::Deadline& deadline() const { return deadline_; }
  // For one thing that the server or the engine does by itself: a line of its log, a counter, a state.
  [[nodiscard]] core::Deadline soon() const { return deadline_.at_most(core::patience()); }
  // The same in every run of this scenario with this seed: [a-z0-9_], at most 48 characters, starts with a
  // letter.
  [[nodiscard]] std::string own_name() const;
  // Seeded by the run's seed and the scenario's name: the same on every stack.
  [[nodiscard]] std::mt19937_64 random() const;
  // One of three by the size of the run.
  [[nodiscard]] int by_size(int quick, int usual, int full) const;

  // The new stack's id is this one's, "+" and the tag. Throws ServerError when its server does not come up.
  RequestedStack request_stack(const std::string& tag, const Further& further);
  RequestedStack request_stack(const std::string& tag, const std::vector<std::string>& overrides = {}) {
    return request_stack(tag, Further{.overrides = overrides});
  }
  // Names of this run's profiles of the service, for Further: the control's; the candidates', of which there
  // may be none (then not_here()).
  [[nodiscard]] static std::string control();
  [[nodiscard]] static std::vector<std::string> candidates();
  static void evidence(const std::string& line);
  // Something that a reader has to know and that is not this check's to judge, such as a fault that the
  // server has whatever its root is. Of "medium" on it is counted among the risks that remain. `id` is that
  // of the kind of finding, the same on every stack.
  void finding(const std::string& id, const std::string& severity, const std::string& text,
               std::vector<std::string> evidence = {}) const;
  // Mostly of suite workflow: see testing/attempt.hpp. Titles are the same on every stack.
  Attempt attempt(std::string title, const Way& way,
                  std::source_location where = std::source_location::current()) const;

  void kill_server(const std::string& signal);    // returns when it has ended
  void signal_server(const std::string& signal);  // returns at once; it may end from now on
  void wait_until_ended() const;
  void stop_server();      // as RequestedStack::stop()
  void start_server();     // the same container again; returns when it answers
  void recreate_server();  // another container of the same Compose project on the same volume; likewise

  void SetUp() override;
  void TearDown() override;

 private:
  core::Deadline deadline_ = core::Deadline::after(core::Milliseconds(0));
  bool down_on_purpose_ = false;
};

// For ROOTSEAL_SCENARIOS.
std::vector<wire::StackView> stacks_of(const std::string& service);
std::string stack_name(const testing::TestParamInfo<wire::StackView>& info);

// Text of `size` printable characters, or bytes.
std::string random_text(std::mt19937_64& random, std::size_t size);
std::string random_bytes(std::mt19937_64& random, std::size_t size);

}  // namespace rootseal::scenarios

// A service that is not in the context leaves its scenarios without a stack, which GoogleTest must not call
// an error.
#define ROOTSEAL_SCENARIOS_NAMED(name, fixture, service)                                                  \
  GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(fixture);                                                 \
  INSTANTIATE_TEST_SUITE_P(name, fixture, ::testing::ValuesIn(::rootseal::scenarios::stacks_of(service)), \
                           ::rootseal::scenarios::stack_name)
#define ROOTSEAL_SCENARIOS(suite, fixture, service) ROOTSEAL_SCENARIOS_NAMED(suite, fixture, service)
// GoogleTest is the only registry: the name tells what quick runs leave out.
#define ROOTSEAL_LONGER_SCENARIOS(suite, fixture, service) \
  ROOTSEAL_SCENARIOS_NAMED(suite##_longer, fixture, service)
