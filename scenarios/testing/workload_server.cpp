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

ContainerServer::ContainerServer(const engine::Docker& docker, wire::StackView view, std::string wanted)
    : view_(std::move(view)),
      container_(docker, view_.container),
      wanted_(std::move(wanted)),
      service_(service::find(view_.service)) {
  container_.require_running("connecting to it", view_.id);
  target_ = {view_.id, "", 0, view_.user, read_password(view_), view_.database};
  pid_ = container_.state().pid;
  find_the_way();
}

std::string ContainerServer::why_no_socket() const {
  if (socket_.empty()) {
    return service_.description().title + " offers no unix socket";
  }
  return why_no_socket_in(socket_);
}

void ContainerServer::find_the_way() {
  counters_.emplace(container_);
  const auto& inside = service_.description().socket;
  socket_ = inside.empty() ? "" : path_inside(fmt::format("/proc/{}/root", pid_), inside);
  transport_ =
      choose_transport(wanted_, {why_no_network_of(pid_, container_.id()), why_no_socket()}, view_.id);
  target_.host = transport_.name == "socket" ? socket_.string() : "127.0.0.1";
  target_.port = view_.port;
  if (transport_.name == "published") {
    const auto endpoint = container_.published(view_.port);
    target_.host = endpoint.host;
    target_.port = endpoint.port;
  }
}

void ContainerServer::connect(const std::function<void(const Site&)>& work) const {
  const Site site{target_, &container_, &service_};
  if (transport_.name != "netns") {
    return work(site);
  }
  in_network_of(pid_, view_.id, [&] { work(site); });
}

void ContainerServer::refresh() {
  const auto state = container_.state();
  if (state.running && state.pid != pid_) {
    pid_ = state.pid;
    find_the_way();
  }
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
