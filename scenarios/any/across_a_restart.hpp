// any/across_a_restart: the fixture of scenarios in which the server ends and begins again: what it
// acknowledged is there, and what lay in memory is not.
#pragma once

#include <fmt/format.h>

#include <functional>

#include "any/journal.hpp"
#include "any/memory_mounts.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios {

class AcrossARestart : public Scenario {
 protected:
  // `restart` ends the server and has it answer again. `what` names that for the evidence: "the restart".
  void keeps_data_and_empties_tmpfs(const std::function<void()>& restart, const std::string& what) {
    Journal journal(ledger_of(service()), own_name(), random()());
    journal.create(target(), container());
    const auto count = static_cast<std::uint64_t>(by_size(50, 200, 1'000));
    ASSERT_TRUE(journal.append(target(), count, deadline()))
        << "entry " << journal.attempted() << " was not acknowledged: " << journal.refusal;
    const auto folders = memory_mounts(stack());
    for (const auto& folder : folders) leave_marker(container(), folder, marker_in(folder));

    restart();

    const auto wrong = journal.differences(target());
    if (!wrong.empty()) ADD_FAILURE() << shortened(wrong);
    evidence(fmt::format("{} entries were acknowledged before {}, seed of payloads {}, {}", count, what,
                         journal.seed(), wrong.empty() ? "all are there" : "NOT all are there"));
    const engine::Files files(container());
    for (const auto& folder : folders) {
      const bool survived = files.stat(marker_in(folder)).has_value();
      EXPECT_FALSE(survived) << folder << " is a tmpfs, but what was in it survived " << what;
      evidence("tmpfs " + folder + (survived ? ": NOT emptied" : ": emptied") + " by " + what);
    }
    if (folders.empty()) evidence("the profile declares no writable tmpfs: nothing to see emptied");
    journal.drop(target());
  }

  // Starts the server that has ended; how long it took goes into the evidence.
  void start_timed() {
    const auto before = core::Deadline::Clock::now();
    start_server();
    evidence("answers again " + core::in_seconds(core::Deadline::Clock::now() - before) + " after its start");
  }

 private:
  [[nodiscard]] std::string marker_in(const std::string& folder) const { return folder + "/" + own_name(); }
};

}  // namespace rootseal::scenarios
