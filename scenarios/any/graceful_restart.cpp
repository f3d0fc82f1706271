// A graceful restart keeps the data and empties what lives in memory.
#include <fmt/format.h>

#include <algorithm>

#include "engine/files.hpp"
#include "testing/ledger_check.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios {
namespace {

class GracefulRestart : public Scenario {
 protected:
  // tmpfs mounts that the profile declares writable; the engine's own (/dev, /dev/shm) are not of the
  // profile.
  [[nodiscard]] std::vector<std::string> memory_mounts() const {
    std::vector<std::string> found;
    for (const auto& mount : container().mounts()) {
      const auto& declared = stack().writable;
      const bool ours = std::find(declared.begin(), declared.end(), mount.target) != declared.end();
      if (ours && mount.type == "tmpfs" && mount.writable()) found.push_back(mount.target);
    }
    return found;
  }

  // As the owner of the folder, because a root without capabilities may not write everywhere.
  void leave_marker(const std::string& folder) const {
    const auto facts = engine::Files(container()).stat(folder);
    if (!facts) environment_fault(folder + " is mounted but cannot be seen from outside");
    engine::Exec exec;
    exec.argv = {"sh", "-c", "echo here > \"$0\"", marker_in(folder)};
    exec.user = {facts->uid, facts->gid};
    const auto outcome = container().exec(exec);
    ASSERT_TRUE(outcome.ok()) << "no marker could be left in " << folder << ": " << outcome.ending() << " "
                              << core::UntrustedText(outcome.err).last_line();
    ASSERT_TRUE(engine::Files(container()).stat(marker_in(folder))) << folder;
  }

  [[nodiscard]] std::string marker_in(const std::string& folder) const { return folder + "/" + own_name(); }

  [[nodiscard]] std::map<std::uint64_t, std::string> write_entries(const service::Ledger& ledger) const {
    auto rng = random();
    std::map<std::uint64_t, std::string> entries;
    const auto writer = ledger.writer(target(), own_name());
    const auto count = static_cast<std::uint64_t>(by_size(50, 200, 1'000));
    for (std::uint64_t number = 1; number <= count; ++number) {
      entries[number] = random_text(rng, 20 + rng() % 200);
      EXPECT_TRUE(writer->append(number, entries[number], deadline()))
          << "entry " << number << " was not acknowledged";
    }
    return entries;
  }
};

TEST_P(GracefulRestart, KeepsTheDataAndEmptiesTmpfs) {
  const service::Ledger* ledger = service().ledger();
  if (ledger == nullptr) GTEST_SKIP() << "keeps no ledger";
  ledger->drop(target(), own_name());  // of a run by hand that was cut off
  ledger->create(target(), container(), own_name());
  const auto written = write_entries(*ledger);
  if (HasFailure()) return;
  const auto folders = memory_mounts();
  for (const auto& folder : folders) ASSERT_NO_FATAL_FAILURE(leave_marker(folder));

  stop_server(core::Milliseconds(30'000));
  EXPECT_EQ(container().state().exit_code, 0) << "the server did not end by itself when asked to";
  const auto before = core::Deadline::Clock::now();
  start_server();
  evidence("answers again " + core::in_seconds(core::Deadline::Clock::now() - before) + " after its start");

  const Places places{"entry", "what was acknowledged", "the restarted server"};
  std::map<std::string, std::string> here, there;
  for (const auto& [number, payload] : written) here[std::to_string(number)] = payload;
  for (const auto& [number, payload] : ledger->read(target(), own_name()))
    there[std::to_string(number)] = payload;
  const auto wrong = compare_named(places, here, there);
  if (!wrong.empty()) ADD_FAILURE() << shortened(wrong);
  evidence(fmt::format("{} acknowledged entries, {} read after the restart", here.size(), there.size()));

  const engine::Files files(container());
  for (const auto& folder : folders) {
    const bool survived = files.stat(marker_in(folder)).has_value();
    EXPECT_FALSE(survived) << folder << " is a tmpfs, but what was in it survived the restart";
    evidence("tmpfs " + folder + (survived ? ": NOT emptied" : ": emptied") + " by the restart");
  }
  if (folders.empty()) evidence("the profile declares no writable tmpfs: nothing to see emptied");
  ledger->drop(target(), own_name());
}

ROOTSEAL_SCENARIOS(recovery, GracefulRestart, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios
