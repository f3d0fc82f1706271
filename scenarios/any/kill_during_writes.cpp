// SIGKILL in the middle of writes: a crash of the process, not a loss of power.
#include <fmt/format.h>

#include "any/journal.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::kill_during_writes {
namespace {

using KillDuringWrites = Scenario;

TEST_P(KillDuringWrites, LosesNothingThatWasAcknowledged) {
  const auto enough = static_cast<std::uint64_t>(by_size(100, 500, 2'000));
  Journal journal(ledger_of(service()), own_name(), random()());
  journal.create(target(), container());
  Writing writing(journal, target(), deadline());
  const bool was_writing = writing.reaches(enough);
  kill_server("KILL");
  writing.join();
  if (!writing.fault.empty()) environment_fault(writing.fault);
  ASSERT_EQ(journal.refusal, "");
  ASSERT_TRUE(was_writing) << "the server broke off before it was killed, after "
                           << journal.acknowledged_so_far() << " acknowledged entries";
  const auto before = core::Deadline::Clock::now();
  start_server();
  evidence("answers again " + core::in_seconds(core::Deadline::Clock::now() - before) +
           " after its start, with what it had to recover");

  const auto wrong = journal.differences(target());
  if (!wrong.empty()) ADD_FAILURE() << shortened(wrong);
  evidence(fmt::format("{} entries acknowledged before SIGKILL, {} attempted, seed of payloads {}",
                       journal.acknowledged_so_far(), journal.attempted(), journal.seed()));
  if (journal.acknowledged_so_far() < enough) {
    environment_fault(
        fmt::format("only {} of {} entries were acknowledged before the kill: too few to say anything",
                    journal.acknowledged_so_far(), enough));
  }
  journal.drop(target());
}

ROOTSEAL_SCENARIOS(recovery, KillDuringWrites, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios::kill_during_writes
