// testing/workload_fakes: servers, a workload and a clock without containers, for the unit tests of this
// folder. Time passes only when a lane works: one operation after the other, as if all servers shared one
// core. Thread-safe where lanes of a crew meet.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "testing/lanes.hpp"
#include "testing/workload.hpp"
#include "testing/workload_pair.hpp"
#include "testing/workload_plan.hpp"
#include "testing/workload_server.hpp"

namespace rootseal::workload::fakes {

class FakeClock final : public Clock {
 public:
  Nanoseconds now() noexcept override { return Nanoseconds(time_.load()); }
  Nanoseconds thread_cpu() noexcept override { return own_cpu(); }
  void keep_busy(Nanoseconds how_long) noexcept override { pass(how_long, how_long); }
  // A tenth of what passes is the calling thread's own work, unless said otherwise.
  void pass(Nanoseconds span) noexcept { pass(span, span / 10); }
  void pass(Nanoseconds span, Nanoseconds cpu) noexcept {
    time_ += span.count();
    own_cpu() += cpu;
  }

 private:
  static Nanoseconds& own_cpu() {
    thread_local Nanoseconds used{0};
    return used;
  }
  std::atomic<std::int64_t> time_{1'000'000'000};
};

// How the server of one stack behaves; what was done to it.
struct Behaviour {
  Nanoseconds takes{100'000};           // an operation
  std::uint64_t wrong_at = UINT64_MAX;  // operations from here on have a wrong result
  bool verifies = true;
  bool can_connect = true;
  std::string ended;               // how its container ended
  std::vector<std::string> calls;  // "set_up", "reset", "lane", "verify", "tear_down", "refresh"
  std::vector<std::uint64_t> seeds;
  std::vector<unsigned> seats;
  std::atomic<std::uint64_t> operations{0};
  std::atomic<std::uint64_t> settled{0};
  std::optional<std::uint64_t> written_per_operation = 4096;
};

struct World {
  FakeClock clock;
  std::map<std::string, Behaviour> stacks;  // by id
  std::atomic<const Behaviour*> active{nullptr};
  std::atomic<unsigned> hand_overs{0};              // from the lanes of one server to those of another
  Shape shape{.in_quick = true, .connections = 0};  // of the workload
};

class FakeServer final : public Server {
 public:
  FakeServer(World& world, wire::StackView view) : world_(world), view_(std::move(view)) {}
  [[nodiscard]] const wire::StackView& view() const override { return view_; }
  void connect(const std::function<void(const Site&)>& work) const override {
    if (!behaviour().can_connect) {
      throw core::HarnessError({"entering its network namespace", view_.id, "refused", ""});
    }
    Site site;
    site.target.subject = view_.id;
    work(site);
  }
  [[nodiscard]] Transport transport() const override { return {"netns", ""}; }
  [[nodiscard]] double cpu_seconds() const override {  // a tenth of the time that its operations took
    return static_cast<double>(behaviour().operations) * static_cast<double>(behaviour().takes.count()) *
           1e-10;
  }
  [[nodiscard]] std::optional<std::uint64_t> disk_written() const override {
    const auto each = behaviour().written_per_operation;
    return each ? std::optional(*each * behaviour().operations) : std::nullopt;
  }
  [[nodiscard]] std::optional<std::uint64_t> memory_high_water() const override {
    return behaviour().written_per_operation ? std::optional<std::uint64_t>(1U << 20U) : std::nullopt;
  }
  [[nodiscard]] Cpus cpus() const override { return {1}; }
  void refresh() override { behaviour().calls.emplace_back("refresh"); }
  [[nodiscard]] std::string how_it_ended() const override { return behaviour().ended; }

 private:
  [[nodiscard]] Behaviour& behaviour() const { return world_.stacks[view_.id]; }
  World& world_;
  wire::StackView view_;
};

class FakeWorkload final : public Workload {
 public:
  explicit FakeWorkload(World& world) : world_(world) {}
  [[nodiscard]] Shape shape() const override { return world_.shape; }
  void set_up(const Site& site) const override { call(site, "set_up"); }
  void reset(const Site& site) const override { call(site, "reset"); }
  void tear_down(const Site& site) const override { call(site, "tear_down"); }
  [[nodiscard]] std::unique_ptr<Lane> make_lane(const Site& site, const Seat& seat) const override {
    call(site, "lane");
    auto& stack = world_.stacks[site.target.subject];
    stack.seeds.push_back(seat.seed);
    stack.seats.push_back(seat.number);
    return std::make_unique<FakeLane>(world_, stack);
  }

 private:
  class FakeLane final : public Lane {
   public:
    FakeLane(World& world, Behaviour& behaviour) : world_(world), behaviour_(behaviour) {}
    void operation() override {
      if (world_.active.exchange(&behaviour_) != &behaviour_) ++world_.hand_overs;
      world_.clock.pass(behaviour_.takes);
      if (++behaviour_.operations > behaviour_.wrong_at) {
        throw WrongResult("another row came back");
      }
    }
    void settle() override { ++behaviour_.settled; }
    void verify() override {
      behaviour_.calls.emplace_back("verify");
      if (!behaviour_.verifies) {
        throw WrongResult("one is missing");
      }
    }

   private:
    World& world_;
    Behaviour& behaviour_;
  };

  void call(const Site& site, const char* what) const {
    world_.stacks[site.target.subject].calls.emplace_back(what);
  }
  World& world_;
};

inline wire::StackView view(const std::string& id) {
  wire::StackView view;
  view.id = id;
  view.service = "fake";
  view.profile = id.substr(id.find('/') + 1);
  if (view.profile == "baseline-twin") {
    view.profile = "baseline";
  }
  return view;
}

inline Entry entry(World& world) {
  return {"working", "fake", "scenarios/fake/working_workload.cpp",
          [&world] { return std::make_unique<FakeWorkload>(world); }};
}

inline PairSettings settings() {
  PairSettings settings;
  settings.seed = 1;
  settings.launch = 2;
  settings.plan = plan_for("quick");
  settings.wanted_client = affinity_of(0);
  settings.wanted_servers = {1};
  return settings;
}

}  // namespace rootseal::workload::fakes
