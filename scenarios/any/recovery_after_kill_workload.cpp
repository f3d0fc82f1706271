// Workload, recorded: SIGKILL of the server in the middle of its life, start of its container, until a real
// exchange of its protocol succeeds: a crash of the process, not a loss of power. The engine's share (kill,
// wait, start) is in the figure, the same on both sides. Afterwards what the server's ledger had acknowledged
// before must be there, whole.
//
// The container gets a new network namespace, so nothing that the lane was made with is of use afterwards.
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "service/ready.hpp"
#include "testing/workload.hpp"
#include "testing/workload_netns.hpp"

namespace rootseal::workload::recovery_after_kill_workload {
namespace {

constexpr const char* kLedger = "rootseal_recovery_after_kill";
constexpr std::uint64_t kEntries = 20;
constexpr core::Milliseconds kLimit{120'000};  // for a start
constexpr core::Milliseconds kPause{5};        // between tries: what the figure is exact to

core::Deadline soon() { return core::Deadline::after(core::Milliseconds(30'000)); }

// "postgres-15/readonly" -> "postgres"
const service::Service& service_of(const Site& site) {
  return service::find(site.target.subject.substr(0, site.target.subject.find('-')));
}

std::string payload(std::uint64_t number) { return fmt::format("written before the kill, {}", number); }

class RecoveryLane final : public Lane {
 public:
  explicit RecoveryLane(const Site& site) : site_(site), service_(service_of(site)) {
    if (const auto* ledger = service_.ledger()) {
      ledger->drop(site.target, kLedger);
      ledger->create(site.target, *site.container, kLedger);
      append(*ledger, 1);
    }
  }

  void operation() override {
    site_.container->kill("KILL");
    site_.container->wait_stopped(soon());
    site_.container->start();
    find_way();
    reach([&] { service::wait_ready(candidate(), core::Deadline::after(kLimit), kPause); });
  }

  void verify() override {
    reach([&] {
      const std::string refusal = service_.probe(site_.target, soon());
      if (!refusal.empty()) {
        throw WrongResult("the server does not answer any more: " + refusal);
      }
      if (const auto* ledger = service_.ledger()) {
        require(ledger->read(site_.target, kLedger));
        append(*ledger, kEntries + 1);  // it takes new ones too
        ledger->drop(site_.target, kLedger);
      }
    });
  }

 private:
  void append(const service::Ledger& ledger, std::uint64_t first) const {
    const auto writer = ledger.writer(site_.target, kLedger);
    for (std::uint64_t number = first; number < first + kEntries; ++number) {
      if (!writer->append(number, payload(number), soon())) {
        throw WrongResult(fmt::format("entry {} of the ledger was not acknowledged", number));
      }
    }
  }

  static void require(const std::map<std::uint64_t, std::string>& found) {
    for (std::uint64_t number = 1; number <= kEntries; ++number) {
      const auto entry = found.find(number);
      if (entry == found.end() || entry->second != payload(number)) {
        throw WrongResult(fmt::format("entry {} was acknowledged before SIGKILL and is {} afterwards", number,
                                      entry == found.end() ? "gone" : "another"));
      }
    }
  }

  // The pid is asked for once: while its process is there, the container runs.
  [[nodiscard]] service::Candidate candidate() const {
    return {
        site_.target.subject,
        [this] {
          engine::State alive;
          alive.running = true;
          alive.pid = pid_;
          return std::filesystem::exists(fmt::format("/proc/{}", pid_)) ? alive : site_.container->state();
        },
        [this] { return site_.container->logs(40); },
        [this] { return service_.probe(site_.target, core::Deadline::after(core::Milliseconds(5'000))); }};
  }

  // How the server can be reached since its last start.
  void find_way() {
    pid_ = site_.container->state().pid;
    published_ = !why_no_network_of(pid_, site_.container->id()).empty();
    if (published_) {
      const auto endpoint = site_.container->published(service_.description().port);
      site_.target.host = endpoint.host;
      site_.target.port = endpoint.port;
    }
  }

  void reach(const std::function<void()>& work) const {
    if (pid_ == 0 || published_) {
      return work();
    }
    in_network_of(pid_, site_.target.subject, work);
  }

  Site site_;
  const service::Service& service_;
  int pid_ = 0;  // 0: not started again yet
  bool published_ = false;
};

class RecoveryAfterKill final : public Workload {
 public:
  [[nodiscard]] Shape shape() const override {
    Shape shape;
    shape.judged = false;
    shape.connections = 0;
    shape.max_operations = 1;
    shape.restarts = true;
    return shape;
  }
  void set_up(const Site& /*site*/) const override {}
  [[nodiscard]] std::unique_ptr<Lane> make_lane(const Site& site, const Seat& /*seat*/) const override {
    return std::make_unique<RecoveryLane>(site);
  }
  // The lane drops its ledger itself: the connection in `site` may be to a server that is no more.
  void tear_down(const Site& /*site*/) const override {}
};

ROOTSEAL_WORKLOAD("", "recovery_after_kill", RecoveryAfterKill);

}  // namespace

}  // namespace rootseal::workload::recovery_after_kill_workload
