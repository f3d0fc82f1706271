#include "run/recorder.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "record/json.hpp"

namespace rootseal::run {
namespace {

// A claim that was seen not to hold, or could not be established, is not healed by a later look.
void merge_claims(std::vector<record::Claim>& into, std::vector<record::Claim> from) {
  for (auto& claim : from) {
    const auto known =
        std::find_if(into.begin(), into.end(), [&](const auto& c) { return c.name == claim.name; });
    if (known == into.end()) {
      into.push_back(std::move(claim));
    } else if (known->holds == true || known->verified.empty()) {  // empty: declared, nobody has looked yet
      *known = std::move(claim);
    } else if (!known->holds.has_value() && claim.holds == false) {
      *known = std::move(claim);
    }
  }
}

}  // namespace

Recorder::Recorder(record::Record initial, std::filesystem::path file)
    : record_(std::move(initial)), file_(std::move(file)) {
  save();
  writer_ = std::jthread([this](const std::stop_token& stop) { keep_writing(stop); });
}

void Recorder::keep_writing(const std::stop_token& stop) {
  using namespace std::chrono_literals;
  while (!stop.stop_requested()) {
    std::unique_lock wait(pause_);
    wake_.wait_for(wait, stop, 1s, [] { return false; });
    try {
      const std::lock_guard lock(mutex_);
      if (changed_) write(lock);
    } catch (const std::exception& error) {
      spdlog::warn("writing the record: {}", error.what());  // save() and finish() report it
    }
  }
}

namespace {

// A stack is started more than once under one id: what was not the same every time must be seen to differ.
void merge_settings(std::map<std::string, std::string>& known,
                    const std::map<std::string, std::string>& later) {
  if (known.empty() || later.empty()) {
    known.insert(later.begin(), later.end());
    return;
  }
  const auto note = [](std::string& before, const std::string& value) {
    const std::string words = "; later: " + value;
    if (before != value && before.find(words) == std::string::npos) before += words;
  };
  for (auto& [name, before] : known) {
    const auto found = later.find(name);
    note(before, found == later.end() ? "not set" : found->second);
  }
  for (const auto& [name, value] : later) {
    if (known.find(name) == known.end()) known[name] = "not set; later: " + value;
  }
}

void merge_mounts(std::vector<std::string>& known, const std::vector<std::string>& later) {
  for (const auto& line : later) {
    if (std::find(known.begin(), known.end(), line) == known.end()) known.push_back(line);
  }
}

}  // namespace

void Recorder::stack(record::Stack row) {
  const std::lock_guard lock(mutex_);
  auto& rows = record_.stacks;
  const auto known = std::find_if(rows.begin(), rows.end(), [&](const auto& s) { return s.id == row.id; });
  if (known == rows.end()) {
    rows.push_back(std::move(row));
  } else {
    merge_claims(known->claims, std::move(row.claims));
    merge_settings(known->settings, row.settings);
    merge_mounts(known->mounts, row.mounts);
    if (known->started && !row.started) known->start_error = row.start_error;
    known->started = known->started && row.started;
  }
  changed_ = true;
}

void Recorder::check(record::Check row) {
  const std::lock_guard lock(mutex_);
  record_.checks.push_back(std::move(row));
  changed_ = true;
}

void Recorder::task(record::Task row) {
  const std::lock_guard lock(mutex_);
  record_.tasks.push_back(std::move(row));
  changed_ = true;
}

void Recorder::attack(record::Attack row) {
  const std::lock_guard lock(mutex_);
  record_.attacks.push_back(std::move(row));
  changed_ = true;
}

void Recorder::surface(record::Surface row) {
  const std::lock_guard lock(mutex_);
  record_.surface.push_back(std::move(row));
  changed_ = true;
}

void Recorder::epoch(record::Epoch row) {
  const std::lock_guard lock(mutex_);
  record_.epochs.push_back(std::move(row));
  changed_ = true;
}

void Recorder::resource(record::Resource row) {
  const std::lock_guard lock(mutex_);
  record_.resources.push_back(std::move(row));
  changed_ = true;
}

void Recorder::finding(record::Finding row) {
  const std::lock_guard lock(mutex_);
  record_.findings.push_back(std::move(row));
  changed_ = true;
}

void Recorder::skipped(record::Skipped row) {
  const std::lock_guard lock(mutex_);
  record_.skipped.push_back(std::move(row));
  changed_ = true;
}

void Recorder::fault(const std::string& message) {
  spdlog::error("{}", message);
  const std::lock_guard lock(mutex_);
  record_.run.faults.push_back(message);
  changed_ = true;
}

void Recorder::finish(const std::function<void(record::Record&)>& change) {
  const std::lock_guard lock(mutex_);
  change(record_);
  write(lock);
}

void Recorder::save() {
  const std::lock_guard lock(mutex_);
  write(lock);
}

record::Record Recorder::snapshot() const {
  const std::lock_guard lock(mutex_);
  return record_;
}

void Recorder::write(const std::lock_guard<std::mutex>& /*lock*/) {
  record::write_atomically(file_, record::to_json_text(record_));
  changed_ = false;
}

}  // namespace rootseal::run
