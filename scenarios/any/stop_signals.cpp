// Signals that end the server in order, sent while it is writing: operators, schedulers and init systems do
// not all send the one that the image declares.
#include <fmt/format.h>

#include <algorithm>

#include "any/journal.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::stop_signals {
namespace {

class StopSignal : public Scenario {
 protected:
  void ends_in_order_on(const std::string& signal) {
    const auto& known = service().description().stop_signals;
    if (std::find(known.begin(), known.end(), signal) == known.end()) {
      not_here(service().description().title + " does not promise to end in order on SIG" + signal);
    }
    Journal journal(ledger_of(service()), own_name(), random()());
    journal.create(target(), container());
    Writing writing(journal, target(), deadline());
    const bool was_writing = writing.reaches(static_cast<std::uint64_t>(by_size(50, 200, 1'000)));
    const auto before = core::Deadline::Clock::now();
    if (was_writing) let_go(writing, signal);
    writing.join();
    if (!writing.fault.empty()) environment_fault(writing.fault);
    ASSERT_TRUE(was_writing) << "the server broke off before the signal, after "
                             << journal.acknowledged_so_far() << " acknowledged entries: " << journal.refusal;
    const auto took = core::Deadline::Clock::now() - before;
    EXPECT_EQ(container().state().exit_code, 0) << "the server did not end in order on SIG" << signal;
    start_server();
    const auto wrong = journal.differences(target());
    if (!wrong.empty()) ADD_FAILURE() << shortened(wrong);
    evidence(
        fmt::format("{} entries acknowledged before SIG{} took effect, all looked for after the restart; "
                    "it ended {} after the signal",
                    journal.acknowledged_so_far(), signal, core::in_seconds(took)));
    journal.drop(target());
  }

 private:
  // Some servers wait for their clients before they end: the client hangs up once it has been told, or has
  // seen that it gets no answers.
  void let_go(Writing& writing, const std::string& signal) {
    signal_server(signal);
    writing.join();
    wait_until_ended();
  }
};

TEST_P(StopSignal, TermEndsItInOrder) { ends_in_order_on("TERM"); }
TEST_P(StopSignal, IntEndsItInOrder) { ends_in_order_on("INT"); }

ROOTSEAL_LONGER_SCENARIOS(recovery, StopSignal, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios::stop_signals
