// any/journal: numbered entries that a scenario writes into a server's ledger, and what must be there
// afterwards.
//
// Order of calls: create(), then append() on any server that holds the ledger's data, then differences().
// Payloads follow from the seed and the entry's number, so none is kept. Not thread-safe, but
// acknowledged_so_far() may be read while another thread appends (Writing).
#pragma once

#include <atomic>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "service/service.hpp"
#include "testing/ledger_check.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios {

class Journal {
 public:
  // Payloads have from `smallest` up to `largest` characters.
  Journal(const service::Ledger& ledger, std::string name, std::uint64_t seed, std::size_t largest = 420,
          std::size_t smallest = 20)
      : ledger_(ledger), name_(std::move(name)), seed_(seed), largest_(largest), smallest_(smallest) {}

  void create(const service::Target& target, const engine::Container& container) const {
    ledger_.drop(target, name_);  // of a run by hand that was cut off
    ledger_.create(target, container, name_);
  }
  void drop(const service::Target& target) const { ledger_.drop(target, name_); }

  // On a connection of its own, until `enough` or until one is not acknowledged; true: enough. What the
  // server said when it refused is in `refusal`, empty when the connection broke off or nothing came in time.
  bool append(const service::Target& target, const std::function<bool()>& enough,
              const core::Deadline& deadline) {
    refusal.clear();
    try {
      const auto writer = ledger_.writer(target, name_);
      while (!enough()) {
        const std::uint64_t number = ++last_attempted_;
        if (!writer->append(number, payload(number), deadline)) return false;
        acknowledged_.insert(number);
        ++count_;
      }
      return true;
    } catch (const service::ServerError& error) {
      refusal = error.what();
      return false;
    }
  }
  bool append(const service::Target& target, std::uint64_t more, const core::Deadline& deadline) {
    const std::uint64_t goal = count_ + more;
    return append(
        target, [&] { return count_ >= goal; }, deadline);
  }

  // A line for each acknowledged entry that is gone, and for everything that should not be there.
  [[nodiscard]] std::vector<std::string> differences(const service::Target& target) const {
    return compare_journal(
        acknowledged_, last_attempted_, [this](std::uint64_t number) { return payload(number); },
        ledger_.read(target, name_));
  }

  // The same of a server that may be recovering: until the deadline its refusal is no answer.
  [[nodiscard]] std::vector<std::string> differences(const service::Target& target,
                                                     const core::Deadline& deadline) const {
    std::vector<std::string> wrong;
    const auto read = [&] {
      try {
        wrong = differences(target);
        return core::Wait::done;
      } catch (const service::ServerError&) {
        return core::Wait::again;
      }
    };
    return core::wait_until(read, deadline, core::Milliseconds(500)) ? wrong : differences(target);
  }
  [[nodiscard]] std::uint64_t acknowledged_so_far() const { return count_; }
  [[nodiscard]] std::uint64_t attempted() const { return last_attempted_; }
  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  std::string refusal;

 private:
  [[nodiscard]] std::string payload(std::uint64_t number) const {
    std::mt19937_64 rng(seed_ + number);
    return random_text(rng, smallest_ + rng() % (largest_ - smallest_));
  }

  const service::Ledger& ledger_;
  std::string name_;
  std::uint64_t seed_;
  std::size_t largest_, smallest_;
  std::set<std::uint64_t> acknowledged_;
  std::uint64_t last_attempted_ = 0;
  std::atomic<std::uint64_t> count_{0};
};

// Appends to a journal on a thread of its own until the server no longer acknowledges, or join(). The journal
// is the thread's until then, but for acknowledged_so_far().
class Writing {
 public:
  Writing(Journal& journal, service::Target target, const core::Deadline& deadline)
      : journal_(journal), target_(std::move(target)), deadline_(deadline), thread_([this] { write(); }) {}
  ~Writing() { join(); }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

  void join() {
    enough_ = true;
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] bool ended() const { return ended_; }
  // Waits until so many are acknowledged; false when it ended before, or at the deadline.
  [[nodiscard]] bool reaches(std::uint64_t goal) const {
    const auto look = [&] {
      return ended_ || journal_.acknowledged_so_far() >= goal ? core::Wait::done : core::Wait::again;
    };
    return core::wait_until(look, deadline_, core::Milliseconds(1)) && !ended_;
  }
  std::string fault;  // after join(): what kept it from writing, other than the server

 private:
  void write() {
    try {
      journal_.append(
          target_, [this] { return enough_.load(); }, deadline_);
    } catch (const std::exception& error) {
      fault = error.what();
    }
    ended_ = true;
  }

  Journal& journal_;
  service::Target target_;
  core::Deadline deadline_;
  std::atomic<bool> enough_{false}, ended_{false};
  std::thread thread_;  // last: it uses the others
};

// The service's ledger; a service that keeps none has nothing to lose here.
inline const service::Ledger& ledger_of(const service::Service& service) {
  if (service.ledger() == nullptr) not_here(service.description().title + " keeps no ledger");
  return *service.ledger();
}

}  // namespace rootseal::scenarios
