// run/progress: what a run is doing now, in one line for a person who waits at a terminal: how long, how much
// of how much, and what is under way side by side. Shown only where core::status_shown(); the log says what
// has ended.
//
// Order of calls: show() begins to draw; phase() says how much there is to do; a Lane is something that does
// one thing at a time (a child, a stack that starts), for as long as it lives, and says what by now(); done()
// is called for each thing that was counted. The destructor takes the line away; it must outlive its lanes.
// Thread-safe.
#pragma once

#include <spdlog/common.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace rootseal::run {

struct ProgressState {
  std::string phase;
  std::size_t done = 0;
  std::size_t total = 0;                                   // 0: not known
  std::vector<std::pair<std::string, std::string>> lanes;  // name and what it does, oldest first
};

// At most `width` columns. Lanes that do not fit are counted. Pure.
std::string progress_line(const ProgressState& state, std::chrono::seconds elapsed, std::size_t width);

// At what level it is logged that something ended: where a line counts it, what went well needs no other.
spdlog::level::level_enum level_of_end(bool well);

class Progress {
 public:
  Progress() = default;
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show();
  void phase(const std::string& name, std::size_t total);  // forgets the counts and lanes of the one before
  void done();

  class Lane {
   public:
    Lane(Progress& progress, std::string name) : progress_(progress), name_(std::move(name)) {}
    ~Lane() { progress_.end(name_); }
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;
    void now(const std::string& what) const { progress_.now(name_, what); }

   private:
    Progress& progress_;
    std::string name_;
  };

 private:
  void now(const std::string& lane, const std::string& what);
  void end(const std::string& lane);
  void keep_drawing(const std::stop_token& stop);

  std::mutex mutex_;
  ProgressState state_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::condition_variable_any wake_;
  std::jthread drawer_;  // last: ends before what it uses
};

}  // namespace rootseal::run
