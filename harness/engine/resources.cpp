#include "engine/resources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <thread>

#include "core/error.hpp"
#include "core/secret.hpp"
#include "core/text.hpp"

namespace rootseal::engine {
namespace {

using core::Milliseconds;
using Kind = Resource::Kind;

constexpr Milliseconds kBetweenSweeps{250};

struct Listing {
  Kind kind;
  std::vector<std::string> command;
  std::string identity;  // format of "id, tab, name"
};

const std::array<Listing, 3>& listings() {
  static const std::array<Listing, 3> all = {
      Listing{Kind::container, {"ps", "--all", "--no-trunc"}, "{{.ID}}\t{{.Names}}"},
      Listing{Kind::network, {"network", "ls", "--no-trunc"}, "{{.ID}}\t{{.Name}}"},
      Listing{Kind::volume, {"volume", "ls"}, "{{.Name}}\t{{.Name}}"}};
  return all;
}

std::string format_of(const Listing& listing) {
  std::string format = listing.identity;
  for (const char* label : {kRunLabel, kOwnerLabel, kStackLabel, kKeptLabel}) {
    format += fmt::format("\t{{{{.Label \"{}\"}}}}", label);
  }
  return format;
}

void append(std::vector<Resource>& resources, Kind kind, const std::string& rows) {
  for (const std::string& row : core::split(rows, '\n')) {
    const std::vector<std::string> cells = core::split(row, '\t');
    if (cells.size() < 6 || cells[0].empty()) continue;
    resources.push_back({kind, cells[0], cells[1], cells[2], cells[3], cells[4], cells[5] == "true"});
  }
}

std::vector<std::string> removal_command(Kind kind) {
  if (kind == Kind::container) return {"rm", "--force", "--volumes"};
  if (kind == Kind::network) return {"network", "rm"};
  return {"volume", "rm", "--force"};
}

// A thing that somebody else removed meanwhile is what we wanted.
bool already_gone(const std::string& message) {
  for (const char* words : {"No such", "no such", "not found"}) {
    if (message.find(words) != std::string::npos) return true;
  }
  return false;
}

// Returns how many are gone.
int remove_kind(const Docker& docker, Kind kind, const std::vector<Resource>& resources,
                std::vector<std::string>& failed) {
  std::vector<std::string> args = removal_command(kind);
  const std::size_t words = args.size();
  for (const Resource& resource : resources) {
    if (resource.kind == kind) args.push_back(resource.id);
  }
  const int asked = static_cast<int>(args.size() - words);
  if (asked == 0) return 0;
  const process::Outcome outcome = docker.run(std::move(args));
  if (outcome.ok()) return asked;
  int refused = 0;
  for (const std::string& line : core::split(outcome.err, '\n')) {
    if (line.empty() || already_gone(line) || line.rfind("exit status", 0) == 0) continue;
    failed.push_back(core::UntrustedText(line).printable(400));
    ++refused;
  }
  if (outcome.timed_out || outcome.signal != 0) {
    failed.push_back("docker: " + outcome.ending());
    return 0;
  }
  return std::max(0, asked - refused);
}

}  // namespace

std::vector<Resource> labelled(const Docker& docker, const std::string& run, const std::string& project) {
  std::vector<Resource> resources;
  for (const Listing& listing : listings()) {
    std::vector<std::string> args = listing.command;
    args.insert(args.end(),
                {"--filter", fmt::format("label={}{}{}", kRunLabel, run.empty() ? "" : "=", run)});
    if (!project.empty())
      args.insert(args.end(), {"--filter", fmt::format("label={}={}", kProjectLabel, project)});
    args.insert(args.end(), {"--format", format_of(listing)});
    append(resources, listing.kind, docker.must(std::move(args), "listing what is labelled", run).out);
  }
  return resources;
}

Removal remove(const Docker& docker, const std::vector<Resource>& resources) {
  Removal removal;
  removal.containers = remove_kind(docker, Kind::container, resources, removal.failed);
  removal.networks = remove_kind(docker, Kind::network, resources, removal.failed);
  removal.volumes = remove_kind(docker, Kind::volume, resources, removal.failed);
  return removal;
}

Removal remove_run(const Docker& docker, const std::string& run, const core::Deadline& deadline, int stable,
                   const std::string& project) {
  Removal total;
  int nothing_found = 0;
  const auto sweep = [&] {
    std::vector<Resource> found = labelled(docker, run, project);
    if (!found.empty()) {
      nothing_found = 0;
      Removal once = remove(docker, found);
      total.containers += once.containers;
      total.networks += once.networks;
      total.volumes += once.volumes;
      total.failed = std::move(once.failed);
      found = labelled(docker, run, project);
    }
    if (!found.empty()) return core::Wait::again;
    total.failed.clear();
    return ++nothing_found >= stable ? core::Wait::done : core::Wait::again;
  };
  const bool clean = core::wait_until(sweep, deadline, kBetweenSweeps);
  if (!clean && total.failed.empty() && nothing_found == 0) {
    for (const Resource& left : labelled(docker, run, project))
      total.failed.push_back("still there: " + left.name);
  }
  return total;
}

}  // namespace rootseal::engine
