#include "run/children.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/error.hpp"
#include "process/child.hpp"

namespace rootseal::run {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

class Session {
 public:
  Session(Workshop& workshop, const ChildJob& job, Recorder& recorder)
      : workshop_(workshop),
        job_(job),
        recorder_(recorder),
        lane_(workshop.progress, job.name),
        all_(core::Deadline::after(job.limits.all)) {
    const fs::path folder = workshop_.private_folder() / "children" / job_.name;
    context_ = job_.context;
    context_.work_dir = folder / "work";
    fs::create_directories(context_.work_dir);
    context_file_ = folder / "context.json";
    std::ofstream(context_file_) << wire::to_json_text(context_);
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
    std::vector<std::string> argv{job_.program, "--context", context_file_.string()};
    for (auto& argument : job_.select(done_)) argv.push_back(std::move(argument));
    process::Child child({argv, {}, log_file()});
    running_.reset();
    std::string why = converse(child);
    if (!why.empty()) child.kill();
    stacks_.clear();
    const auto ended = child.wait(core::Deadline::after(10s));
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
    auto deadline = all_.at_most(job_.limits.check);
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
      deadline = all_.at_most(job_.limits.check);
    }
  }

  void handle(process::Child& child, const wire::Message& message) {
    if (message.started) begun(*message.started);
    if (message.check) finished(*message.check);
    if (message.task) recorder_.task(*message.task);
    if (message.epoch) epochs_.push_back(*message.epoch);
    if (message.request) child.send_line(wire::to_line(fresh(*message.request)));
    if (message.release) stacks_.erase(message.release->stack);
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
  }

  wire::StackReply fresh(const wire::StackRequest& request) {
    if (!job_.fresh_stack) return {std::nullopt, "this suite gives no further stacks"};
    try {
      auto stack = job_.fresh_stack(request);
      if (!stack->usable()) {
        const auto& why = stack->row().start_error;
        return {std::nullopt, why.empty() ? stack->id() + ": its claims do not hold" : why};
      }
      const auto view = stack->view();
      stacks_[view.id] = std::move(stack);
      return {view, ""};
    } catch (const core::Interrupted&) {
      throw;
    } catch (const core::HarnessError& error) {
      return {std::nullopt, error.what()};
    }
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
  std::map<std::string, std::unique_ptr<RunningStack>> stacks_;
  ChildResult result_;
};

}  // namespace

ChildResult run_child(Workshop& workshop, const ChildJob& job, Recorder& recorder) {
  return Session(workshop, job, recorder).run();
}

std::vector<Listed> list_child(process::Runner& runner, const fs::path& program) {
  const auto outcome =
      runner.must({{program.string(), "--list"}, "", {}, 60s}, "listing what it knows", program.string());
  std::vector<Listed> listed;
  try {
    for (const auto& row : nlohmann::json::parse(outcome.out)) {
      listed.push_back({row.value("scenario", row.value("name", "")),
                        row.value("suite", "performance"),
                        row.value("service", ""),
                        row.value("file", ""),
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
