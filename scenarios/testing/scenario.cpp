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

RequestedStack::~RequestedStack() {
  if (view_.id.empty()) return;
  wire::Message message;
  message.release = wire::Release{view_.id};
  Session::instance().channel().send(message);
}

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

RequestedStack Scenario::request_stack(const std::string& tag, const std::vector<std::string>& overrides) {
  RequestedStack requested(Session::instance().channel().ask({stack().id, tag, overrides}, deadline()));
  const auto& view = requested.view();
  service::wait_ready(
      service(), [&] { return target_of(view); }, container_of(view), deadline(), view.id);
  return requested;
}

// The second one of a scenario has "#2" after its id.
Attempt Scenario::attempt(std::string title, const Way& way, std::source_location where) const {
  const int number = Session::instance().number_attempt();
  const std::string check = check_of_this_test();
  return {stack(), number == 1 ? check : fmt::format("{}#{}", check, number), std::move(title), way, where};
}

void Scenario::evidence(const std::string& line) { Session::instance().note_evidence(line); }

void Scenario::kill_server(const std::string& signal) {
  down_on_purpose_ = true;
  container().kill(signal);
  container().wait_stopped(deadline());
}

void Scenario::stop_server(core::Milliseconds grace) {
  down_on_purpose_ = true;
  container().stop(grace);
  container().wait_stopped(deadline());
}

void Scenario::start_server() {
  container().start();
  down_on_purpose_ = false;
  service::wait_ready(
      service(), [&] { return target(); }, container(), deadline(), stack().id);
  Session::instance().note_life(stack().id);
}

void Scenario::SetUp() {
  deadline_ = core::Deadline::after(core::Milliseconds(by_size(180'000, 180'000, 600'000)));
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
