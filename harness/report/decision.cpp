#include "report/decision.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "report/answers.hpp"
#include "report/cost.hpp"
#include "report/next_step.hpp"
#include "report/risks.hpp"
#include "report/text.hpp"
#include "report/unjudged.hpp"

namespace rootseal::report {
namespace {

using record::Check;
using record::Comparison;
using record::Observed;
using record::Record;
using record::Stack;
using record::Verdict;

Standing worse(Standing a, Standing b) { return std::max(a, b); }

const ProfileAnswers* figures_of(const std::vector<ServerAnswers>& all, const std::string& stack) {
  for (const auto& server : all) {
    for (const auto& row : server.profiles) {
      if (server.server + "/" + row.profile == stack) return &row;
    }
  }
  return nullptr;
}

const Stack* control_of(const Record& record, const Stack& stack) {
  for (const auto& each : record.stacks) {
    if (each.role == "control" && is_main(each) && server_of(each.id) == server_of(stack.id)) return &each;
  }
  return nullptr;
}

class Weighing {
 public:
  Weighing(const Record& record, const std::vector<ServerAnswers>& figures, const Stack& stack)
      : record_(record), stack_(stack), here_(figures_of(figures, stack.id)) {
    if (const Stack* control = control_of(record, stack)) {
      control_ = control;
      there_ = figures_of(figures, control->id);
    }
  }

  Decision decide() {
    Decision all;
    all.stack = stack_.id;
    all.profile = stack_.profile;
    all.answers = {scenarios("Does it still work?", "function"),
                   scenarios("Does it still recover?", "recovery"), attacks(all.residual), cost()};
    for (std::size_t i = 0; i < all.answers.size(); ++i) the_control_of(all.answers[i], kSuites.at(i));
    all.standing = Standing::shown;
    for (const auto& answer : all.answers) all.standing = worse(all.standing, answer.standing);
    weigh_findings(all.residual);
    // What people do with it, where neither the usual way works nor another.
    workflow_ = weigh_checks("workflow");
    if (!open_on_the_control("workflow").empty()) workflow_ = worse(workflow_, Standing::open);
    if (workflow_ > Standing::untried) all.standing = worse(all.standing, workflow_);
    all.standing = worse(all.standing, the_run());
    all.standing = worse(all.standing, the_control());
    all.words = words(all);
    all.why = std::move(why_);
    return all;
  }

 private:
  void because(const std::string& text) {
    if (why_.size() < kMostReasons) why_.push_back(text);
  }

  // Of the checks of a suite on this stack and on those beside it; untried when none was tried.
  Standing weigh_checks(const std::string& suite) {
    Standing standing = Standing::untried;
    for (const Check& check : record_.checks) {
      if (check.suite != suite || base_of(check.stack) != stack_.id || check.id == record::kClaimsCheck)
        continue;
      if (check.verdict == Verdict::skipped) continue;
      const Standing now = check.verdict == Verdict::pass   ? Standing::shown
                           : check.verdict == Verdict::fail ? Standing::refuted
                                                            : Standing::open;
      // The harness's own checks can refute, but do not show that the suite was tried.
      const bool own = check.id == record::kStartCheck;
      if (!own || now != Standing::shown)
        standing = standing == Standing::untried ? now : worse(standing, now);
      if (now != Standing::shown)
        because(fmt::format("{} {} on {}: {}", check.id, now == Standing::open ? "is open" : "fails",
                            check.stack, one_line(check.message, 300)) +
                (now == Standing::open ? ". Next: repeat it, " + to_repeat(check, stack_.service) : ""));
    }
    return standing;
  }

  Answer scenarios(const std::string& question, const std::string& suite) {
    Answer answer{question, weigh_checks(suite), "", ""};
    const auto text = [&](const ProfileAnswers* of) {
      if (of == nullptr) return std::string();
      std::string score = suite == "function" ? of->works : of->recovers;
      if (score == "-") return std::string();
      if (score != "does not start") score.insert(std::min(score.find(','), score.size()), " checks pass");
      return score;
    };
    answer.text = text(here_);
    answer.control = text(there_);
    if (answer.text.empty()) answer.text = "not tried";
    if (suite == "function" && !stack_.started) answer.standing = Standing::refuted;
    return answer;
  }

