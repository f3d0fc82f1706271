// testing/scenario: the fixture of every scenario. A scenario is a TEST_P named as a claim, in one file:
//
//   using Crud = rootseal::scenarios::Scenario;                  // or a class derived from it
//   TEST_P(Crud, RowsReadBackAsWritten) { ... target() ... }
//   ROOTSEAL_SCENARIOS(function, Crud, "alpha");                 // on every stack of that service;
//   kAnyService for all
//
// It runs on a stack that it does not own: it works in a database, vhost or queue of its own (own_name()), or
// asks for a stack of its own (request_stack). Data come from random(), so that a run can be repeated. What
// cannot be established goes through environment_fault(); what a scenario's end means stands in
// testing/outcome.hpp. Only kill_server(), stop_server() and start_server() may end the server, because they
// keep its death from counting against it.
#pragma once

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "core/deadline.hpp"
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

// A stack that the orchestrator started for this scenario alone; taken down when this is destroyed. Movable.
class RequestedStack {
 public:
  explicit RequestedStack(wire::StackView view) : view_(std::move(view)) {}
  ~RequestedStack();
  RequestedStack(RequestedStack&& other) noexcept : view_(std::exchange(other.view_, {})) {}
  RequestedStack& operator=(RequestedStack&&) = delete;
  [[nodiscard]] const wire::StackView& view() const { return view_; }
  [[nodiscard]] engine::Container container() const { return container_of(view_); }
  [[nodiscard]] service::Target target() const { return target_of(view_); }

 private:
  wire::StackView view_;
};

class Scenario : public testing::TestWithParam<wire::StackView> {
 protected:
  [[nodiscard]] const wire::StackView& stack() const { return GetParam(); }
  [[nodiscard]] const service::Service& service() const { return service::find(stack().service); }
  [[nodiscard]] engine::Container container() const { return container_of(stack()); }
  [[nodiscard]] service::Target target() const { return target_of(stack()); }
  // Until when the whole scenario may take.
  [[nodiscard]] const core::Deadline& deadline() const { return deadline_; }
  // The same in every run of this scenario with this seed: [a-z0-9_], at most 48 characters, starts with a
  // letter.
  [[nodiscard]] std::string own_name() const;
  // Seeded by the run's seed and the scenario's name: the same on every stack.
  [[nodiscard]] std::mt19937_64 random() const;
  // One of three by the size of the run.
  [[nodiscard]] int by_size(int quick, int usual, int full) const;

  RequestedStack request_stack(const std::string& tag, const std::vector<std::string>& overrides = {});
  static void evidence(const std::string& line);
  // Of suite workflow: see testing/attempt.hpp. Titles are the same on every stack.
  Attempt attempt(std::string title, const Way& way,
                  std::source_location where = std::source_location::current()) const;

  void kill_server(const std::string& signal);  // returns when it has ended
  void stop_server(core::Milliseconds grace);   // as the operator does; returns when it has ended
  void start_server();                          // the same container again; returns when it answers

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
#define ROOTSEAL_SCENARIOS(suite, fixture, service)                                                        \
  GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(fixture);                                                  \
  INSTANTIATE_TEST_SUITE_P(suite, fixture, ::testing::ValuesIn(::rootseal::scenarios::stacks_of(service)), \
                           ::rootseal::scenarios::stack_name)
