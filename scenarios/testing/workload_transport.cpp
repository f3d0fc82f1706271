#include "testing/workload_transport.hpp"

#include <fmt/format.h>

#include <deque>
#include <system_error>

#include "core/error.hpp"

namespace rootseal::workload {

namespace fs = std::filesystem;

namespace {

Transport only(const std::string& name, const std::string& why_not, const std::string& subject) {
  if (!why_not.empty()) {
    throw core::HarnessError({"connecting over " + name, subject, why_not, "--transport auto"});
  }
  return {name, ""};
}

}  // namespace

void require_transport(const std::string& wanted) {
  for (const char* known : {"auto", "netns", "socket", "published"}) {
    if (wanted == known) {
      return;
    }
  }
  throw core::UsageError({"reading the context", "transport", "'" + wanted + "' is not a transport",
                          "auto, netns, socket or published"});
}

Transport choose_transport(const std::string& wanted, const Ways& ways, const std::string& subject) {
  if (wanted == "netns") {
    return only(wanted, ways.why_no_netns, subject);
  }
  if (wanted == "socket") {
    return only(wanted, ways.why_no_socket, subject);
  }
  if (wanted == "published") {
    return {wanted, ""};
  }
  require_transport(wanted);
  if (ways.why_no_netns.empty()) {
    return {"netns", ""};
  }
  if (ways.why_no_socket.empty()) {
    return {"socket", ways.why_no_netns};
  }
  return {"published", ways.why_no_netns + "; " + ways.why_no_socket};
}

std::string to_text(const Transport& transport) {
  return transport.why.empty() ? transport.name : transport.name + ": " + transport.why;
}

fs::path path_inside(const fs::path& root, const fs::path& path) {
  std::deque<fs::path> left;
  const auto go = [&left](const fs::path& way) { left.insert(left.begin(), way.begin(), way.end()); };
  go(path.relative_path());
  fs::path at;  // relative to root, without links
  for (int links = 0; !left.empty();) {
    const fs::path step = left.front();
    left.pop_front();
    if (step == "..") {
      at = at.parent_path();
      continue;
    }
    if (step.empty() || step == ".") {
      continue;
    }
    std::error_code none;
    const fs::path target = fs::read_symlink(root / at / step, none);
    constexpr int kMostLinks = 40;  // as the kernel
    if (none || ++links > kMostLinks) {
      at /= step;
      continue;
    }
    if (target.is_absolute()) {
      at.clear();
    }
    go(target.relative_path());
  }
  return root / at;
}

std::string why_no_socket_in(const fs::path& directory) {
  std::error_code error;
  for (auto entry = fs::directory_iterator(directory, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    if (entry->is_socket(error)) {
      return "";
    }
  }
  return error ? fmt::format("{}: {}", directory.string(), error.message())
               : fmt::format("no socket in {}", directory.string());
}

}  // namespace rootseal::workload
