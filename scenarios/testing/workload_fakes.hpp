// testing/workload_fakes: servers, a workload and a clock without containers, for the unit tests of this
// folder. Time passes only when a lane works. One thread.
#pragma once

#include <map>
#include <memory>
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
  Nanoseconds now() noexcept override { return time; }
  Nanoseconds time{0};
};

// How the server of one stack behaves; what was done to it.
struct Behaviour {
  Nanoseconds takes{100'000};           // an operation
  std::uint64_t wrong_at = UINT64_MAX;  // operations from here on have a wrong result
  bool verifies = true;
  bool can_connect = true;
  std::string ended;               // how its container ended
  std::vector<std::string> calls;  // "set_up", "lane", "verify", "tear_down"
  std::vector<std::uint64_t> seeds;
  std::uint64_t operations = 0;
};

struct World {
  FakeClock clock;
  std::map<std::string, Behaviour> stacks;  // by id
};

class FakeServer final : public Server {
 public:
  FakeServer(World& world, wire::StackView view) : world_(world), view_(std::move(view)) {}
  [[nodiscard]] const wire::StackView& view() const override { return view_; }
  void connect(const std::function<void(const service::Target&)>& work) const override {
    if (!behaviour().can_connect) {
      throw core::HarnessError({"entering its network namespace", view_.id, "refused", ""});
    }
    service::Target target;
    target.subject = view_.id;
    work(target);
  }
  [[nodiscard]] std::string transport() const override { return "netns"; }
  [[nodiscard]] std::string why_transport() const override { return ""; }
  [[nodiscard]] double cpu_seconds() const override {  // a tenth of the time that its operations took
    return static_cast<double>(behaviour().operations) * static_cast<double>(behaviour().takes.count()) *
           1e-10;
  }
  [[nodiscard]] Cpus cpus() const override { return {1}; }
  [[nodiscard]] std::string how_it_ended() const override { return behaviour().ended; }

 private:
  [[nodiscard]] Behaviour& behaviour() const { return world_.stacks[view_.id]; }
  World& world_;
  wire::StackView view_;
};

class FakeWorkload final : public Workload {
 public:
  explicit FakeWorkload(World& world) : world_(world) {}
  void set_up(const service::Target& target) const override { call(target, "set_up"); }
  void tear_down(const service::Target& target) const override { call(target, "tear_down"); }
  [[nodiscard]] std::unique_ptr<Lane> make_lane(const service::Target& target,
                                                std::uint64_t seed) const override {
    call(target, "lane");
    world_.stacks[target.subject].seeds.push_back(seed);
    return std::make_unique<FakeLane>(world_.clock, world_.stacks[target.subject]);
  }

 private:
  class FakeLane final : public Lane {
   public:
    FakeLane(FakeClock& clock, Behaviour& behaviour) : clock_(clock), behaviour_(behaviour) {}
    void operation() override {
      clock_.time += behaviour_.takes;
      if (++behaviour_.operations > behaviour_.wrong_at) {
        throw WrongResult("another row came back");
      }
    }
    void verify() override {
      behaviour_.calls.emplace_back("verify");
      if (!behaviour_.verifies) {
        throw WrongResult("one is missing");
      }
    }

   private:
    FakeClock& clock_;
    Behaviour& behaviour_;
  };

  void call(const service::Target& target, const char* what) const {
    world_.stacks[target.subject].calls.emplace_back(what);
  }
  World& world_;
};

inline wire::StackView view(const std::string& id) {
  wire::StackView view;
  view.id = id;
  view.service = "fake";
  view.profile = id.substr(id.find('/') + 1);
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
