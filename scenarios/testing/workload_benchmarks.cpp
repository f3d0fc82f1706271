#include "testing/workload_benchmarks.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "core/deadline.hpp"
#include "core/error.hpp"
#include "core/secret.hpp"
#include "testing/workload_modes.hpp"
#include "testing/workload_plan.hpp"
#include "testing/workload_seed.hpp"

namespace rootseal::workload {

namespace {

double per_operation(const std::map<std::string, double>& side) {
  return side.at("seconds") / side.at("operations");
}

// Operations per second: of the lanes together, where there are several.
double throughput(const std::map<std::string, double>& side) {
  return side.count("parallel_operations") != 0 ? side.at("parallel_operations") / side.at("parallel_seconds")
                                                : 1 / per_operation(side);
}

void show(benchmark::State& state, const record::Epoch& epoch) {
  state.SetIterationTime(per_operation(epoch.contender));
  state.counters["ratio"] = throughput(epoch.contender) / throughput(epoch.baseline);
  state.counters["throughput"] = throughput(epoch.contender);
  state.counters["baseline_throughput"] = throughput(epoch.baseline);
  for (const auto& [name, value] : epoch.contender) {
    state.counters[name] = value;
  }
  for (const auto& [name, value] : epoch.baseline) {
    state.counters["baseline_" + name] = value;
  }
  state.counters["baseline_time"] = per_operation(epoch.baseline);
  state.SetLabel(fmt::format("against {}; {}; {}", epoch.against, epoch.transport, epoch.placement));
}

wire::Message as_message(wire::Started started) {
  wire::Message message;
  message.started = std::move(started);
  return message;
}

wire::Message as_message(record::Check check) {
  wire::Message message;
  message.check = std::move(check);
  return message;
}

wire::Message as_message(record::Epoch epoch) {
  wire::Message message;
  message.epoch = std::move(epoch);
  return message;
}

}  // namespace

struct Benchmarks::Progress {
  const Entry* entry = nullptr;
  const wire::StackView* contender = nullptr;
  std::unique_ptr<Pair> pair;
  bool begun = false;
  unsigned epochs = 0;
  unsigned wanted = 0;    // epochs of this launch
  double operations = 0;  // of the contender
  Nanoseconds started{0};
  std::string where;  // transport and placement of the last epoch
  std::string why_not;
};

std::uint64_t largest_resident_set() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

Benchmarks::Benchmarks(Session session, Clock& clock, Results& results)
    : session_(std::move(session)), clock_(clock), results_(results) {}

Benchmarks::~Benchmarks() = default;

bool Benchmarks::is_twin(const wire::StackView& contender) const {
  return contender.profile == session_.context.stacks.front().profile;
}

std::vector<Turn> Benchmarks::turns_of_launch() const {
  const auto& context = session_.context;
  const auto& baseline = context.stacks.front();
  std::vector<wire::WorkloadFacts> facts;
  std::vector<Turn> turns;
  for (const auto& entry : session_.entries) {
    facts.push_back(facts_of(entry));
    for (std::size_t contender = 0; contender + 1 < context.stacks.size(); ++contender) {
      if (takes_part(facts.back(), {baseline.service, session_.glob, context.size, context.launch},
                     is_twin(context.stacks[contender + 1]))) {
        turns.push_back({facts.size() - 1, contender});
      }
    }
  }
  return schedule(std::move(turns), facts, context.seed, context.launch);
}

std::size_t Benchmarks::register_all() {
  const auto& context = session_.context;
  for (const Turn& turn : turns_of_launch()) {
    auto progress = std::make_unique<Progress>();
    progress->entry = &session_.entries[turn.workload];
    progress->contender = &context.stacks[turn.contender + 1];
    const std::string name = progress->entry->name + "/" + progress->contender->id;
    if (session_.done.count(name) + session_.done.count(progress->entry->name) != 0) {
      continue;
    }
    progress->wanted =
        epochs_of(session_.settings.plan, progress->entry->make()->shape(), is_twin(*progress->contender));
    Progress& mine = *progress;
    pairs_.push_back(std::move(progress));
    benchmark::RegisterBenchmark(name.c_str(),
                                 [this, &mine](benchmark::State& state) { run_epoch(state, mine); })
        ->Iterations(1)
        ->Repetitions(static_cast<int>(mine.wanted))
        ->UseManualTime()
        ->Unit(benchmark::kMicrosecond);
  }
  return pairs_.size();
}

Server& Benchmarks::server(const wire::StackView& view) {
  auto& mine = servers_[view.id];
  if (!mine) {
    mine = session_.server(view);
  }
  return *mine;
}

void Benchmarks::run_epoch(benchmark::State& state, Progress& progress) {
  for ([[maybe_unused]] auto iteration : state) {
    if (progress.why_not.empty()) {
      try {
        next_epoch(state, progress);
      } catch (const SideFault& fault) {
        side_failed(progress, fault);
      } catch (const std::exception& fault) {
        failed(progress, record::Verdict::inconclusive, fault.what());
      }
    }
    if (!progress.why_not.empty()) {
      state.SkipWithError(progress.why_not.c_str());
      break;
    }
  }
}

void Benchmarks::begin(Progress& progress) {
  progress.begun = true;
  progress.started = clock_.now();
  results_.send(as_message(wire::Started{progress.entry->name, progress.contender->id}));
  const auto& baseline = session_.context.stacks.front();
  Server& control = server(baseline);
  Server& contender = server(*progress.contender);
  if (heated_.insert(progress.entry->name).second) {
    heat(*progress.entry);
  }
  progress.pair = std::make_unique<Pair>(*progress.entry, control, contender, clock_, session_.settings);
}

// Drives every server of the launch alike before a workload is measured for the first time. The baseline
// takes part in every pair, and a server that has done less is slower: its memory has not been touched yet.
void Benchmarks::heat(const Entry& entry) {
  const auto& settings = session_.settings;
  const Shape shape = entry.make()->shape();
  if (!shape.judged || shape.restarts || settings.plan.heating == Nanoseconds(0)) {
    return;
  }
  Solo plan;
  plan.span = settings.plan.heating;
  plan.connections = std::max(1U, shape.connections);
  plan.prepared = settings.prepared;
  plan.max_operations = std::max<std::uint64_t>(1, shape.max_operations / plan.connections);
  plan.seed =
      derived_seed(settings.seed, "heating " + entry.name, static_cast<std::uint64_t>(settings.launch));
  auto stacks = session_.context.stacks;
  shuffle(stacks, derived_seed(plan.seed, "order", 0));
  std::vector<const Server*> servers;
  for (const auto& stack : stacks) {
    try {
      servers.push_back(&server(stack));
    } catch (const std::exception&) {
      // The pairs of this stack meet the same fault, and say whose it is.
    }
  }
  workload::heat(entry, servers, clock_, plan);
}

void Benchmarks::next_epoch(benchmark::State& state, Progress& progress) {
  if (!progress.begun) {
    begin(progress);
  }
  const record::Epoch epoch = progress.pair->epoch();
  results_.send(as_message(epoch));
  show(state, epoch);
  ++tally_.epochs;
  for (const char* name : {"operations", "parallel_operations"}) {
    const auto found = epoch.contender.find(name);
    progress.operations += found == epoch.contender.end() ? 0 : found->second;
  }
  progress.where = epoch.transport + "; " + epoch.placement;
  if (++progress.epochs == progress.wanted) {
    passed(progress);
  }
}

void Benchmarks::report(const Progress& progress, const wire::StackView& stack, record::Verdict verdict,
                        const std::string& message, std::vector<std::string> evidence) {
  record::Check check;
  check.id = progress.entry->name;
  check.stack = stack.id;
  check.service = stack.service;
  check.profile = stack.profile;
  check.suite = "performance";
  check.verdict = verdict;
  check.seconds = core::seconds(clock_.now() - progress.started);
  check.message = core::UntrustedText(message).printable();
  check.evidence = std::move(evidence);
  results_.send(as_message(std::move(check)));
}

void Benchmarks::passed(Progress& progress) {
  progress.pair->tear_down();
  progress.pair.reset();
  ++tally_.passed;
  report(progress, *progress.contender, record::Verdict::pass, "",
         {fmt::format("{} epochs against {}, {:.0f} operations, all verified, as those of the other side",
                      progress.epochs, session_.context.stacks.front().id, progress.operations),
          progress.where, fmt::format("client: at most {} bytes resident", largest_resident_set())});
}

// A wrong result, or a server that ended under load, is a failure of the stack that it happened on. When that
// is the baseline, nothing is known about the contender.
void Benchmarks::side_failed(Progress& progress, const SideFault& fault) {
  const auto& baseline = session_.context.stacks.front();
  const auto& stack = fault.side() == Side::baseline ? baseline : *progress.contender;
  std::string message = fmt::format("{}: workload {}: {}", stack.id, progress.entry->name, fault.what());
  bool guilty = fault.wrong();
  try {
    const std::string ended = server(stack).how_it_ended();
    guilty = guilty || !ended.empty();
    message += ended.empty() ? "" : "; " + ended;
  } catch (const core::HarnessError& error) {
    message += fmt::format("; {}", error.what());
  }
  if (!guilty || fault.side() == Side::contender) {
    return failed(progress, guilty ? record::Verdict::fail : record::Verdict::inconclusive, message);
  }
  failed(progress, record::Verdict::inconclusive, "not measured, because the control failed: " + message);
  if (baseline_reported_.insert({progress.entry->name, baseline.id}).second) {
    report(progress, baseline, record::Verdict::fail, message, {});
  }
}

void Benchmarks::failed(Progress& progress, record::Verdict verdict, const std::string& message) {
  progress.pair.reset();
  progress.why_not = message;
  ++tally_.failed;
  report(progress, *progress.contender, verdict, message,
         {fmt::format("{} epochs had been measured and verified before", progress.epochs)});
}

}  // namespace rootseal::workload
