// One attempt: prerequisites, leftovers, action, look, undo, look again, decide.
#include <fmt/format.h>

#include <chrono>

#include "attack/attack.hpp"
#include "attack/decide.hpp"
#include "attack/steps.hpp"
#include "attack/variables.hpp"
#include "core/cancel.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

namespace rootseal::attack {
namespace {

using record::Observed;

record::Attack blank_row(const Definition& definition, const std::string& identity, const Site& site) {
  record::Attack row;
  row.id = definition.id;
  row.title = definition.title;
  row.stack = site.stack;
  row.service = site.service->description().name;
  row.profile = site.profile->name;
  row.role = profile::to_text(site.profile->role);
  row.identity = identity;
  row.threat = definition.threat;
  row.severity = definition.severity;
  row.by_design = definition.by_design;
  row.references = definition.references;
  row.remedy = definition.remedy;
  row.throwaway = site.throwaway;
  row.protection_off = site.protection_off;
  return row;
}

Variables variables_of(const Definition& definition, const Site& site,
                       const std::map<std::string, std::string>& environment) {
  const auto version = site.version.empty() ? site.service->version(environment) : site.version;
  Variables variables{site.service->facts(version), site.payloads};
  variables.values["id"] = definition.id;
  variables.values["tools"] = site.scan.substr(0, site.scan.rfind('/'));
  variables.values["version"] = version;
  return variables;
}

// One attempt in progress. Writes what it sees into the row.
class Attempt {
 public:
  Attempt(const Definition& definition, const std::string& identity, Site site, record::Attack& row)
      : definition_(definition), identity_(identity), site_(std::move(site)), row_(row) {}

  void make();

 private:
  bool start_clean();
  void act();
  void undo();
  void conclude();
  // What a container that died cannot show is not there; engine faults on a living one pass on.
  bool running();
  void note(const View& view, const std::string& when);

  const Definition& definition_;
  const std::string& identity_;
  Site site_;  // a restart changes it
  record::Attack& row_;
  Outcome outcome_;
  bool untouched_ = false;  // the first step was refused, and nothing of the attack is there: nothing to undo
  std::vector<std::string> not_undone_;  // steps that should have undone something, and were refused
  std::optional<std::string> answer_;
};

bool Attempt::running() {
  outcome_.running = site_.container->pid() != 0;
  if (!outcome_.running) outcome_.last_log_line = site_.container->last_log_line();
  return outcome_.running;
}

void Attempt::note(const View& view, const std::string& when) {
  for (const auto& line : view.lines) row_.evidence.push_back(fmt::format("{}, {}", when, line));
}

bool Attempt::start_clean() {
  const View before = look(definition_, site_, std::nullopt);
  if (before.there.empty()) return true;
  row_.evidence.push_back("there before acting, undone first: " + core::join(before.there, ", "));
  undo();
  const View after = look(definition_, site_, std::nullopt);
  if (after.there.empty()) return true;
  row_.note =
      "the effect was there before the attack and could not be undone: " + core::join(after.there, ", ");
  return false;
}

void Attempt::act() {
  not_undone_.clear();  // what start_clean() tried may not have been there
  const auto steps = take(definition_.action, true, identity_, site_);
  // A verb of rootseal-scan that is refused leaves nothing half done.
  untouched_ = steps.size() == 1 && !steps.front().done &&
               definition_.action.front().kind == Step::Kind::scan && steps.front().stopped_by != "other";
  for (const auto& tried : steps) {
    row_.evidence.push_back(fmt::format("{}: {}", identity_, tried.text));
    if (!tried.done) {
      outcome_.refused = true;
      outcome_.stopped_by = tried.stopped_by;
      return;
    }
    answer_ = tried.answer;
  }
}

void Attempt::undo() {
  for (const auto& tried : take(definition_.undo, false, identity_, site_)) {
    if (tried.done) continue;
    row_.evidence.push_back("undo, " + tried.text);
    // What is inside the server is not seen from outside: there the step's own answer has to do.
    if (!outcome_.refused) not_undone_.push_back("what this step should have undone (" + tried.text + ")");
  }
}

void Attempt::conclude() {
  outcome_.effects_all = definition_.effects.size();
  if (running()) {
    const View view = look(definition_, site_, outcome_.refused ? std::nullopt : answer_);
    outcome_.effects_there = view.effects_there;
    note(view, "after acting");
    untouched_ = untouched_ && view.there.empty();
    if (!untouched_) undo();
  }
  if (!untouched_ && running()) {
    const View view = look(definition_, site_, std::nullopt);
    auto left = view.there;
    left.insert(left.end(), not_undone_.begin(), not_undone_.end());
    outcome_.gone = left.empty();
    outcome_.left = core::join(left, ", ");
    if (outcome_.gone) row_.evidence.emplace_back("after undoing: nothing of it is left");
  }
  const Decision decision = decide(outcome_);
  row_.observed = decision.observed;
  row_.stopped_by = decision.stopped_by;
  row_.note = decision.note;
}

void Attempt::make() {
  if (!start_clean()) return;
  try {
    act();
  } catch (const core::Interrupted&) {
    const core::CancelShield shield;
    undo();
    throw;
  } catch (const core::HarnessError& error) {
    outcome_.refused = true;
    outcome_.stopped_by = "other";
    row_.evidence.emplace_back(error.what());
  }
  conclude();
}

void attempt(const Definition& definition, const std::string& identity, const Site& site,
             record::Attack& row) {
  const auto environment = site.environment.empty() ? environment_of(*site.container) : site.environment;
  const std::string missing = missing_prerequisite(definition, identity, site, environment);
  if (!missing.empty()) {
    row.observed = Observed::skipped;
    row.stopped_by = "prerequisite";
    row.note = missing;
    return;
  }
  const Definition filled = expanded(definition, variables_of(definition, site, environment));
  if (!site.throwaway) row.must_be_blocked_by = must_be_blocked_by(filled, *site.profile, identity);
  Attempt(filled, identity, site, row).make();
  if (definition.by_design && row.observed == Observed::succeeded && row.note.empty())
    row.note = "allowed by design";
  const std::string dormant =
      row.observed == Observed::succeeded ? dormant_because(definition, site.settings) : "";
  if (!dormant.empty()) row.note += (row.note.empty() ? "" : "; ") + dormant;
}

}  // namespace

record::Attack run(const Definition& definition, const std::string& identity, const Site& site) {
  record::Attack row = blank_row(definition, identity, site);
  const auto start = core::Deadline::Clock::now();
  try {
    attempt(definition, identity, site, row);
  } catch (const core::Interrupted&) {
    throw;
  } catch (const std::exception& error) {
    row.observed = Observed::inconclusive;
    row.stopped_by.clear();
    row.note = error.what();
  }
  row.seconds = core::seconds(core::Deadline::Clock::now() - start);
  return row;
}

}  // namespace rootseal::attack
