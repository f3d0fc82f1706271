// The server's log arrives where the profile says, and nowhere else: whoever reads the wrong place sees
// nothing wrong. And no place of a log holds the run's password.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "any/search_area.hpp"
#include "service/checksum.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::logs {
namespace {

class Logs : public Scenario {
 protected:
  [[nodiscard]] bool is_declared(const std::string& place) const {
    const std::string& declared = stack().logs;
    return declared == kConsole ? place == kConsole : place.starts_with(declared + "/");
  }

  // Has the server log a line that nobody has seen before. Returns the text that it can be found by.
  std::string provoke() {
    const std::string token = service::checksum(
        fmt::format("{} {}", own_name(), core::in_seconds(core::Deadline::Clock::now().time_since_epoch())));
    return service().provoke_log_line(target(), token);
  }

  // Until it is somewhere; false when it does not arrive in time. Where the profile says is looked at first,
  // because the other places take longer to read.
  [[nodiscard]] bool arrives(const std::string& line, const SearchArea& places) const {
    const SearchArea declared = stack().logs == kConsole ? SearchArea::console(container())
                                                         : SearchArea::folder(container(), stack().logs);
    const auto arrived = [&] {
      return declared.with(line).empty() && places.with(line).empty() ? core::Wait::again : core::Wait::done;
    };
    return core::wait_until(arrived, soon(), core::Milliseconds(100));
  }

  // Where a line that the server was made to log stands: everywhere, also where it comes later. When the next
  // line has arrived, and behind both a line of our own on the console, the first has gone every way.
  [[nodiscard]] std::vector<std::string> places_of(const std::string& line, const SearchArea& places) {
    if (!arrives(line, places)) return {};
    const std::string next = provoke();
    if (!arrives(next, places)) ADD_FAILURE() << "'" << line << "' was logged, but not '" << next << "'";
    const std::string mark = "rootseal was here: " + next;
    write_to_console(mark);
    const auto console = SearchArea::console(container());
    for (const char* stream : kStreams) {
      const auto came = [&] {
        return console.with(mark + stream).empty() ? core::Wait::again : core::Wait::done;
      };
      if (!core::wait_until(came, soon()))
        environment_fault("what is written to the console does not arrive");
    }
    return places.with(line);
  }

  // On both of its streams, which the engine reads apart, behind what the server has written to them.
  void write_to_console(const std::string& mark) const {
    for (const char* stream : kStreams) {
      std::ofstream out(fmt::format("/proc/{}/fd/{}", container().pid(), stream), std::ios::app);
      if (!(out << mark << stream << "\n" << std::flush))
        environment_fault("its console cannot be written to");
    }
  }
  static constexpr std::array<const char*, 2> kStreams{"1", "2"};

  // The console, everything that the profile lets the server write, the usual place of its logs, and what was
  // written to a writable root.
  [[nodiscard]] SearchArea everywhere() const {
    auto places = SearchArea::console(container());
    auto folders = stack().writable;
    const auto facts = service().facts(stack().version);
    const auto usual = facts.find("log_dir");
    if (usual != facts.end()) folders.push_back(usual->second);
    if (stack().logs != kConsole) folders.push_back(stack().logs);
    places.add_folders(folders);
    places.add_root_layer();
    return places;
  }
};

TEST_P(Logs, ArriveWhereTheProfileSaysAndNowhereElse) {
  const std::string line = provoke();
  const auto places = everywhere();
  const auto found = places_of(line, places);
  if (std::none_of(found.begin(), found.end(), [&](const auto& place) { return is_declared(place); })) {
    ADD_FAILURE() << "a line that the server was made to log ('" << line << "') did not arrive in "
                  << stack().logs
                  << (found.empty() ? " within " + core::in_seconds(core::patience())
                                    : ", but in " + found.front());
  }
  for (const auto& place : found) {
    if (places.on_root(place)) {
      ADD_FAILURE() << "the log goes to " << place
                    << " on the root filesystem: it is gone with the container, "
                    << "and a read-only root would stop it";
    } else if (!is_declared(place)) {
      ADD_FAILURE() << "the profile says that logs go to " << stack().logs << ", but this one went to "
                    << place;
    }
    evidence("found in " + place);
  }
  evidence(places.summary());
}

TEST_P(Logs, HoldNoPassword) {
  const std::string line = provoke();
  const auto places = everywhere();
  // A search that is blind would find no password either. That the line is elsewhere than the profile says is
  // the other scenario's finding; what stands there is searched here.
  const auto found = places_of(line, places);  // then the server has written what it had to say
  if (found.empty()) {
    environment_fault(fmt::format("the server was made to log a line, and it is found nowhere within {}: {}",
                                  core::in_seconds(core::patience()), places.summary()));
  }
  if (std::none_of(found.begin(), found.end(), [&](const auto& place) { return is_declared(place); }))
    evidence(fmt::format("the log is not in {}, but in {}", stack().logs, found.front()));
  for (const auto& place : places.with(target().password.reveal())) {
    ADD_FAILURE() << "the password of the run stands in " << place
                  << ", for everybody who may read logs or backups";
  }
  evidence(places.summary());
}

ROOTSEAL_SCENARIOS(function, Logs, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios::logs
