#include "testing/workload_server.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <utility>

#include "core/error.hpp"
#include "testing/workload_netns.hpp"

namespace rootseal::workload {

namespace {

core::Secret read_password(const wire::StackView& view) {
  std::ifstream file(view.password_file);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) {
    throw core::HarnessError({"reading its password file", view.id,
                              view.password_file.string() + ": cannot be read", "is the stack still up?"});
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
    text.pop_back();
  }
  return core::Secret(std::move(text));
}

}  // namespace

ContainerServer::ContainerServer(const engine::Docker& docker, wire::StackView view)
    : view_(std::move(view)), container_(docker, view_.container) {
  container_.require_running("connecting to it", view_.id);
  pid_ = container_.state().pid;
  why_published_ = why_no_network_of(pid_, container_.id());
  target_ = {view_.id, "127.0.0.1", view_.port, view_.user, read_password(view_), view_.database};
  if (!why_published_.empty()) {
    const auto endpoint = container_.published(view_.port);
    target_.host = endpoint.host;
    target_.port = endpoint.port;
  }
}

void ContainerServer::connect(const std::function<void(const service::Target&)>& work) const {
  if (!why_published_.empty()) {
    return work(target_);
  }
  in_network_of(pid_, view_.id, [&] { work(target_); });
}

std::string ContainerServer::how_it_ended() const {
  const auto state = container_.state();
  if (state.running && state.pid == pid_) {
    return "";
  }
  return fmt::format("container {} (exit code {}; last log line: {})",
                     state.running ? "was started again" : "ended", state.exit_code,
                     container_.last_log_line());
}

}  // namespace rootseal::workload
