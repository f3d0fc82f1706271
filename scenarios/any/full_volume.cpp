// The data volume is full: the server says so, acknowledges nothing that it cannot keep, loses nothing that
// it acknowledged, and works again when there is space. The volume is of a size of its own, in memory: the
// machine's disk is never filled.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "any/by_itself.hpp"
#include "any/journal.hpp"
#include "any/memory_mounts.hpp"
#include "record/finding_ids.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::full_volume {
namespace {

constexpr std::uint64_t kSize = 160ULL << 20U;
constexpr std::size_t kLargest = 16'000;

class FullVolume : public Scenario {
 protected:
  // Once the volume is full an acknowledgement must stop coming: at the latest when as much was sent as a
  // server can have set aside.
  void write_until_refused(const RequestedStack& stack, Journal& journal, std::size_t largest) {
    const auto began = journal.acknowledged_so_far();
    const auto too_many = [&] { return journal.acknowledged_so_far() - began > kSize / (largest / 2); };
    // A server that keeps its clients waiting refuses as well.
    const bool went_on =
        journal.append(stack.target(), too_many, deadline().at_most(core::Milliseconds(15'000)));
    if (went_on) {
      environment_fault(fmt::format("{} further entries were acknowledged: the volume was not full",
                                    journal.acknowledged_so_far() - began));
    }
    evidence(fmt::format("{} entries more were acknowledged, then: {}", journal.acknowledged_so_far() - began,
                         journal.refusal.empty() ? "no acknowledgement" : journal.refusal));
  }

  // The line with one of the texts by which this service says it; empty: none.
  [[nodiscard]] std::string line_that_says_full(const engine::Container& container) const {
    std::istringstream lines(container.logs());
    for (std::string line; std::getline(lines, line);) {
      for (const auto& text : service().description().says_full) {
        if (line.find(text) != std::string::npos) return core::UntrustedText(line).printable(300);
      }
    }
    return "";
  }

  // From outside, since the server, and with it the container, may have ended.
  static void remove_from_volume(const engine::Container& container, const std::string& name) {
    for (const auto& volume : container.state().volumes) {
      const auto found = container.docker().must({"volume", "inspect", "--format", "{{.Mountpoint}}", volume},
                                                 "looking for a volume's folder", volume);
      const std::string folder = found.out.substr(0, found.out.find('\n'));
      std::error_code error;
      if (std::filesystem::remove(std::filesystem::path(folder) / name, error)) return;
    }
    environment_fault("the file that fills the volume could not be removed again");
  }

  void try_larger(const RequestedStack& small, const std::string& folder, std::size_t smallest);

  void go_on(const RequestedStack& stack, Journal& journal) {
    const auto began = core::Deadline::Clock::now();
    const bool ended = !answers_by_itself(stack);
    if (ended) stack.start();
    // Servers look every few seconds whether there is space again.
    const auto works = [&] {
      return journal.append(stack.target(), 20, deadline().at_most(core::Milliseconds(10'000)))
                 ? core::Wait::done
                 : core::Wait::again;
    };
    EXPECT_TRUE(
        core::wait_until(works, deadline().at_most(core::Milliseconds(60'000)), core::Milliseconds(500)))
        << "there is space again, but it does not acknowledge: " << journal.refusal;
    evidence(fmt::format("the server {} and acknowledges again {} after there was space",
                         ended ? record::kEndedWhenFull : "went on",
                         core::in_seconds(core::Deadline::Clock::now() - began)));
  }
};

// Entries that the server acknowledges before they are written. That one of the last is lost when there is no
// space left is no failure of a profile, because the control loses it too; it is a finding where it is seen.
// Whatever came earlier, and everything but a loss, is judged as ever.
void FullVolume::try_larger(const RequestedStack& small, const std::string& folder, std::size_t smallest) {
  constexpr std::uint64_t kBefore = 10, kLate = 10;  // entries
  const std::string filler = own_name() + "_again";
  Journal journal(ledger_of(service()), own_name() + "_large", random()(), kLargest, smallest);
  journal.create(small.target(), small.container());
  ASSERT_TRUE(journal.append(small.target(), kBefore, deadline())) << journal.refusal;
  EXPECT_EQ(shortened(journal.differences(small.target())), "") << "before the volume filled up";
  {
    // While it fills up: once a server has noticed, it may take nothing more.
    Writing writing(journal, small.target(), deadline().at_most(core::Milliseconds(20'000)));
    fill_up(small.container(), folder, folder + "/" + filler);
    const auto began = journal.acknowledged_so_far();
    static_cast<void>(writing.reaches(began + 2'000));
    writing.join();
    if (!writing.fault.empty()) environment_fault(writing.fault);
  }
  remove_from_volume(small.container(), filler);
  if (!answers_by_itself(small)) small.start();
  std::vector<std::string> wrong;
  const auto read = [&] {
    try {
      wrong = journal.differences(small.target());
      return core::Wait::done;
    } catch (const service::ServerError&) {
      return core::Wait::again;
    }
  };
  ASSERT_TRUE(core::wait_until(read, deadline().at_most(core::Milliseconds(60'000)), core::Milliseconds(500)))
      << "there is space again, but nothing can be read";
  const std::string what = fmt::format(
      "{} {} acknowledged {} entries of more than {} bytes while its data volume filled up",
      service().description().title, stack().version, journal.acknowledged_so_far() - kBefore, smallest);
  const auto unsure = std::max(kBefore, journal.attempted() - kLate);  // what came later may be lost
  const auto others = std::stable_partition(wrong.begin(), wrong.end(), [&](const std::string& line) {
    return line.ends_with(kIsLost) && std::stoull(line) > unsure;
  });
  EXPECT_EQ(shortened({others, wrong.end()}), "") << what;
  wrong.erase(others, wrong.end());
  if (wrong.empty()) return evidence(what + "; none is missing this time");
  finding(record::kLostWhenFull, "medium",
          fmt::format("{}; {} missing afterwards. It is the server's own where the control shows it as well: "
                      "give the volume a size, and an alert long before it is full",
                      what, wrong.size() == 1 ? "one is" : fmt::format("{} are", wrong.size())),
          {shortened(wrong)});
}

TEST_P(FullVolume, IsSaidAndCostsNothingThatWasAcknowledged) {
  if (stack().logs != "console") not_here("this profile's logs are not on the console");
  const auto small = request_stack("full", Further{.data_size = kSize});
  const std::string folder = service().facts(stack().version).at("data_dir");
  const std::string filler = own_name();
  const auto largest = std::min(kLargest, service().written_before_acknowledged(stack().version));
  if (largest < kLargest)
    evidence(
        fmt::format("entries of more than {} bytes are tried apart: {} {} acknowledges them before they are "
                    "written",
                    largest, service().description().title, stack().version));
  Journal journal(ledger_of(service()), own_name(), random()(), largest);
  journal.create(small.target(), small.container());
  ASSERT_TRUE(journal.append(small.target(), static_cast<std::uint64_t>(by_size(50, 200, 500)), deadline()))
      << "before the volume is full: " << journal.refusal;
  const auto bytes = fill_up(small.container(), folder, folder + "/" + filler);
  evidence(fmt::format("data volume of {} MiB, filled to the last block with a file of {} MiB", kSize >> 20U,
                       bytes >> 20U));

  write_until_refused(small, journal, largest);
  const std::string said = line_that_says_full(small.container());
  EXPECT_NE(said, "") << "its log does not say that there is no space left: none of its lines has '"
                      << testing::PrintToString(service().description().says_full) << "'";
  evidence("its log: " + said);

  remove_from_volume(small.container(), filler);
  go_on(small, journal);
  const auto wrong = journal.differences(small.target());
  if (!wrong.empty()) ADD_FAILURE() << shortened(wrong);
  evidence(fmt::format("{} entries acknowledged in all, {} attempted, seed of payloads {}",
                       journal.acknowledged_so_far(), journal.attempted(), journal.seed()));
  if (largest < kLargest && !HasFailure()) try_larger(small, folder, largest);
}

ROOTSEAL_LONGER_SCENARIOS(recovery, FullVolume, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios::full_volume
