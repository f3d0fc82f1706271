#include "record/sample.hpp"

#include <array>
#include <cmath>

#include "record/sample_parts.hpp"

namespace rootseal::record {
namespace {

Run run() {
  Run run;
  run.id = "20261123T194500Z-3f9a2c";
  run.started = "2026-11-23T19:45:00.123Z";
  run.finished = "2026-11-23T19:48:04.623Z";
  run.argv = {"rootseal", "run", "--quick", "--seed", "42"};
  run.seed = 42;
  run.size = "quick";
  run.suites = {"function", "recovery", "security", "performance"};
  run.verdict = RunVerdict::fail;
  run.exit_status = 1;
  run.reasons = {
      "check AnyRestart.EmptiesTmpfs failed on rabbitmq-3.10/readonly: /tmp/marker is still there",
      "attack G09 as root succeeded on rabbitmq-3.10/readonly although \"tmpfs: noexec\" must block it",
      "check PostgresCrud.DumpRestores is inconclusive on postgres-15/hardened: the child crashed with "
      "signal 11",
      "attack G16 as root is inconclusive on rabbitmq-3.10/readonly: blocked, but never seen to succeed in "
      "this "
      "run: \"blocked\" may mean \"broken\""};
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
  epoch.baseline = {{"operations", 30000}, {"seconds", 1.5}, {"p50", 48e-6},  {"p95", 62e-6},
                    {"p99", 90e-6},        {"p999", 210e-6}, {"max", 0.0041}, {"server_cpu", 0.75}};
  epoch.contender = epoch.baseline;
  epoch.contender["operations"] = 30000 * pair.ratios.at(static_cast<std::size_t>(launch - 1));
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
  return all;
}

Interval interval_of(const std::array<double, 2>& ratios) {
  const double mean = (std::log(ratios[0]) + std::log(ratios[1])) / 2;
  const double half = kTwoLaunchesT * std::abs(std::log(ratios[0]) - std::log(ratios[1])) / 2;
  return {std::exp(mean), std::exp(mean - half), std::exp(mean + half)};
}

Comparison throughput(const Pair& pair, const char* profile) {
  Comparison comparison;
  comparison.service = "postgres";
  comparison.workload = "select_one_row";
  comparison.metric = "throughput";
  comparison.unit = "1/s";
  comparison.better = "higher";
  comparison.stack = pair.stack;
  comparison.profile = profile;
  comparison.against = "postgres-15/baseline";
  comparison.baseline_value = 20000;
  comparison.interval = interval_of(pair.ratios);
  comparison.value = 20000 * comparison.interval->ratio;
  comparison.margin = 0.03;
  comparison.twin = interval_of(kTwin.ratios);
  comparison.note = "recorded, not judged: 2 launches; netns; client 0, servers 1";
  for (const int number : {1, 2}) {
    const double ratio = pair.ratios.at(static_cast<std::size_t>(number - 1));
    comparison.launches.push_back({number, 20000, 20000 * ratio, ratio, {ratio, ratio}});
    comparison.samples += static_cast<std::uint64_t>(std::llround(2 * 30000 * (1 + ratio)));
  }
  return comparison;
}

std::vector<Comparison> comparisons() {
  std::vector<Comparison> all{throughput(kReadonly, "readonly"), throughput(kTwin, "baseline-twin")};
  Comparison rabbit;
  rabbit.service = "rabbitmq";
  rabbit.workload = "confirmed_publish";
  rabbit.metric = "p99";
  rabbit.unit = "s";
  rabbit.better = "lower";
  rabbit.stack = "rabbitmq-3.10/readonly";
  rabbit.profile = "readonly";
  rabbit.against = "rabbitmq-3.10/baseline";
  rabbit.baseline_value = 0.0011;
  rabbit.value = 0.0012;
  rabbit.margin = 0.10;
  rabbit.note = "recorded, not judged: 1 launch; published; unpinned: one CPU";
  rabbit.samples = 9900;
  rabbit.launches = {{1, 0.0011, 0.0012, 0.0012 / 0.0011, {0.0012 / 0.0011}}};
  all.push_back(rabbit);
  Comparison judged = all.front();  // what a later run with enough launches looks like
  judged.workload = "update_one_row";
  judged.judged = true;
  judged.verdict = Verdict::pass;
  judged.interval = Interval{1.002, 0.991, 1.013};
  judged.note = "judged: 2 launches; netns; client 0, servers 1";
  all.push_back(judged);
  return all;
}

std::vector<Finding> findings() {
  return {{"as-analysed-start-postgres",
           "high",
           "postgres-15/as-analysed",
           "PostgreSQL does not start with the analysis's own lines: /var/run/postgresql is not writable",
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
  record.attacks = sample_attacks();
  record.surface = sample_surface();
  record.epochs = epochs();
  record.comparisons = comparisons();
  record.resources = {{"postgres-15/readonly", "memory_high_water", "B", 104857600},
                      {"postgres-15/readonly", "cpu", "s", 12.5}};
  record.findings = findings();
  record.skipped = {{"attack G07", "rabbitmq-3.10/readonly", "dpkg is not in the image"}};
  return record;
}

}  // namespace rootseal::record
