#include "run/run.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <tuple>

#include "core/cancel.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/patience.hpp"
#include "engine/reaper.hpp"
#include "engine/resources.hpp"
#include "report/report.hpp"
#include "run/folder.hpp"
#include "run/plan.hpp"
#include "run/recorder.hpp"
#include "run/revision.hpp"
#include "run/suites.hpp"
#include "verdict/judge.hpp"

namespace rootseal::run {
namespace {

constexpr int kInterruptedStatus = 130;

record::Record initial_record(const Options& options, const core::RunId& id) {
  record::Record record;
  record.tool = {ROOTSEAL_VERSION, ROOTSEAL_GIT};
  record.run.id = id.str();
  record.run.started = core::utc_now();
  record.run.argv = options.argv;
  record.run.size = to_text(options.size);
  return record;
}

void timed(const std::string& what, const std::function<void()>& work) {
  const auto began = std::chrono::steady_clock::now();
  spdlog::info("{} ...", what);
  work();
  spdlog::info("{}: done in {:.0f} s", what, core::seconds(std::chrono::steady_clock::now() - began));
}

void carry_out(const Bench& bench) {
  const auto& plan = bench.plan;
  if (plan.suites != std::vector<std::string>{"performance"}) {
    timed("function, security, workflow, recovery: every profile side by side", [&] { run_checks(bench); });
  }
  if (plan.has("security")) {
    timed("liveness of attacks in throw-away stacks", [&] { run_liveness_trials(bench); });
  }
  if (plan.has("performance")) timed("performance: launches of their own", [&] { run_performance(bench); });
}

// Every stack has taken itself down; this looks whether that is so.
void take_down_the_rest(const engine::Docker& docker, const core::RunId& id, Recorder& recorder) {
  const core::CancelShield shield;
  try {
    if (engine::labelled(docker, id.str()).empty()) return;
    engine::remove_run(docker, id.str(), core::patient_deadline());
    for (const auto& left : engine::labelled(docker, id.str())) {
      recorder.fault(fmt::format("{}: taking down: {} is still on the engine; 'rootseal clean' removes it",
                                 left.stack, left.name));
    }
  } catch (const core::HarnessError& error) {
    recorder.fault(error.what());
  }
}

// Everything between "the folder is there" and "it is judged". Faults become rows.
bool work(const Plan& plan, const Options& options, const Paths& paths, const engine::Docker& docker,
          const core::RunId& id, const Folder& folder, Recorder& recorder) {
  PrivateFolder secrets(id);
  engine::Reaper reaper(paths.programs / "rootseal-reaper", id.str(), {secrets.path()},
                        folder.logs() / "reaper.log");
  bool interrupted = false;
  bool kept = false;
  {
    Workshop workshop(docker, paths, id, secrets.path(), folder.logs());
    workshop.progress.show();
    try {
      carry_out({workshop, plan, options, recorder});
    } catch (const core::Interrupted&) {
      interrupted = true;
    } catch (const std::exception& error) {
      recorder.fault(error.what());
    }
    kept = workshop.something_kept && !interrupted;
  }
  if (kept) {
    secrets.keep();
  } else {
    take_down_the_rest(docker, id, recorder);
  }
  reaper.dismiss();
  return !interrupted;
}

// What fails on a specimen is not a failure of the run, but it is what the specimen is there to show.
void add_specimen_findings(record::Record& record) {
  for (const auto& check : record.checks) {
    const auto stack = std::find_if(record.stacks.begin(), record.stacks.end(),
                                    [&](const auto& row) { return row.id == check.stack; });
    const bool specimen =
        stack != record.stacks.end() && stack->role == profile::to_text(profile::Role::specimen);
    // A start that failed has its finding already, with the path that the server needed.
    if (!specimen || !stack->started || check.verdict != record::Verdict::fail) continue;
    record::Finding finding;
    finding.id = fmt::format("{}-{}-{}", check.profile, check.id, check.service);
    finding.severity = "medium";
    finding.stack = check.stack;
    finding.text = fmt::format("{} fails: {}", check.id, check.message);
    finding.evidence = check.evidence;
    record.findings.push_back(std::move(finding));
  }
}

// Stacks come up side by side; in the record they stand by service, the control first, the specimens last.
void sort_stacks(record::Record& record) {
  const auto rank = [](const record::Stack& stack) {
    const int role = stack.role == "control" ? 0 : stack.role == "candidate" ? 1 : 2;
    return std::make_tuple(stack.service, stack.image.version, role, stack.id.size(), stack.id);
  };
  std::sort(record.stacks.begin(), record.stacks.end(),
            [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
}

void end_interrupted(Recorder& recorder) {
  recorder.finish([](record::Record& record) {
    record.run.finished = core::utc_now();
    record.run.verdict = record::RunVerdict::interrupted;
    record.run.exit_status = kInterruptedStatus;
  });
}

}  // namespace

int run(const Options& options, const Paths& paths, process::Runner& runner) {
  auto plan = make_plan(options, paths, runner);
  const engine::Docker docker(runner, engine::Docker::Ask::everything, paths.compose_program());
  const auto id = core::RunId::make();
  const Folder folder(options.out.empty() ? paths.home / "results" : options.out, id);
  auto initial = initial_record(options, id);
  initial.run.suites = plan.suites;
  initial.run.seed = plan.seed;
  initial.environment = docker.environment();
  Recorder recorder(std::move(initial), folder.record());
  spdlog::info("run {}: results in {}", id.str(), folder.path().string());

  bool complete = true;
  try {
    choose_images(plan, options, paths, docker);
    require_planted(plan, options);
    for (const auto& service : plan.services) {
      spdlog::info("{} {}: {} ({})", service.name(), service.image.image.version,
                   service.image.image.reference, service.image.why);
    }
    complete = work(plan, options, paths, docker, id, folder, recorder);
  } catch (const core::Interrupted&) {
    complete = false;
  } catch (const std::exception& error) {
    recorder.fault(error.what());
  }
  if (!complete) {
    end_interrupted(recorder);
    spdlog::warn("stopped on request; stacks were taken down; the record is {}", folder.record().string());
    return kInterruptedStatus;
  }
  recorder.finish([](record::Record& record) {
    record.run.finished = core::utc_now();
    sort_stacks(record);
    add_specimen_findings(record);
    verdict::judge(record);
  });
  const auto record = recorder.snapshot();
  folder.write_reports(record);
  // A run that came to nothing does not take the place of one that did.
  if (!record.checks.empty() || !record.attacks.empty()) folder.move_latest();
  fmt::print("{}", report::console(record, core::colour_wanted(STDOUT_FILENO)));
  fmt::print("report: {}\n", folder.report().string());
  std::fflush(stdout);
  return record.run.exit_status;
}

namespace {
extern "C" void on_signal(int signal) {
  if (core::cancel_requested()) _exit(128 + signal);
  core::request_cancel();
  constexpr char text[] =
      "\nstopping: taking stacks down; once more ends at once and leaves that to the reaper\n";
  [[maybe_unused]] const auto written = write(STDERR_FILENO, text, sizeof text - 1);
}
}  // namespace

void install_signal_handlers() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGHUP, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace rootseal::run
