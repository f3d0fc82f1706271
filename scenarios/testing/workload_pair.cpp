#include "testing/workload_pair.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/deadline.hpp"
#include "testing/workload_seed.hpp"

namespace rootseal::workload {

namespace {

// Warming up leaves this share of max_operations in the server at most.
constexpr std::uint64_t kWarmUpShare = 4;

Side drawn_side(std::uint64_t seed, std::string_view what) { return kSides[derived_seed(seed, what, 0) % 2]; }

WarmUp within(WarmUp plan, const Shape& shape) {
  plan.max_operations = std::max<std::uint64_t>(1, shape.max_operations / kWarmUpShare);
  return plan;
}

void add_latency(std::map<std::string, double>& values, const SideRun& side) {
  values["operations"] = static_cast<double>(side.operations);
  values["seconds"] = core::seconds(side.busy);
  values["p50"] = core::seconds(side.latencies.percentile(0.5));
  values["p95"] = core::seconds(side.latencies.percentile(0.95));
  values["p99"] = core::seconds(side.latencies.percentile(0.99));
  values["p999"] = core::seconds(side.latencies.percentile(0.999));
  values["max"] = core::seconds(side.latencies.max());
}

}  // namespace

Pair::Pair(const Entry& entry, Server& baseline, Server& contender, Clock& clock, PairSettings settings)
    : entry_(entry),
      servers_{&baseline, &contender},
      clock_(clock),
      settings_(std::move(settings)),
      workload_(entry.make()),
      shape_(workload_->shape()) {}

Pair::~Pair() {
  try {
    tear_down();
  } catch (const std::exception&) {
    // The stack goes away with its volumes; the fault that brought us here has been reported.
  }
}

void Pair::on_sites(Side first, const std::function<void(Side, const Site&)>& work) {
  for (const Side side : {first, other(first)}) {
    on_side(side, [&] { servers_[index(side)]->connect([&](const Site& site) { work(side, site); }); });
  }
}

void Pair::set_up() {
  dirty_ = true;
  on_sites(Side::baseline, [&](Side, const Site& site) { workload_->set_up(site); });
}

void Pair::tear_down() {
  if (std::exchange(dirty_, false)) {
    on_sites(Side::baseline, [&](Side, const Site& site) { workload_->tear_down(site); });
  }
}

Pair::Team Pair::make_team(std::uint64_t seed, unsigned seats) {
  Team team;
  on_sites(drawn_side(seed, "reset"), [&](Side, const Site& site) { workload_->reset(site); });
  on_sites(drawn_side(seed, "connect"), [&](Side side, const Site& site) {
    const Planted* plant = planted_on(settings_.plants, servers_[index(side)]->view().id);
    for (unsigned number = 0; number < seats; ++number) {
      auto lane = workload_->make_lane(site, {derived_seed(seed, "seat", number), number, seats});
      if (plant != nullptr) {
        auto slow =
            slowed(std::move(lane), *plant, clock_,
                   begins_at(derived_seed(settings_.seed, entry_.name, 0), settings_.launch, epochs_));
        team.planted.push_back(slow.get());
        lane = std::move(slow);
      }
      team.lanes[index(side)].push_back(std::move(lane));
    }
  });
  return team;
}

void Pair::count(const std::function<void()>& work) {
  std::array<double, 2> cpu{};
  std::array<std::optional<std::uint64_t>, 2> written;
  for (const std::size_t i : {0U, 1U}) {
    cpu[i] = servers_[i]->cpu_seconds();
    written[i] = servers_[i]->disk_written();
  }
  work();
  for (const std::size_t i : {0U, 1U}) {
    usage_.cpu[i] += servers_[i]->cpu_seconds() - cpu[i];
    const auto now = servers_[i]->disk_written();
    if (now && written[i] && usage_.written[i] && *now >= *written[i]) {
      *usage_.written[i] += *now - *written[i];
    } else {
      usage_.written[i].reset();
    }
  }
}

void Pair::verify(const Team& team) {
  for (const Side side : kSides) {
    for (const auto& lane : team.lanes[index(side)]) {
      on_side(side, [&] { lane->verify(); });
    }
  }
}

// Both parts on the same connections. Single ones differ, so that the latency part has all of them in turn.
void Pair::measure_parts(std::uint64_t seed) {
  const unsigned seats = std::max(1U, shape_.connections);
  const Team team = make_team(seed, seats);
  Crew crew;
  for (unsigned seat = 0; seat < seats; ++seat) {
    crew.push_back({team.lanes[0][seat].get(), team.lanes[1][seat].get()});
  }
  const unsigned slice = settings_.slice != 0 ? settings_.slice : shape_.slice;
  const auto spans = [](double share, Nanoseconds of_plan) {
    return std::chrono::duration_cast<Nanoseconds>(share * of_plan);
  };
  const CrewStretch together{spans(shape_.throughput_spans, settings_.plan.throughput), shape_.max_operations,
                             shape_.turn, shape_.turn_operations};
  const auto alone = spans(shape_.latency_spans, settings_.plan.latency);
  const WarmUp warming = within(settings_.plan.warm_up, shape_);
  Alternation turns(derived_seed(seed, "turns", 0));
  if (shape_.connections > 0) {
    warm_up(crew, clock_, turns, warming, together);
  } else {
    warm_up(crew.front(), clock_, turns, warming, slice);
  }
  for (PlantedLane* lane : team.planted) {
    lane->warmed_up();
  }
  const auto part_begins = [&] {
    for (PlantedLane* lane : team.planted) lane->part_begins();
  };
  part_begins();
  turns = Alternation(derived_seed(seed, "latency turns", 0));
  count([&] { measure(crew, clock_, turns, {alone, shape_.max_operations, slice}, alone_.emplace()); });
  if (shape_.connections > 0) {
    part_begins();
    turns = Alternation(derived_seed(seed, "throughput turns", 0));
    count([&] { work_together(crew, clock_, turns, together, together_.emplace()); });
  }
  verify(team);
}

// One operation a side, first one, then the other: nothing can be warmed up, and counters of the kernel start
// anew with the container.
void Pair::restart(std::uint64_t seed) {
  const auto refresh = [&] {
    for (const Side side : kSides) {
      on_side(side, [&] { servers_[index(side)]->refresh(); });
    }
  };
  const Team team = make_team(seed, 1);
  Alternation turns(derived_seed(seed, "turns", 0));
  try {
    measure({{team.lanes[0][0].get(), team.lanes[1][0].get()}}, clock_, turns, {Nanoseconds(0), 1, 1, 2},
            alone_.emplace());
  } catch (const SideFault&) {
    refresh();  // so that a server that was restarted as it should be is not taken for one that died
    throw;
  }
  refresh();
  verify(team);
}

record::Epoch Pair::epoch() {
  if (epochs_ == 0 && !settings_.prepared) {
    set_up();
  }
  alone_.reset();
  together_.reset();
  usage_ = {};
  const auto number =
      static_cast<std::uint64_t>(settings_.launch) * 1000 + static_cast<std::uint64_t>(epochs_);
  const std::uint64_t seed = derived_seed(settings_.seed, entry_.name + " " + servers_[1]->view().id, number);
  if (shape_.restarts) {
    restart(derived_seed(seed, "restart", 0));
  } else {
    measure_parts(derived_seed(seed, "parts", 0));
  }
  ++epochs_;
  return describe();
}

std::string Pair::placement() const {
  auto text = judge_placement({settings_.wanted_client,
                               settings_.wanted_servers,
                               settings_.pin_refused,
                               affinity_of(0),
                               {servers_[0]->cpus(), servers_[1]->cpus()},
                               settings_.asleep})
                  .text;
  for (const Server* server : servers_) {
    if (const Planted* planted = planted_on(settings_.plants, server->view().id)) {
      text += "; " + workload::describe(*planted);
    }
  }
  return text;
}

std::string Pair::transport() const {
  const auto baseline = to_text(servers_[0]->transport());
  const auto contender = to_text(servers_[1]->transport());
  return baseline == contender ? baseline : baseline + " against " + contender;
}

record::Epoch Pair::describe() const {
  record::Epoch epoch;
  epoch.service = servers_[1]->view().service;
  epoch.workload = entry_.name;
  epoch.stack = servers_[1]->view().id;
  epoch.against = servers_[0]->view().id;
  epoch.launch = settings_.launch;
  epoch.number = epochs_;
  epoch.transport = transport();
  epoch.placement = placement();
  epoch.seconds = core::seconds(alone_->busy() + (together_ ? together_->active() : Nanoseconds(0)));
  epoch.judged = shape_.judged;
  epoch.baseline = values(Side::baseline);
  epoch.contender = values(Side::contender);
  return epoch;
}

std::map<std::string, double> Pair::values(Side side) const {
  std::map<std::string, double> values;
  add_latency(values, alone_->of(side));
  Nanoseconds client = alone_->of(side).cpu;
  if (together_) {
    const auto& crew = together_->of(side);
    values["parallel_operations"] = static_cast<double>(crew.operations);
    values["parallel_seconds"] = core::seconds(crew.active);
    const auto& steady = together_->stalls.of(side);
    values["steady_operations"] = static_cast<double>(steady.operations);
    values["steady_seconds"] = core::seconds(steady.active);
    values["stalled_turns"] = static_cast<double>(steady.stalled_turns);
    values["stalled_seconds"] = core::seconds(steady.stalled);
    values["connections"] = shape_.connections;
    client += crew.cpu;
  }
  values["client_cpu"] = core::seconds(client);
  const auto memory = servers_[index(side)]->memory_high_water();
  if (memory) {
    values["memory_high_water"] = static_cast<double>(*memory);
  }
  if (shape_.restarts) {
    return values;
  }
  values["server_cpu"] = usage_.cpu[index(side)];
  if (usage_.written[index(side)]) {
    values["disk_written"] = static_cast<double>(*usage_.written[index(side)]);
  }
  return values;
}

}  // namespace rootseal::workload