  Standing weigh_claims() {
    Standing standing = Standing::shown;
    for (const auto& stack : record_.stacks) {
      if (base_of(stack.id) != stack_.id) continue;
      for (const auto& claim : stack.claims) {
        if (claim.holds == true) continue;
        standing = worse(standing, claim.holds ? Standing::refuted : Standing::open);
        because(fmt::format("the claim \"{}: {}\" {} on {}", claim.name, one_line(claim.value, 100),
                            claim.holds ? "does not hold" : "was not established", stack.id));
      }
    }
    return standing;
  }

  // What is left writable and not declared: the profile is then not what it claims to be.
  Standing weigh_surface() {
    Standing standing = Standing::shown;
    for (const auto& row : record_.surface) {
      if (row.stack != stack_.id || row.undeclared.empty()) continue;
      standing = Standing::refuted;
      because(fmt::format("{} can write {}, which the profile does not declare", row.identity,
                          one_line(fmt::format("{}", fmt::join(row.undeclared, ", ")), 300)));
    }
    return standing;
  }

  Answer attacks(std::size_t& residual) {
    Answer answer{"What can an attacker inside still write?", Standing::untried, "", ""};
    std::size_t tried = 0, credit = 0;
    for (const auto& row : record_.attacks) {
      if (row.stack != stack_.id || row.throwaway || row.observed == Observed::skipped) continue;
      ++tried;
      credit += row.credit.given ? 1 : 0;
      residual += remains(row) ? 1 : 0;
      Standing now = Standing::shown;
      if (row.verdict == Verdict::fail) now = Standing::refuted;
      if (row.verdict == Verdict::inconclusive) now = Standing::open;
      answer.standing = answer.standing == Standing::untried ? now : worse(answer.standing, now);
      if (now != Standing::shown)
        because(fmt::format("attack {} ({}) as {} {}", row.id, one_line(row.title, 100), row.identity,
                            now == Standing::open ? "is open" : "succeeded although it must be blocked"));
    }
    const Standing claims = worse(weigh_claims(), weigh_surface());
    if (claims != Standing::shown) answer.standing = worse(answer.standing, claims);
    answer.text = tried == 0 || here_ == nullptr ? "no attack was tried" : attempts();
    answer.note = tried == 0 || here_ == nullptr ? "" : attempts();
    // Only a look from inside can say that nothing else is writable.
    const bool looked = here_ != nullptr && here_->writable != "-";
    answer.word = looked ? "only where the profile declares it" : "nothing that must be blocked";
    if (credit > 0)
      answer.text +=
          fmt::format("; {} blocked by the read-only root itself (they succeed on the control)", credit);
    if (here_ != nullptr && here_->writable != "-") answer.text += ". Writable: " + here_->writable;
    if (there_ != nullptr && there_->writable != "-") answer.control = there_->writable + " are writable";
    return answer;
  }

  // What was found and is not for a check to judge.
  void weigh_findings(std::size_t& residual) {
    for (const auto& finding : record_.findings) {
      if (!is_grave(finding) || base_of(finding.stack) != stack_.id) continue;
      ++residual;
      because(fmt::format("found on {}: {}", finding.stack, one_line(finding.text, 300)));
    }
  }

  Answer cost() {
    Answer answer{"What does it cost?", Standing::untried, "not measured", ""};
    const Cost cost = cost_of(record_, stack_.id);
    for (const Comparison& row : record_.comparisons) {
      if (row.stack != stack_.id || !row.judged || row.unit == "s/op" || row.verdict == Verdict::pass)
        continue;
      because(fmt::format("{} of {} {}: {}", row.metric, row.workload,
                          row.verdict == Verdict::fail ? "is slower by more than its margin" : "is open",
                          one_line(row.note, 300)));
    }
    const std::string recorded = slowdowns(cost);
    if (!recorded.empty()) {
      because("recorded, not judged: " + recorded);
      answer.note =
          fmt::format("slower, recorded and not judged: {}", fmt::join(slower_workloads(cost), ", "));
    }
    const std::string unknown = unjudged_of(record_, stack_);
    if (!unknown.empty()) because(unknown);
    const Standing verified = weigh_checks("performance");
    // Figures of which none could be judged show nothing: a quick run's intervals are wide.
    answer.standing = cost.slower > 0                          ? Standing::refuted
                      : cost.open > 0                          ? Standing::open
                      : cost.within == 0                       ? Standing::untried
                      : cost.recorded > 0 || !recorded.empty() ? Standing::in_part
                                                               : Standing::shown;
    if (verified > Standing::untried)
      answer.standing = cost.measured() ? worse(answer.standing, verified) : verified;
    slower_ = slower_workloads(cost);
    if (cost.measured() || !recorded.empty()) answer.text = cost_text(cost);
    return answer;
  }

