// run/recorder: the record of a run while it grows. Executors only write to it. Thread-safe. Each row is on
// disk (run.json, replaced atomically) within about a second, and all of them after save().
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "record/record.hpp"

namespace rootseal::run {

class Recorder {
 public:
  // Writes the file at once, with the verdict `interrupted`. Throws HarnessError when it cannot.
  Recorder(record::Record initial, std::filesystem::path file);

  // Adds the stack, or merges into the row of the same id: a claim once seen not to hold stays so.
  void stack(record::Stack row);
  void check(record::Check row);
  void task(record::Task row);
  void attack(record::Attack row);
  void surface(record::Surface row);
  void epoch(record::Epoch row);
  void resource(record::Resource row);
  void finding(record::Finding row);
  void skipped(record::Skipped row);
  void fault(const std::string& message);  // of the harness or its environment: the run ends with 3

  // Changes the whole record under the lock (judging at the end) and saves.
  void finish(const std::function<void(record::Record&)>& change);
  void save();
  [[nodiscard]] record::Record snapshot() const;

 private:
  void write(const std::lock_guard<std::mutex>& lock);
  void keep_writing(const std::stop_token& stop);

  mutable std::mutex mutex_;
  record::Record record_;
  std::filesystem::path file_;
  bool changed_ = false;  // since the last write
  std::mutex pause_;
  std::condition_variable_any wake_;
  std::jthread writer_;  // last: ends before what it uses
};

}  // namespace rootseal::run
