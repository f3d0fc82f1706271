#include "testing/scenario.hpp"

#include <fmt/format.h>

#include <cctype>
#include <fstream>
#include <iterator>
#include <ostream>

#include "service/checksum.hpp"
#include "testing/listener.hpp"
#include "testing/session.hpp"

namespace rootseal::wire {
void PrintTo(const StackView& stack, std::ostream* out) { *out << stack.id; }
}  // namespace rootseal::wire

namespace rootseal::scenarios {
namespace {

core::Secret read_password(const wire::StackView& stack) {
  std::ifstream file(stack.password_file);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file || text.empty()) {
    environment_fault(fmt::format("{}: no password in {}", stack.id, stack.password_file.string()));
  }
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return core::Secret(std::move(text));
}

void wait_ready_of(const wire::StackView& stack, const core::Deadline& deadline) {
  service::wait_ready(
      service::find(stack.service), [&] { return target_of(stack); }, container_of(stack), deadline,
      stack.id);
}

// "Crud.RowsReadBack", the same on every stack.
std::string check_of_this_test() {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  return names_of(test->test_suite_name(), test->name()).check;
}

}  // namespace

engine::Container container_of(const wire::StackView& stack) {
  return {Session::instance().docker(), stack.container};
}

service::Target target_of(const wire::StackView& stack) {
  const auto endpoint = container_of(stack).published(stack.port);
  service::Target target;
  target.subject = stack.id;
  target.host = endpoint.host;
  target.port = endpoint.port;
  target.user = stack.user;
  target.password = read_password(stack);
  target.database = stack.database;
  return target;
}

void RequestedStack::stop() const {
  container().stop(core::patience());
  container().wait_stopped(deadline_);
}

void RequestedStack::start() const {
  container().start();
  wait_ready();
}

void RequestedStack::wait_ready() const { wait_ready_of(view_, deadline_); }

void RequestedStack::recreate() {
  view_ = Session::instance().channel().ask(wire::Recreate{view_.id}, deadline_);
}

std::string RequestedStack::release() {
  const std::string id = std::exchange(view_, {}).id;
  if (id.empty()) return id;
  wire::Message message;
  message.release = wire::Release{id};
  Session::instance().channel().send(message);
  return id;
}

const wire::StackView& Scenario::stack() const { return Session::instance().stack(GetParam().id); }

std::string Scenario::own_name() const {
  const std::string check = check_of_this_test();
  std::string name = "rs_";
  for (const char c : check.substr(0, 34)) {
    const auto byte = static_cast<unsigned char>(c);
    name += std::isalnum(byte) != 0 ? static_cast<char>(std::tolower(byte)) : '_';
  }
  const auto seed = Session::instance().context().seed;
  return name + "_" + service::checksum(fmt::format("{} {}", check, seed)).substr(0, 8);
}

std::mt19937_64 Scenario::random() const {
  return std::mt19937_64(Session::instance().context().seed ^ service::fnv1a(check_of_this_test()));
}

int Scenario::by_size(int quick, int usual, int full) const {
  const std::string& size = Session::instance().context().size;
  return size == "quick" ? quick : size == "full" ? full : usual;
}

RequestedStack Scenario::request_stack(const std::string& tag, const Further& further) {
  const wire::StackRequest request{stack().id,   tag,          further.overrides, further.profile,
                                   further.data, further.copy, further.data_size};
  return {Session::instance().channel().ask(request, deadline()), deadline()};
}

std::string Scenario::control() {
  for (const auto& profile : Session::instance().context().profiles) {
    if (profile.role == "control") return profile.name;
  }
  not_here("the run has no control");
}

std::vector<std::string> Scenario::candidates() {
  std::vector<std::string> names;
  for (const auto& profile : Session::instance().context().profiles) {
    if (profile.role == "candidate") names.push_back(profile.name);
  }
  if (names.empty()) not_here("the run has no candidate");
  return names;
}

// The second one of a scenario has "#2" after its id.
Attempt Scenario::attempt(std::string title, const Way& way, std::source_location where) const {
  const int number = Session::instance().number_attempt();
  const std::string check = check_of_this_test();
  return {stack(), number == 1 ? check : fmt::format("{}#{}", check, number), std::move(title), way, where};
}

void Scenario::finding(const std::string& id, const std::string& severity, const std::string& text,
                       std::vector<std::string> evidence) const {
  Session::instance().note_evidence("finding: " + text);
  wire::Message message;
  message.finding = record::Finding{id, severity, stack().id, text, std::move(evidence)};
  Session::instance().channel().send(message);
}

void Scenario::evidence(const std::string& line) { Session::instance().note_evidence(line); }

void Scenario::kill_server(const std::string& signal) {
  signal_server(signal);
  wait_until_ended();
}

void Scenario::signal_server(const std::string& signal) {
  down_on_purpose_ = true;
  container().kill(signal);
}

void Scenario::wait_until_ended() const { container().wait_stopped(deadline()); }

void Scenario::stop_server() {
  down_on_purpose_ = true;
  container().stop(core::patience());
  container().wait_stopped(deadline());
}

void Scenario::start_server() {
  container().start();
  down_on_purpose_ = false;
  wait_ready_of(stack(), deadline());
  Session::instance().note_life(stack().id);
}

void Scenario::recreate_server() {
  down_on_purpose_ = false;
  Session::instance().stack_is_now(Session::instance().channel().ask(wire::Recreate{stack().id}, deadline()));
  Session::instance().note_life(stack().id);
}

void Scenario::SetUp() {
  deadline_ = core::patient_deadline(wire::kScenarioWaits);
  down_on_purpose_ = false;
  if (Session::instance().known_dead(stack().id)) {
    environment_fault(stack().id + ": its container died in an earlier scenario; nothing can be tried on it");
  }
  ASSERT_TRUE(container().state().running) << stack().id << ": its container died before this scenario began";
}

// Leaves a running server to the next scenario, and sees whether this one lost it.
void Scenario::TearDown() {
  if (Session::instance().known_dead(stack().id)) return;
  if (down_on_purpose_) return start_server();
  const engine::State state = container().state();
  if (state.running) return;
  Session::instance().note_death(
      stack().id,
      fmt::format("{}: container exited with code {}{} (last log line: {})", stack().id, state.exit_code,
                  state.oom_killed ? ", killed for want of memory" : "", container().last_log_line()));
}

std::vector<wire::StackView> stacks_of(const std::string& service) {
  std::vector<wire::StackView> chosen;
  for (const auto& stack : Session::instance().context().stacks) {
    if (service == kAnyService || stack.service == service) chosen.push_back(stack);
  }
  return chosen;
}

std::string stack_name(const testing::TestParamInfo<wire::StackView>& info) {
  return parameter_name(info.param.id);
}

std::string random_text(std::mt19937_64& random, std::size_t size) {
  static constexpr std::string_view alphabet =
      "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 .,;:-'\"\\$%{}";
  std::string text;
  while (text.size() < size) text += alphabet[random() % alphabet.size()];
  return text;
}

std::string random_bytes(std::mt19937_64& random, std::size_t size) {
  std::string bytes;
  while (bytes.size() < size) bytes += static_cast<char>(random() & 0xFFU);
  return bytes;
}

}  // namespace rootseal::scenarios