  static std::string cost_text(const Cost& cost) {
    std::string text =
        cost.measured() ? counted(cost) + ", of throughput and latencies" : "nothing for judging";
    if (cost.worst != nullptr) {
      text += ". Least favourable throughput: " + worst_figure(cost);
      const double loss = cost.worst->interval ? 1 - cost.worst->interval->ci_low : 0;
      if (loss > 0) text += fmt::format(", at worst {:.1f} % less", loss * 100);
    }
    if (!cost.recorded_slower.empty()) text += ". Recorded, not judged: " + slowdowns(cost);
    return text;
  }

  // "9 of 36 attempts still succeed (on the control 27 of 35)"
  [[nodiscard]] std::string attempts() const {
    const auto told = [](std::string score, const std::string& word) {
      const std::size_t at = score.find(" succeeded");
      return at == std::string::npos ? score : score.replace(at, std::string(" succeeded").size(), word);
    };
    std::string text = told(here_->attacks, " attempts still succeed");
    if (there_ != nullptr && there_->attacks != "-")
      text += fmt::format(" (on the control {})", told(there_->attacks, ""));
    return text;
  }

  Standing the_run() {
    using record::RunVerdict;
    if (record_.run.verdict == RunVerdict::interrupted) {
      because("the run was interrupted: what it did not get to is not known");
      return Standing::open;
    }
    if (record_.run.verdict == RunVerdict::error) {
      because("the run had a fault of its own or of its environment");
      return Standing::open;
    }
    return Standing::shown;
  }

  // What the control does not do, nothing can be compared with.
  Standing the_control() {
    if (control_ == nullptr) {
      because("there is no control in this run to compare with");
      return Standing::open;
    }
    return unsettled_ ? Standing::open : Standing::shown;
  }

  // What is open or fails on the control: a list in words, empty when there is nothing.
  std::string open_on_the_control(const std::string& suite) {
    if (control_ == nullptr) return "";
    std::vector<std::string> names;
    const auto unsettled = [&](const std::string& where, const std::string& name, bool fails,
                               const std::string& message, const std::string& command) {
      const std::string what = fmt::format("{} {}", name, fails ? "fails" : "is inconclusive");
      because(fmt::format("on the control, {}, {}{}{}. Next: repeat it, {}", where, what,
                          message.empty() ? "" : ": ", one_line(message, 300), command));
      if (std::find(names.begin(), names.end(), what) == names.end()) names.push_back(what);
    };
    for (const Check& check : record_.checks) {
      const bool passed = check.verdict == Verdict::pass || check.verdict == Verdict::skipped;
      const bool there =
          role_of(record_, check.stack) == "control" && server_of(check.stack) == server_of(control_->id);
      if (passed || check.suite != suite || !there) continue;
      if (check.id != record::kClaimsCheck)
        unsettled(check.stack, check.id, check.verdict == Verdict::fail, check.message,
                  to_repeat(check, stack_.service));
    }
    for (const auto& row : record_.attacks) {
      if (suite != "security" || row.stack != control_->id || row.throwaway) continue;
      if (row.observed == Observed::inconclusive)
        unsettled(row.stack, fmt::format("attack {} as {}", row.id, row.identity), false, row.note,
                  to_repeat(row, stack_.service));
    }
    unsettled_ = unsettled_ || !names.empty();
    return one_line(fmt::format("{}", fmt::join(names, ", ")), 300);
  }

