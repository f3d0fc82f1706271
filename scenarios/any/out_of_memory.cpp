// The kernel kills a process of the server for want of memory, in the middle of writes.
#include <fmt/format.h>

#include <fstream>
#include <thread>

#include "any/by_itself.hpp"
#include "any/journal.hpp"
#include "engine/counters.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::out_of_memory {
namespace {

constexpr int kMemory = 512 << 20;

// No swap, so that what is too much is refused at once. The claim of a profile that has a limit follows it.
std::string limited() {
  return fmt::format(
      "x-rootseal: {{claims: {{memory: {0}}}}}\n"
      "services: {{server: {{mem_limit: {0}, memswap_limit: {0}}}}}\n",
      kMemory);
}

class OutOfMemory : public Scenario {
 protected:
  // The kernel takes the process with the highest score: every process of the server before whoever wastes
  // the memory. Raising a score is what `oom_score_adj` of a Compose file does.
  static void make_the_server_the_victim(const engine::Container& container) {
    const auto listed = container.docker().must({"top", container.id(), "-eo", "pid"},
                                                "listing its processes", container.id());
    std::istringstream words(listed.out);
    int raised = 0;
    for (std::string word; words >> word;) {
      if (word.find_first_not_of("0123456789") != std::string::npos) continue;
      std::ofstream score("/proc/" + word + "/oom_score_adj");
      if (score << 1000 << std::flush) ++raised;
    }
    if (raised == 0) environment_fault("no process of the server could be made the kernel's choice");
  }

  // Wastes memory of the container until something gave way.
  static void waste_memory(const engine::Container& container, const core::Deadline& deadline) {
    engine::Exec exec;
    exec.argv = {"sh", "-c", "head -c 4096m /dev/zero | tail | wc -c"};
    exec.limit = deadline.at_most(core::Milliseconds(60'000)).remaining();
    try {
      (void)container.exec(exec);
    } catch (const core::Interrupted&) {
      throw;
    } catch (const core::HarnessError&) {
      // The container ended with it.
    }
  }
};

TEST_P(OutOfMemory, AKillByTheKernelLosesNothingThatWasAcknowledged) {
  const auto small = request_stack("memory", Further{.overrides = {limited()}});
  Journal journal(ledger_of(service()), own_name(), random()());
  journal.create(small.target(), small.container());
  const engine::Counters counters(small.container());
  const auto before = counters.killed_for_memory();
  Writing writing(journal, small.target(), deadline());
  ASSERT_TRUE(writing.reaches(static_cast<std::uint64_t>(by_size(100, 300, 1'000))))
      << "the server broke off before the memory was short: " << journal.refusal;
  make_the_server_the_victim(small.container());
  waste_memory(small.container(), deadline());
  writing.join();
  if (!writing.fault.empty()) environment_fault(writing.fault);

  // A container whose first process was killed is called running for a moment yet, and its counters are gone.
  auto state = small.container().state();
  auto after = counters.killed_for_memory();
  core::wait_until(
      [&] {
        state = small.container().state();
        after = state.running ? counters.killed_for_memory() : std::nullopt;
        return !state.running || after || !before ? core::Wait::done : core::Wait::again;
      },
      deadline().at_most(core::Milliseconds(10'000)), core::Milliseconds(100));
  evidence(fmt::format(
      "limit {} MiB; killed by the kernel: {}; container {}; the engine says oom_killed = {}", kMemory >> 20,
      before && after ? fmt::format("{} processes", *after - *before) : "its cgroup is gone",
      state.running ? "went on" : fmt::format("ended with {}", state.exit_code), state.oom_killed));
  // A start script may end with 0 whatever its server ended with; then the engine's word counts.
  const bool killed =
      before && after ? *after > *before : !state.running && (state.exit_code != 0 || state.oom_killed);
  if (!killed || !writing.ended())
    environment_fault("the kernel killed no process of the server: nothing was seen");
  const auto began = core::Deadline::Clock::now();
  if (!answers_by_itself(small)) small.start();
  evidence("answers again " + core::in_seconds(core::Deadline::Clock::now() - began) + " later");
  const auto wrong = journal.differences(small.target());
  if (!wrong.empty()) ADD_FAILURE() << shortened(wrong);
  EXPECT_TRUE(journal.append(small.target(), 20, deadline()))
      << "it answers again, but does not acknowledge: " << journal.refusal;
  evidence(fmt::format("{} entries acknowledged, {} attempted, seed of payloads {}",
                       journal.acknowledged_so_far(), journal.attempted(), journal.seed()));
}

ROOTSEAL_LONGER_SCENARIOS(recovery, OutOfMemory, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios::out_of_memory
