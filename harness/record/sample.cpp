#include "record/sample.hpp"

#include <array>
#include <cmath>

#include "record/sample_parts.hpp"

namespace rootseal::record {
namespace {

constexpr const char* kNotSettled =
    "neither within the margin of 3 % nor beyond it: these launches find a true slowdown of 7.1 % with 95 % "
    "power, "
    "11 launches would find one of 6 %; 8 launches; netns; client 0, servers 1";

constexpr const char* kSlower =
    "slower than the margin of 5 %, p = 0.0001 after correction; 8 launches; netns; client 0, servers 1";

Run run() {
  Run run;
  run.id = "20261123T194500Z-3f9a2c";
  run.started = "2026-11-23T19:45:00.123Z";
  run.finished = "2026-11-23T19:48:04.623Z";
  run.argv = {"rootseal", "run", "--quick", "--seed", "42"};
  run.seed = 42;
  run.size = "quick";
  run.suites = {"function", "recovery", "security", "performance", "workflow"};
  run.verdict = RunVerdict::fail;
  run.exit_status = 1;
  run.reasons = {
      "check AnyRestart.EmptiesTmpfs failed on rabbitmq-3.10/readonly: /tmp/marker is still there after a "
      "restart; "
      "expected a fresh tmpfs\n<&> \x1b[31m\x1b[2J",
      "attack G09 as root succeeded on rabbitmq-3.10/readonly although \"tmpfs: noexec\" must block it",
      "service can write /srv on rabbitmq-3.10/readonly, which the profile does not declare",
      std::string("p50 of connect_close is worse on postgres-15/hardened than on postgres-15/baseline: ") +
          kSlower,
      "check PostgresCrud.DumpRestores is inconclusive on postgres-15/hardened: the child crashed with "
      "signal 11; see "
      "logs/scenarios.log",
      "attack G16 as root is inconclusive on rabbitmq-3.10/readonly: blocked, but never seen to succeed in "
      "this run: "
      "\"blocked\" may mean \"broken\"",
      "attack G09 as root is inconclusive on rabbitmq-3.10/baseline: the helper was killed at its deadline",
      "what root can write on postgres-15/hardened could not be measured: rootseal-scan gave no answer: "
      "killed at its deadline",
      std::string("throughput of copy_in is inconclusive on postgres-15/readonly: ") + kNotSettled};
  return run;
}

Environment environment() {
  Environment environment;
  environment.kernel = "6.1.0-18-amd64";
  environment.cpus = 2;
  environment.memory = 8ULL << 30;
  environment.docker = "20.10.24";
  environment.docker_client = "20.10.24";
  environment.compose = "v2 2.26.1";
  environment.runtime = "runc 1.1.5";
  environment.storage_driver = "overlay2";
  environment.cgroup = "v2";
  environment.lsm = {"seccomp", "apparmor"};
  environment.os = "Debian GNU/Linux 12 (bookworm)";
  return environment;
}

constexpr double kTwoLaunchesT = 12.706204736432095;  // Student's t, 97.5 %, one degree of freedom

// Two launches of two epochs each; both epochs of a launch have its ratio, and so has their median.
struct Pair {
  const char* stack;
  std::array<double, 2> ratios;
};
constexpr Pair kReadonly{"postgres-15/readonly", {0.998, 1.004}};
constexpr Pair kTwin{"postgres-15/baseline-twin", {1.002, 0.999}};

Epoch epoch(const Pair& pair, int launch, int number) {
  Epoch epoch;
  epoch.service = "postgres";
  epoch.workload = "select_one_row";
  epoch.stack = pair.stack;
  epoch.against = "postgres-15/baseline";
  epoch.launch = launch;
  epoch.number = number;
  epoch.transport = "netns";
  epoch.placement = "client 0, servers 1";
  epoch.seconds = 3;
  epoch.baseline = {{"operations", 30000},
                    {"seconds", 1.5},
                    {"p50", 48e-6},
                    {"p95", 62e-6},
                    {"p99", 90e-6},
                    {"p999", 210e-6},
                    {"max", 0.0041},
                    {"server_cpu", 2.25},
                    {"client_cpu", 0.9},
                    {"parallel_operations", 60000},
                    {"parallel_seconds", 1.5},
                    {"connections", 4},
                    {"disk_written", 8192},
                    {"memory_high_water", 104857600}};
  epoch.contender = epoch.baseline;
  const double ratio = pair.ratios.at(static_cast<std::size_t>(launch - 1));
  epoch.contender["operations"] = 30000 * ratio;
  epoch.contender["parallel_operations"] = 60000 * ratio;
  epoch.contender["p50"] = 48e-6 / ratio;
  return epoch;
}

std::vector<Epoch> epochs() {
  std::vector<Epoch> all;
  for (const int launch : {1, 2}) {
    for (const int number : {1, 2}) {
      all.push_back(epoch(kReadonly, launch, number));
      all.push_back(epoch(kTwin, launch, number));
    }
  }
  Epoch rabbit;  // one launch, unpinned, server's CPU time not to be had
  rabbit.service = "rabbitmq";
  rabbit.workload = "confirmed_publish";
  rabbit.stack = "rabbitmq-3.10/readonly";
  rabbit.against = "rabbitmq-3.10/baseline";
  rabbit.launch = 1;
  rabbit.number = 1;
  rabbit.transport = "published";
  rabbit.placement = "unpinned: one CPU";
  rabbit.seconds = 4;
  rabbit.baseline = {{"operations", 5000}, {"seconds", 2}, {"p50", 390e-6}, {"p99", 0.0011}};
  rabbit.contender = {{"operations", 4900}, {"seconds", 2}, {"p50", 398e-6}, {"p99", 0.0012}};
  all.push_back(rabbit);
  Epoch dump = rabbit;  // recorded only, and too few operations for latencies
  dump.workload = "definitions_import";
  dump.judged = false;
  dump.baseline = {{"operations", 3}, {"seconds", 0.6}, {"p50", 0.2}, {"p99", 0.21}};
  dump.contender = {{"operations", 3}, {"seconds", 0.63}, {"p50", 0.21}, {"p99", 0.22}};
  all.push_back(dump);
  return all;
}

struct Metric {
  const char* name;
  const char* unit;
  const char* better;
  double margin;
  double baseline;
  int power;  // how its ratio follows that of the throughput
};
constexpr std::array kMetrics{
    Metric{"throughput", "1/s", "higher", 0.03, 40000, 1}, Metric{"p50", "s", "lower", 0.05, 48e-6, -1},
    Metric{"p99", "s", "lower", 0.10, 90e-6, 0}, Metric{"server_cpu", "s/op", "lower", 0.05, 25e-6, -1},
    Metric{"client_cpu", "s/op", "lower", 0.05, 10e-6, -1}};

double ratio_of(const Pair& pair, const Metric& metric, int launch) {
  return std::pow(pair.ratios.at(static_cast<std::size_t>(launch - 1)), metric.power);
}

Interval interval_of(const Pair& pair, const Metric& metric) {
  const double first = std::log(ratio_of(pair, metric, 1));
  const double second = std::log(ratio_of(pair, metric, 2));
  const double half = kTwoLaunchesT * std::abs(first - second) / 2;
  const double mean = (first + second) / 2;
  return {std::exp(mean), std::exp(mean - half), std::exp(mean + half)};
}

Comparison compared(const Pair& pair, const char* profile, const Metric& metric) {
  Comparison row;
  row.service = "postgres";
  row.workload = "select_one_row";
  row.metric = metric.name;
  row.unit = metric.unit;
  row.better = metric.better;
  row.stack = pair.stack;
  row.profile = profile;
  row.against = "postgres-15/baseline";
  row.baseline_value = metric.baseline;
  row.interval = interval_of(pair, metric);
  row.value = metric.baseline * row.interval->ratio;
  row.margin = metric.margin;
  row.twin = interval_of(kTwin, metric);
  const bool judged_figure = std::string(metric.unit) != "s/op";
  row.note =
      std::string("recorded, not judged: ") +
      (!judged_figure                       ? "not a judged figure"
       : std::string(profile) == "readonly" ? "this size judges only what is slower by more than 3 margins"
                                            : "a twin shows the noise") +
      "; 2 launches; netns; client 0, servers 1";
  row.sign_flip_p = 1;  // one launch on either side of equal: the others lie at least as far
  for (const int number : {1, 2}) {
    const double ratio = ratio_of(pair, metric, number);
    row.launches.push_back({number, metric.baseline, metric.baseline * ratio, ratio, {ratio, ratio}});
    row.samples +=
        static_cast<std::uint64_t>(std::llround(2 * 90000 * (1 + ratio_of(pair, kMetrics[0], number))));
  }
  return row;
}

Comparison one_launch(const Metric& metric, double baseline, double value) {
  Comparison row;
  row.service = "rabbitmq";
  row.workload = "confirmed_publish";
  row.metric = metric.name;
  row.unit = metric.unit;
  row.better = metric.better;
  row.stack = "rabbitmq-3.10/readonly";
  row.profile = "readonly";
  row.against = "rabbitmq-3.10/baseline";
  row.baseline_value = baseline;
  row.value = value;
  row.margin = metric.margin;
  row.note = "recorded, not judged: one launch has no interval; 1 launch; published; unpinned: one CPU";
  row.samples = 9900;
  row.launches = {{1, baseline, value, value / baseline, {value / baseline}}};
  return row;
}

// A cost that is shown, far beyond what a plot has room for.
Comparison slower(Comparison like) {
  like.workload = "connect_close";
  like.metric = "p50";
  like.unit = "s";
  like.better = "lower";
  like.margin = 0.05;
  like.stack = "postgres-15/hardened";
  like.profile = "hardened";
  like.baseline_value = 0.0021;
  like.interval = Interval{1.91, 1.87, 1.95};
  like.value = 0.0021 * 1.91;
  like.verdict = Verdict::fail;
  like.launches_needed.reset();
  like.note = kSlower;
  return like;
}

// The interval says slower, and no verdict does: of a workload that is only recorded.
Comparison recorded_slower(Comparison like) {
  like.workload = "start_to_ready";
  like.metric = "throughput";
  like.unit = "1/s";
  like.better = "higher";
  like.margin = 0.03;
  like.judged = false;
  like.verdict.reset();
  like.baseline_value = 0.95;
  like.interval = Interval{0.61, 0.55, 0.67};
  like.value = 0.95 * 0.61;
  like.note = "recorded, not judged: not a judged figure; 8 launches; engine";
  return like;
}

std::vector<Comparison> comparisons() {
  std::vector<Comparison> all;
  for (const Metric& metric : kMetrics) all.push_back(compared(kReadonly, "readonly", metric));
  for (const Metric& metric : kMetrics) all.push_back(compared(kTwin, "baseline-twin", metric));
  all.push_back(one_launch(kMetrics[0], 2500, 2450));
  all.push_back(one_launch(kMetrics[1], 390e-6, 398e-6));
  all.push_back(one_launch(kMetrics[2], 0.0011, 0.0012));
  all.push_back(one_launch(kMetrics[0], 5, 3 / 0.63));
  all.back().workload = "definitions_import";
  all.back().samples = 6;
  all.back().note = "recorded, not judged: not a judged figure; 1 launch; published; unpinned: one CPU";
  Comparison judged = all.front();  // what a later run with enough launches looks like
  judged.workload = "update_one_row";
  judged.judged = true;
  judged.verdict = Verdict::pass;
  judged.interval = Interval{1.002, 0.991, 1.013};
  judged.note = "within the margin of 3 %; 8 launches; netns; client 0, servers 1";
  const auto two = judged.launches;
  judged.launches.clear();
  for (int number = 1; number <= 8; ++number) {
    judged.launches.push_back(two.at(static_cast<std::size_t>(number % 2)));
    judged.launches.back().number = number;
  }
  judged.bootstrap = Interval{1.002, 0.993, 1.011};
  judged.smallest_detectable = 0.051;
  all.push_back(judged);
  judged.workload = "copy_in";
  judged.verdict = Verdict::inconclusive;
  judged.interval = Interval{0.985, 0.962, 1.008};
  judged.smallest_detectable = 0.071;
  judged.launches_needed = 11;
  judged.note = kNotSettled;
  all.push_back(judged);
  all.push_back(slower(judged));
  all.push_back(recorded_slower(all.back()));
  return all;
}

std::vector<Finding> findings() {
  return {
      {"as-analysed-start-postgres",
       "high",
       "postgres-15/as-analysed",
       "PostgreSQL does not start with the usually recommended lines: /var/run/postgresql is not writable",
       {"FATAL:  could not create lock file \"/var/run/postgresql/.s.PGSQL.5432.lock\": Read-only file "
        "system"}},
      {"residual-G10",
       "medium",
       "postgres-15/readonly",
       "root can execute a file that it wrote to /dev",
       {}}};
}

}  // namespace

Record sample_record() {
  Record record;
  record.tool = {"0.1.0", "4f2c1d9"};
  record.run = run();
  record.environment = environment();
  record.stacks = sample_stacks();
  record.checks = sample_checks();
  record.tasks = sample_tasks();
  record.attacks = sample_attacks();
  record.threats = sample_threats();
  record.surface = sample_surface();
  record.epochs = epochs();
  record.comparisons = comparisons();
  record.resources = {{"postgres-15/readonly", "memory_high_water", "B", 104857600},
                      {"postgres-15/readonly", "cpu", "s", 12.5},
                      {"postgres-15/readonly", "tmpfs_used:/run/postgresql", "B", 8192},
                      {"postgres-15/readonly", "volume_growth:/var/lib/postgresql/data", "B", 33554432}};
  record.findings = findings();
  record.skipped = {{"attack G07", "rabbitmq-3.10/readonly", "dpkg is not in the image"}};
  return record;
}

}  // namespace rootseal::record
