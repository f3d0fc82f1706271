// testing/workload_planted: slowdowns put in on purpose on one stack, to prove that the method sees them and
// reads them right. Values, and lanes around lanes. A lane is used by one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "testing/lanes.hpp"

namespace rootseal::workload {

struct Planted {
  std::string stack;  // empty: none
  // More work: this share of the operations (0.1 = every tenth, 1 = every one, 2 = every one twice more) is
  // done once more inside the measured time. Rounded to a millionth, then exact.
  double share = 0;
  // Waiting: every operation keeps the client busy for this share of the lane's own median time of an
  // operation, as found while it warmed up.
  double delay = 0;
};

// By stack, one each.
using Plants = std::vector<Planted>;

// What is planted on that stack; null when nothing is.
const Planted* planted_on(const Plants& plants, const std::string& stack);
std::string describe(const Planted& planted);

// A lane around a workload's own.
class PlantedLane : public Lane {
 public:
  explicit PlantedLane(std::unique_ptr<Lane> lane) : lane_(std::move(lane)) {}
  void settle() override { lane_->settle(); }
  void verify() override { lane_->verify(); }
  virtual void warmed_up() {}    // once, before what is measured
  virtual void part_begins() {}  // before each part of what is measured

 protected:
  Lane& inner() { return *lane_; }

 private:
  std::unique_ptr<Lane> lane_;
};

// Does a share of its operations once more (Planted::share; 0: none). Counts for every share apart what it
// owes, so that shares that take turns are each kept exactly.
class RepeatingLane final : public PlantedLane {
 public:
  // `begins`, from 0 to less than 1: what it owes at first, for every share. From nothing, few operations
  // would repeat too few.
  RepeatingLane(std::unique_ptr<Lane> lane, double share, double begins);
  void set_share(double share);  // not while it works
  // Begins to count anew: lanes have done unlike numbers of operations by then.
  void part_begins() override { *owed_ = begins_; }
  void operation() override;

 private:
  std::int64_t begins_;  // millionths
  std::map<std::int64_t, std::int64_t> owed_by_share_;
  std::int64_t share_ = 0;        // millionths: ten tenths are one, however often
  std::int64_t* owed_ = nullptr;  // of the present share; in owed_by_share_
};

// Where an epoch's lanes begin (RepeatingLane): under the seed of a run, its launches and epochs are spread
// evenly over the interval (a Kronecker sequence), so that a dozen launches of three operations each repeat a
// tenth of theirs, and not so many as chance has it.
double begins_at(std::uint64_t seed, int launch, unsigned epoch);

// `planted.share` or else `planted.delay` must be positive. `clock` outlives the lane. Lanes of a side that
// meet at barriers take the same `begins`, so that they repeat in the same turns and none waits for another.
std::unique_ptr<PlantedLane> slowed(std::unique_ptr<Lane> lane, const Planted& planted, Clock& clock,
                                    double begins);

}  // namespace rootseal::workload
