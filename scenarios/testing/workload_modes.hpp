// testing/workload_modes: what rootseal-workloads does besides comparing pairs. One thread outside of
// solo()'s lanes. Errors are the workloads' own (workload.hpp) and HarnessError.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "testing/workload.hpp"
#include "testing/workload_planted.hpp"
#include "testing/workload_server.hpp"

namespace rootseal::workload {

// set_up() of all those workloads on one server, whose data then are what launches are copied from.
void prepare(const std::vector<Entry>& entries, const Server& server);

struct Solo {
  Nanoseconds span{0};
  unsigned connections = 1;
  bool prepared = false;
  std::uint64_t max_operations = UINT64_MAX;  // of a connection, in either part
  std::uint64_t seed = 0;
  Plants plants;
};

// A plain closed loop of one workload on one server, without turns: warmed up for a tenth of `span` (a second
// at most), measured for `span`, verified. Holds "operations", "seconds", "client_cpu", "server_cpu", and
// "p50", "p99" over all connections, seconds.
std::map<std::string, double> solo(const Entry& entry, const Server& server, Clock& clock, const Solo& plan);

// Drives all these servers alike before anything is measured, each for plan.span in sum, in turns of
// kHeatingTurn, or of an operation of each lane that lasts longer, on connections of its own. In turns,
// because what a server writes first decides for long what writing costs it: a log that grows alone lies in
// one piece, and one that grows while others do lies in many; on ext4 the list of up to four pieces is part
// of the inode, a longer one is not, and each sync of the one kind took 149 us where the other took 139.
// Brokers that had been driven one after the other differed by 4 % for minutes by that alone. Nothing is
// thrown: a server on which it fails is left out from then on, and what is measured meets the same fault.
inline constexpr Nanoseconds kHeatingTurn{2'000'000};
void heat(const Entry& entry, const std::vector<const Server*>& servers, Clock& clock, const Solo& plan);

// Operations per second of one server when it repeats that share of its operations (Planted::share).
using Rates = std::map<double, double>;

// How much planted slowdowns really cost, without any turns between servers: as solo(), but each of `rounds`
// has connections of its own, and on them kCycles times a stretch of `span` without anything planted (share
// 0) and one with each of `shares`, in an order drawn every time. Stretches of some turns' length: the
// machine's pace wanders, and a longer one tells more about that.
inline constexpr unsigned kCycles = 40;
void contrast(const Entry& entry, const Server& server, Clock& clock, const Solo& plan,
              const std::vector<double>& shares, unsigned rounds,
              const std::function<void(const Rates&)>& done);

}  // namespace rootseal::workload