  // It leaves the same question open here: "still" has no measure then.
  void the_control_of(Answer& answer, const std::string& suite) {
    const std::string list = open_on_the_control(suite);
    if (list.empty()) return;
    if (answer.standing != Standing::untried) answer.standing = worse(answer.standing, Standing::open);
    answer.note += (answer.note.empty() ? "" : "; ") + ("on the control: " + list);
    answer.text += ". Not settled on the control: " + list;
  }

  [[nodiscard]] std::string words(const Decision& all) const {
    static constexpr const char* kRefuted[] = {"it does not do its work", "it does not recover",
                                               "an attack gets through, or it is not what it claims to be",
                                               "it costs more than the margin"};
    static constexpr const char* kNames[] = {"function", "recovery", "attacks", "cost"};
    std::vector<std::string> against, untried, open;
    bool in_part = false;
    for (std::size_t i = 0; i < all.answers.size(); ++i) {
      if (all.answers[i].standing == Standing::refuted) against.emplace_back(kRefuted[i]);
      if (all.answers[i].standing == Standing::untried) untried.emplace_back(kNames[i]);
      if (all.answers[i].standing == Standing::open) open.emplace_back(kNames[i]);
      in_part = in_part || all.answers[i].standing == Standing::in_part;
    }
    if (workflow_ == Standing::open) open.emplace_back("workflow");
    if (all.standing == Standing::refuted && against.empty())
      against.emplace_back("people cannot work with it");
    if (all.standing == Standing::refuted)
      return fmt::format("Do not ship it as it is: {}", fmt::join(against, "; "));
    if (all.standing == Standing::open && open.empty()) return "Not settled: do not decide on this run alone";
    if (all.standing == Standing::open)
      return fmt::format("Not settled ({}): do not decide on this run alone", fmt::join(open, ", "));
    if (all.answers.size() == untried.size()) return "Nothing was tried";
    std::string text = untried.empty() ? "The evidence supports shipping it" : "Supported in what was tried";
    if (in_part) text += "; no slowdown was shown in what is judged, equal cost only in part";
    if (!slower_.empty())
      text += fmt::format("; slower, but recorded and not judged: {}", fmt::join(slower_, ", "));
    if (!untried.empty()) text += fmt::format("; not established: {}", fmt::join(untried, ", "));
    if (all.residual > 0) text += "; " + risks_in_words(all.residual);
    return text;
  }

  static constexpr std::size_t kMostReasons = 12;
  static constexpr std::array kSuites{"function", "recovery", "security", "performance"};  // of the answers
  const Record& record_;
  const Stack& stack_;
  const Stack* control_ = nullptr;
  const ProfileAnswers* here_;
  const ProfileAnswers* there_ = nullptr;
  bool unsettled_ = false;  // on the control
  Standing workflow_ = Standing::untried;
  std::vector<std::string> why_;
  std::vector<std::string> slower_;  // workloads that were recorded, and shown slower by their intervals
};

}  // namespace

std::vector<Decision> decisions(const Record& record) {
  std::vector<Decision> all;
  const auto figures = answers(record);
  for (const auto& stack : record.stacks) {
    if (stack.role == "candidate" && is_main(stack)) all.push_back(Weighing(record, figures, stack).decide());
  }
  return all;
}

std::string risks_in_words(std::size_t residual) {
  return plural(residual, "risk is", "risks are") + " known to remain";
}

std::string verdict_in_words(const Record& record) {
  switch (record.run.verdict) {
    case record::RunVerdict::pass:
      return unjudged(record) == 0
                 ? "Everything that was asked for was established."
                 : "Everything else that was asked for was established. \"Why\" below names "
                   "these figures, and what to run to have them judged.";
    case record::RunVerdict::fail:
      return "Something that must hold does not: a check, a claim, an attack that must be blocked, or a "
             "cost.";
    case record::RunVerdict::inconclusive:
      return "Something could not be established. That is not a pass.";
    case record::RunVerdict::error:
      return "rootseal or its environment had a fault. What stands below was learnt before or beside it.";
    case record::RunVerdict::interrupted:
      return "The run did not end. What it did not get to is not known: run it again before deciding "
             "anything.";
  }
  return "";
}

}  // namespace rootseal::report
