// The server's log arrives where the profile says, and nowhere else: whoever reads the wrong place sees
// nothing wrong.
#include <fmt/format.h>

#include "engine/files.hpp"
#include "service/checksum.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios {
namespace {

constexpr const char* kConsole = "console";
constexpr std::size_t kMostOfAFile = 16U << 20U;

class Logs : public Scenario {
 protected:
  [[nodiscard]] bool console_has(const std::string& text) const {
    return container().logs().find(text) != std::string::npos;
  }

  // The file in `folder` that holds the text; empty = none.
  [[nodiscard]] std::string file_with(const std::string& folder, const std::string& text) const {
    const engine::Files files(container());
    for (const auto& name : files.list(folder)) {
      const std::string path = folder + "/" + name;
      const auto content = files.read(path, kMostOfAFile);
      if (content && content->find(text) != std::string::npos) return path;
    }
    return "";
  }

  // Where the text is among the console and `folders`, one line a place.
  [[nodiscard]] std::vector<std::string> places_of(const std::string& text,
                                                   const std::vector<std::string>& folders) const {
    std::vector<std::string> places;
    if (console_has(text)) places.emplace_back(kConsole);
    for (const auto& folder : folders) {
      const std::string file = file_with(folder, text);
      if (!file.empty()) places.push_back(file);
    }
    return places;
  }

  [[nodiscard]] std::vector<std::string> folders() const {
    std::vector<std::string> all;
    const auto facts = service().facts(stack().version);
    const auto usual = facts.find("log_dir");
    if (usual != facts.end()) all.push_back(usual->second);
    if (stack().logs != kConsole && (all.empty() || all.front() != stack().logs)) all.push_back(stack().logs);
    return all;
  }
};

TEST_P(Logs, ArriveWhereTheProfileSaysAndNowhereElse) {
  const std::string& declared = stack().logs;
  const std::string token = service::checksum(
      fmt::format("{} {}", own_name(), core::in_seconds(core::Deadline::Clock::now().time_since_epoch())));
  const std::string line = service().provoke_log_line(target(), token);
  const auto arrived = [&] {
    const bool there = declared == kConsole ? console_has(line) : !file_with(declared, line).empty();
    return there ? core::Wait::done : core::Wait::again;
  };
  const core::Milliseconds patience{by_size(10'000, 20'000, 20'000)};
  const bool in_time = core::wait_until(arrived, deadline().at_most(patience));
  const auto places = places_of(line, folders());
  if (!in_time) {
    ADD_FAILURE() << "a line that the server was made to log ('" << line << "') did not arrive in "
                  << declared << " within " << core::in_seconds(patience)
                  << (places.empty() ? "" : ", but in " + places.front());
  }
  for (const auto& place : places) {
    const bool as_declared = declared == kConsole ? place == kConsole : place.starts_with(declared + "/");
    if (!as_declared) {
      ADD_FAILURE() << "the profile says that logs go to " << declared << ", but this one went to " << place;
    }
    evidence("found in " + place);
  }
}

ROOTSEAL_SCENARIOS(function, Logs, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios
