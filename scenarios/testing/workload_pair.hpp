// testing/workload_pair: one workload measured on baseline and one contender: set up, epochs, tear down.
//
// Order of calls: construct, epoch() as often as the plan says (the first one sets up, unless the data are
// prepared), tear_down(). The destructor tears down what an exception left, and is silent about it. Does not
// own servers and clock. One thread outside of a throughput part. Throws SideFault (whose work went wrong or
// could not be done) and HarnessError.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "record/comparison.hpp"
#include "testing/lanes.hpp"
#include "testing/lanes_crew.hpp"
#include "testing/workload.hpp"
#include "testing/workload_plan.hpp"
#include "testing/workload_planted.hpp"
#include "testing/workload_server.hpp"

namespace rootseal::workload {

struct PairSettings {
  std::uint64_t seed = 0;
  int launch = 0;
  Plan plan;
  bool prepared = false;  // the data are there and stay
  unsigned slice = 0;     // 0: the workload's own
  Plants plants;
  Cpus wanted_client, wanted_servers;
  std::string pin_refused;  // what pin_this_thread() said
  std::string asleep;       // AwakeCores::why_not()
};

class Pair {
 public:
  Pair(const Entry& entry, Server& baseline, Server& contender, Clock& clock, PairSettings settings);
  ~Pair();
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  // One verified epoch on new connections. Nothing comes out when a result or the effect was wrong.
  record::Epoch epoch();
  void tear_down();

 private:
  // What is on either side, by index(Side).
  struct Team {
    std::array<std::vector<std::unique_ptr<Lane>>, 2> lanes;
    std::vector<PlantedLane*> planted;
  };
  // Of the servers, while something was measured.
  struct Usage {
    std::array<double, 2> cpu{0, 0};
    std::array<std::optional<std::uint64_t>, 2> written{0, 0};
  };
  void set_up();
  void on_sites(Side first, const std::function<void(Side, const Site&)>& work);
  Team make_team(std::uint64_t seed, unsigned seats);
  void measure_parts(std::uint64_t seed);
  void restart(std::uint64_t seed);
  void count(const std::function<void()>& work);  // adds to usage_
  void verify(const Team& team);
  [[nodiscard]] std::string placement() const;
  [[nodiscard]] std::string transport() const;
  [[nodiscard]] record::Epoch describe() const;
  [[nodiscard]] std::map<std::string, double> values(Side side) const;

  const Entry& entry_;
  std::array<Server*, 2> servers_;
  Clock& clock_;
  PairSettings settings_;
  std::unique_ptr<Workload> workload_;
  Shape shape_;
  int epochs_ = 0;
  bool dirty_ = false;
  // Of the epoch that is under way.
  std::optional<PairRun> alone_;
  std::optional<CrewRun> together_;
  Usage usage_;
};

}  // namespace rootseal::workload
