// run/suites: the parts that function and recovery share: recording a start, running the scenarios child over
// a stack.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <fstream>
#include <sstream>

#include "core/error.hpp"
#include "core/text.hpp"
#include "run/children.hpp"
#include "run/further.hpp"
#include "run/suites.hpp"

namespace rootseal::run {

using namespace std::chrono_literals;

namespace {

std::string saved_log(const Bench& bench, const RunningStack& stack) {
  try {
    return stack.container().logs();
  } catch (const core::HarnessError&) {
    (void)bench;
    return "";  // the container was never made
  }
}

void record_finding(const Bench& bench, const RunningStack& stack) {
  const auto failure = read_start_failure(saved_log(bench, stack));
  record::Finding finding;
  finding.id = fmt::format("{}-start-{}", stack.row().profile, stack.row().service);
  finding.severity = "high";
  finding.stack = stack.id();
  finding.text = fmt::format("{} does not start: {}", stack.id(), failure.message);
  if (!failure.path.empty()) {
    finding.text += fmt::format(". It needed to write {}", failure.path);
    finding.evidence.push_back("path needed: " + failure.path);
  }
  finding.evidence.push_back("server's message: " + failure.message);
  finding.evidence.push_back("full log: " + stack.row().log);
  bench.recorder.finding(std::move(finding));
}

record::Check check_of(const RunningStack& stack, const std::string& suite) {
  record::Check check;
  check.stack = stack.id();
  check.service = stack.row().service;
  check.profile = stack.row().profile;
  check.suite = suite;
  return check;
}

// Longer scenarios stand under a name of the suite's own (testing/scenario.hpp). A check that is done is
// named in the negative part of Google Test's filter.
std::vector<std::string> scenario_filter(const std::string& suite, const Options& options,
                                         const std::set<std::string>& done) {
  const auto& glob = options.scenario_glob;
  const bool named = glob.find_first_of("*?") == std::string::npos;
  std::string filter = fmt::format("--gtest_filter={}/{}/*", suite, glob);
  if (options.size != Size::quick || named) filter += fmt::format(":{}_longer/{}/*", suite, glob);
  std::string sign = "-";
  for (const auto& id : done) {
    filter += fmt::format("{}*/{}/*", sign, id);
    sign = ":";
  }
  return {filter};
}

std::vector<wire::ProfileView> profiles_of(const ServicePlan& service) {
  std::vector<wire::ProfileView> views;
  for (const auto& profile : service.profiles)
    views.push_back({profile.name, profile::to_text(profile.role)});
  return views;
}

}  // namespace

StackSpec spec_of(const ServicePlan& service, const profile::Profile& profile) {
  return spec_of_service(service.service, service.image.image, profile);
}

void record_start(const RunningStack& stack, const std::string& suite, const Bench& bench) {
  auto check = check_of(stack, suite);
  check.id = "Stack.Starts";
  check.seconds = stack.row().started_in;
  check.verdict = stack.row().started ? record::Verdict::pass : record::Verdict::fail;
  check.message = stack.row().start_error;
  if (stack.row().started)
    check.evidence.push_back(fmt::format("answered after {:.1f} s", stack.row().started_in));
  bench.recorder.stack(stack.row());
  if (!stack.row().started && stack.spec().profile.role == profile::Role::specimen)
    record_finding(bench, stack);
  bench.recorder.check(std::move(check));
}

std::vector<Listed> scenarios_for(const Bench& bench, const ServicePlan& service, const std::string& suite) {
  std::vector<Listed> all;
  for (const auto& known : bench.plan.scenarios) {
    if (takes_part(known, suite, service.name(), bench.options)) all.push_back(known);
  }
  return all;
}

void run_scenarios(const Bench& bench, const ServicePlan& service, RunningStack& stack,
                   const std::string& suite) {
  FurtherStacks further(bench, service, stack, suite);
  ChildJob job;
  job.program = (bench.workshop.paths().programs / "rootseal-scenarios").string();
  job.name = fmt::format("{}-{}", suite, stack.spec().id.file_name());
  job.context.run = bench.workshop.run().str();
  job.context.suite = suite;
  job.context.size = to_text(bench.options.size);
  job.context.seed = bench.plan.seed;
  job.context.stacks = {stack.view()};
  job.context.profiles = profiles_of(service);
  job.select = [&](const auto& done) { return scenario_filter(suite, bench.options, done); };
  job.further = &further;
  job.died = [&](const wire::Started& started, const std::string& why) {
    auto row = check_of(stack, suite);
    row.id = started.check;
    row.message = fmt::format("{}: running {}: {}", stack.id(), started.check, why);
    return row;  // inconclusive
  };
  // Longer than a scenario's own deadline, so that it can say itself what it waited for.
  job.limits.check = bench.options.size == Size::full ? 660s : 240s;
  job.limits.all = bench.options.size == Size::full ? 4h : 1h;
  const auto result = run_child(bench.workshop, job, bench.recorder);
  for (const auto& known : scenarios_for(bench, service, suite)) {
    if (result.done.contains(known.name)) continue;
    auto row = check_of(stack, suite);
    row.id = known.name;
    row.message = fmt::format("{}: running {}: the child ended without a word of it; log: {}", stack.id(),
                              known.name, bench.workshop.log_path(job.name));
    bench.recorder.check(std::move(row));  // inconclusive
  }
}

void record_resources(const RunningStack& stack, Recorder& recorder) {
  try {
    recorder.resource(
        {stack.id(), "memory_high_water", "B", static_cast<double>(stack.container().memory_high_water())});
    recorder.resource({stack.id(), "cpu", "s", stack.container().cpu_seconds()});
  } catch (const std::exception& error) {
    spdlog::debug("{}: reading its resources: {}", stack.id(), error.what());
  }
}

}  // namespace rootseal::run
