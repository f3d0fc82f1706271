// A copy of a stopped server's data volume is a backup: another stack starts on it and has everything, and
// the original goes on as if nothing had been.
#include <fmt/format.h>

#include "any/journal.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::cold_copy {
namespace {

using ColdCopy = Scenario;

TEST_P(ColdCopy, OfTheDataVolumeIsABackup) {
  Journal journal(ledger_of(service()), own_name(), random()());
  journal.create(target(), container());
  const auto count = static_cast<std::uint64_t>(by_size(50, 200, 1'000));
  ASSERT_TRUE(journal.append(target(), count, deadline()))
      << "entry " << journal.attempted() << " was not acknowledged: " << journal.refusal;
  stop_server(core::Milliseconds(30'000));
  const auto copy = request_stack("copy", Further{.data = stack().id, .copy = true});
  start_server();

  // What the original takes from now on is not in the copy: the two are apart.
  auto wrong = journal.differences(copy.target());
  if (!wrong.empty()) ADD_FAILURE() << "in the copy: " << shortened(wrong);
  ASSERT_TRUE(journal.append(target(), count, deadline())) << "the original: " << journal.refusal;
  wrong = journal.differences(target());
  if (!wrong.empty()) ADD_FAILURE() << "in the original: " << shortened(wrong);
  EXPECT_EQ(journal.differences(copy.target()).size(), count)
      << "what was written to the original after the copy was made is in the copy";
  evidence(
      fmt::format("{} entries, all in a stack that was started on the copy; {} more in the original alone",
                  count, count));
  journal.drop(target());
}

ROOTSEAL_LONGER_SCENARIOS(recovery, ColdCopy, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios::cold_copy
