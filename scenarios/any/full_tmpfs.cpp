// Each tmpfs that the profile brings along is filled to its last block while the server works: it must not
// need the space that is left there, or a small tmpfs would be a trap.
#include <fmt/format.h>

#include "any/journal.hpp"
#include "any/memory_mounts.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::full_tmpfs {
namespace {

using FullTmpfs = Scenario;

TEST_P(FullTmpfs, KeepsNobodyFromWorking) {
  const auto folders = memory_mounts(stack());
  if (folders.empty()) not_here("the profile declares no writable tmpfs");
  Journal journal(ledger_of(service()), own_name(), random()());
  journal.create(target(), container());
  const auto count = static_cast<std::uint64_t>(by_size(20, 100, 500));
  for (const auto& folder : folders) {
    const std::string filler = folder + "/" + own_name();
    const auto bytes = fill_up(container(), folder, filler);
    // On a new connection.
    EXPECT_TRUE(journal.append(target(), count, deadline()))
        << folder << " is full and entry " << journal.attempted()
        << " was not acknowledged: " << journal.refusal;
    const auto removed = as_owner_of(folder, container(), "rm \"$0\"", filler);
    if (!removed.ok()) environment_fault("what fills " + folder + " could not be removed: " + removed.err);
    EXPECT_TRUE(journal.append(target(), count, deadline()))
        << folder << " has space again, but the server does not work: " << journal.refusal;
    evidence(fmt::format("{} filled with {} KiB: {} entries acknowledged meanwhile, {} afterwards", folder,
                         bytes >> 10U, count, count));
  }
  const auto wrong = journal.differences(target());
  if (!wrong.empty()) ADD_FAILURE() << shortened(wrong);
  journal.drop(target());
}

ROOTSEAL_LONGER_SCENARIOS(recovery, FullTmpfs, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios::full_tmpfs
