#include "run/children.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/error.hpp"
#include "core/patience.hpp"
#include "process/child.hpp"
#include "run/further.hpp"

namespace rootseal::run {

namespace fs = std::filesystem;
namespace {

class Session {
 public:
  Session(Workshop& workshop, const ChildJob& job, Recorder& recorder)
      : workshop_(workshop),
        job_(job),
        recorder_(recorder),
        lane_(workshop.progress, job.name),
        all_(core::patient_deadline(job.limits.all)) {
    const fs::path folder = workshop_.private_folder() / "children" / job_.name;
    context_ = job_.context;
    context_.work_dir = folder / "work";
    fs::create_directories(context_.work_dir);
    context_file_ = folder / "context.json";
  }

  ChildResult run() {
    for (int attempt = 0; attempt <= job_.limits.restarts; ++attempt) {
      if (!run_once()) continue;
      result_.done = done_;
      return result_;
    }
    recorder_.fault(fmt::format("{}: started again {} times after crashes, gave up; log: {}", job_.name,
                                job_.limits.restarts, workshop_.log_path(job_.name)));
    return result_;
  }

 private:
  [[nodiscard]] fs::path log_file() const { return workshop_.logs() / (job_.name + ".log"); }

  // True when there is nothing left to do.
  bool run_once() {
    context_.patience_ms = core::patience().count();  // a machine that got slower since shows it here
    std::ofstream(context_file_) << wire::to_json_text(context_);
    std::vector<std::string> argv{job_.program, "--context", context_file_.string()};
    for (auto& argument : job_.select(done_)) argv.push_back(std::move(argument));
    process::Child child({argv, {}, log_file()});
    running_.reset();
    std::string why = converse(child);
    if (!why.empty()) child.kill();
    if (job_.further != nullptr) job_.further->clear();
    const auto ended = child.wait(core::patient_deadline());
    if (why.empty() && ended && ended->signal != 0)
      why = fmt::format("the child was killed by signal {}", ended->signal);
    // Google Test ends with 1 when a check failed: that was reported. Other endings are not normal.
    if (why.empty() && ended && ended->exit_code > 1)
      why = fmt::format("the child ended with code {}", ended->exit_code);
    if (why.empty() && running_) why = "the child ended in the middle of it";
    if (why.empty()) return true;
    if (!running_) {
      recorder_.fault(
          fmt::format("{}: {} outside any check; log: {}", job_.name, why, workshop_.log_path(job_.name)));
      return true;
    }
    died(why);
    return all_.expired();
  }

  void died(const std::string& why) {
    auto row = job_.died(*running_, fmt::format("{}; log: {}", why, workshop_.log_path(job_.name)));
    spdlog::warn("{}: {}: {}", row.stack, row.id, row.message);
    done_.insert(job_.key(running_->check, running_->stack));
    epochs_.clear();
    recorder_.check(std::move(row));
    workshop_.progress.done();
    ++result_.checks;
  }

  // Empty: the child closed its end. Else why it has to be killed.
  std::string converse(process::Child& child) {
    auto deadline = all_.at_most(core::patience(job_.limits.check));
    std::string line;
    while (true) {
      const auto event = child.next_line(line, deadline);
      if (event == process::Child::Event::closed) return "";
      if (event == process::Child::Event::timeout) return "no end within its deadline";
      try {
        handle(child, wire::message_from_line(line));
      } catch (const core::Interrupted&) {
        throw;
      } catch (const core::HarnessError& error) {
        return error.what();
      }
      deadline = all_.at_most(core::patience(job_.limits.check));
    }
  }

  void handle(process::Child& child, const wire::Message& message) {
    if (message.started) begun(*message.started);
    if (message.check) finished(*message.check);
    if (message.task) recorder_.task(*message.task);
    if (message.finding) recorder_.finding(*message.finding);
    if (message.epoch) epochs_.push_back(*message.epoch);
    if (message.request || message.recreate) child.send_line(wire::to_line(further(message)));
    if (message.release && job_.further != nullptr) job_.further->release(message.release->stack);
  }

  void begun(const wire::Started& started) {
    running_ = started;
    lane_.now(started.check);
  }

  void finished(const record::Check& check) {
    spdlog::log(level_of_end(check.verdict == record::Verdict::pass), "{}: {} {}: {} in {:.1f} s{}{}",
                check.stack, check.suite, check.id, record::to_text(check.verdict), check.seconds,
                check.message.empty() ? "" : ": ", core::UntrustedText(check.message).printable(300));
    workshop_.progress.done();
    done_.insert(job_.key(check.id, check.stack));
    recorder_.check(check);
    // No time is kept for work whose result was not verified.
    if (check.verdict == record::Verdict::pass) {
      for (const auto& epoch : epochs_) recorder_.epoch(epoch);
      result_.epochs += static_cast<int>(epochs_.size());
    }
    epochs_.clear();
    running_.reset();
    ++result_.checks;
    if (job_.further != nullptr) job_.further->clear();
  }

  wire::StackReply further(const wire::Message& message) {
    if (job_.further == nullptr) return {std::nullopt, "this suite gives no further stacks", false};
    if (message.request) return job_.further->start(*message.request);
    auto reply = job_.further->recreate(*message.recreate);
    // A child that is started again after a crash must find the new container.
    for (auto& stack : context_.stacks) {
      if (reply.stack && reply.stack->id == stack.id) stack = *reply.stack;
    }
    return reply;
  }

  Workshop& workshop_;
  const ChildJob& job_;
  Recorder& recorder_;
  Progress::Lane lane_;
  core::Deadline all_;
  wire::Context context_;
  fs::path context_file_;
  std::set<std::string> done_;
  std::vector<record::Epoch> epochs_;  // of the check that runs
  std::optional<wire::Started> running_;
  ChildResult result_;
};

}  // namespace

ChildResult run_child(Workshop& workshop, const ChildJob& job, Recorder& recorder) {
  return Session(workshop, job, recorder).run();
}

std::vector<Listed> list_child(process::Runner& runner, const fs::path& program) {
  const auto outcome =
      runner.must({{program.string(), "--list"}, "", {}}, "listing what it knows", program.string());
  std::vector<Listed> listed;
  try {
    for (const auto& row : nlohmann::json::parse(outcome.out)) {
      listed.push_back({row.value("scenario", row.value("name", "")),
                        row.value("suite", "performance"),
                        row.value("service", ""),
                        row.value("file", ""),
                        row.value("longer", false),
                        {row.value("name", ""), row.value("service", ""), row.value("judged", true),
                         row.value("only_when_named", false), row.value("restarts", false),
                         row.value("in_quick", false)}});
    }
  } catch (const nlohmann::json::exception& error) {
    throw core::HarnessError(
        {"listing what it knows", program.string(),
         fmt::format("printed what is not a list: {}", core::UntrustedText(outcome.out).printable(200)),
         "build again with scripts/run.sh"});
  }
  return listed;
}

}  // namespace rootseal::run
