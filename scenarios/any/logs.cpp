// The server's log arrives where the profile says, and nowhere else: whoever reads the wrong place sees
// nothing wrong. And no place of a log holds the run's password.
#include <fmt/format.h>

#include <algorithm>

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

  // Until it is where the profile says: false when it does not arrive there in time.
  [[nodiscard]] bool arrives(const std::string& line) const {
    const SearchArea declared = stack().logs == kConsole ? SearchArea::console(container())
                                                         : SearchArea::folder(container(), stack().logs);
    const auto arrived = [&] { return declared.with(line).empty() ? core::Wait::again : core::Wait::done; };
    return core::wait_until(arrived, deadline().at_most(patience()));
  }
  [[nodiscard]] core::Milliseconds patience() const {
    return core::Milliseconds(by_size(10'000, 20'000, 20'000));
  }

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
  const bool arrived = arrives(line);
  const auto places = everywhere();
  const auto found = places.with(line);
  if (!arrived) {
    ADD_FAILURE() << "a line that the server was made to log ('" << line << "') did not arrive in "
                  << stack().logs << " within " << core::in_seconds(patience())
                  << (found.empty() ? "" : ", but in " + found.front());
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
  const bool arrived = arrives(line);  // once it has, the server has written what it had to say
  const auto places = everywhere();
  // A search that is blind would find no password either. That the line is elsewhere than the profile says is
  // the other scenario's finding; what stands there is searched here.
  const auto found = places.with(line);
  if (found.empty()) {
    environment_fault(fmt::format("the server was made to log a line, and it is found nowhere within {}: {}",
                                  core::in_seconds(patience()), places.summary()));
  }
  if (!arrived) evidence(fmt::format("the log is not in {}, but in {}", stack().logs, found.front()));
  for (const auto& place : places.with(target().password.reveal())) {
    ADD_FAILURE() << "the password of the run stands in " << place
                  << ", for everybody who may read logs or backups";
  }
  evidence(places.summary());
}

ROOTSEAL_SCENARIOS(function, Logs, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios::logs
