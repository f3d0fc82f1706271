// A data volume goes from the control's server to this profile's and back, as when a running service is
// hardened, and when that is taken back: both read what the other wrote.
#include <fmt/format.h>

#include "any/journal.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios {
namespace {

class VolumeTakenOver : public Scenario {
 protected:
  // Looks for everything that was written so far, writes on, and ends the server in order.
  void read_and_go_on(const RequestedStack& stack, Journal& journal, const std::string& who) {
    const auto before = journal.acknowledged_so_far();
    const auto wrong = journal.differences(stack.target());
    if (!wrong.empty()) ADD_FAILURE() << who << ": " << shortened(wrong);
    const bool written =
        journal.append(stack.target(), static_cast<std::uint64_t>(by_size(50, 200, 1'000)), deadline());
    EXPECT_TRUE(written) << who << ": entry " << journal.attempted()
                         << " was not acknowledged: " << journal.refusal;
    stack.stop(core::Milliseconds(30'000));
    EXPECT_EQ(stack.container().state().exit_code, 0) << who << " did not end by itself when asked to";
    evidence(fmt::format("{}: {} entries found, {} more acknowledged", who, before,
                         journal.acknowledged_so_far() - before));
  }
};

TEST_P(VolumeTakenOver, FromTheControlAndBackLosesNothing) {
  if (stack().role == "control") not_here("this is the control: it would take over from itself");
  const std::string usual = control();
  Journal journal(ledger_of(service()), own_name(), random()());

  auto first = request_stack("before", Further{.profile = usual});
  journal.create(first.target(), first.container());
  read_and_go_on(first, journal, usual);
  if (HasFailure()) return;

  auto second = request_stack("hardened", Further{.data = first.release()});
  read_and_go_on(second, journal, stack().profile + ", on that volume");
  if (HasFailure()) return;

  const auto third = request_stack("back", Further{.profile = usual, .data = second.release()});
  read_and_go_on(third, journal, usual + ", on it again");
}

ROOTSEAL_LONGER_SCENARIOS(recovery, VolumeTakenOver, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios
