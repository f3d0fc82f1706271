// SIGKILL in the middle of writes: a crash of the process, not a loss of power.
#include <fmt/format.h>

#include <atomic>
#include <set>
#include <thread>

#include "testing/ledger_check.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios {
namespace {

// Appends until the server no longer acknowledges. One thread writes; the others look at the counter, and at
// the rest once it was joined.
class Writing {
 public:
  Writing(std::unique_ptr<service::Ledger::Writer> writer, std::function<std::string(std::uint64_t)> payload,
          const core::Deadline& deadline)
      : writer_(std::move(writer)),
        payload_(std::move(payload)),
        deadline_(deadline),
        thread_([this] { write(); }) {}
  ~Writing() { join(); }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

  void join() {
    enough_ = true;
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] std::uint64_t acknowledged_so_far() const { return count_; }
  [[nodiscard]] bool ended() const { return ended_; }
  std::set<std::uint64_t> acknowledged;  // after join()
  std::uint64_t last_attempted = 0;      // after join()
  std::string refusal;                   // after join(); why the server refused, rather than broke off

 private:
  void write() {
    try {
      while (!enough_) {
        const std::uint64_t number = ++last_attempted;
        if (!writer_->append(number, payload_(number), deadline_)) break;
        acknowledged.insert(number);
        ++count_;
      }
    } catch (const std::exception& error) {
      refusal = error.what();
    }
    ended_ = true;
  }

  std::unique_ptr<service::Ledger::Writer> writer_;
  std::function<std::string(std::uint64_t)> payload_;
  core::Deadline deadline_;
  std::atomic<std::uint64_t> count_{0};
  std::atomic<bool> enough_{false}, ended_{false};
  std::thread thread_;  // last: it uses the others
};

using KillDuringWrites = Scenario;

TEST_P(KillDuringWrites, LosesNothingThatWasAcknowledged) {
  const service::Ledger* ledger = service().ledger();
  if (ledger == nullptr) GTEST_SKIP() << "keeps no ledger";
  const auto enough = static_cast<std::uint64_t>(by_size(100, 500, 2'000));
  ledger->drop(target(), own_name());  // of a run by hand that was cut off
  ledger->create(target(), container(), own_name());
  const std::uint64_t seed = random()();
  const auto expected = [seed](std::uint64_t number) {
    std::mt19937_64 rng(seed + number);
    return random_text(rng, 20 + rng() % 400);
  };
  Writing writing(ledger->writer(target(), own_name()), expected, deadline());
  const auto wait = [&] {
    return writing.ended() || writing.acknowledged_so_far() >= enough ? core::Wait::done : core::Wait::again;
  };
  core::wait_until(wait, deadline(), core::Milliseconds(1));
  const bool was_writing = !writing.ended();
  kill_server("KILL");
  writing.join();
  ASSERT_EQ(writing.refusal, "");
  ASSERT_TRUE(was_writing) << "the server broke off before it was killed, after "
                           << writing.acknowledged.size() << " acknowledged entries";
  start_server();

  const auto found = ledger->read(target(), own_name());
  const auto wrong = compare_journal(writing.acknowledged, writing.last_attempted, expected, found);
  if (!wrong.empty()) ADD_FAILURE() << shortened(wrong);
  evidence(fmt::format(
      "{} entries acknowledged before SIGKILL, {} attempted, {} found afterwards, seed of payloads {}",
      writing.acknowledged.size(), writing.last_attempted, found.size(), seed));
  if (writing.acknowledged.size() < enough) {
    environment_fault(
        fmt::format("only {} of {} entries were acknowledged before the kill: too few to say anything",
                    writing.acknowledged.size(), enough));
  }
  ledger->drop(target(), own_name());
}

ROOTSEAL_SCENARIOS(recovery, KillDuringWrites, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios
