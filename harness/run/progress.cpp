#include "run/progress.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/log.hpp"
#include "core/secret.hpp"

namespace rootseal::run {
namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenDrawings = 250ms;
constexpr std::size_t kLaneColumns = 60;   // of one lane, at most
constexpr std::size_t kLeastOfALane = 20;  // of the first, which is cut rather than left out
constexpr std::string_view kCut = "..";

std::string clock_of(std::chrono::seconds elapsed) {
  const auto all = elapsed.count();
  if (all >= 3600) return fmt::format("{}:{:02}:{:02}", all / 3600, all / 60 % 60, all % 60);
  return fmt::format("{}:{:02}", all / 60, all % 60);
}

// Names are ours or a child's; a terminal gets nothing but plain ASCII of them, so that columns are bytes.
std::string plain(const std::string& text) {
  std::string line = core::UntrustedText(text).printable(kLaneColumns);
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return c < 0x20 || c > 0x7e; }, '?');
  return line;
}

}  // namespace

std::string progress_line(const ProgressState& state, std::chrono::seconds elapsed, std::size_t width) {
  std::string line = clock_of(elapsed) + "  " + plain(state.phase);
  if (state.total > 0) line += fmt::format(" {}/{}", state.done, std::max(state.done, state.total));
  if (line.size() > width) return line.substr(0, width);
  std::size_t shown = 0;
  for (const auto& [name, what] : state.lanes) {
    const std::string lane = fmt::format(" | {} {}", plain(name), plain(what));
    const std::size_t left = state.lanes.size() - shown - 1;
    const std::size_t room_for_rest = left > 0 ? fmt::format(" | +{}", left).size() : 0;
    const std::size_t taken = line.size() + room_for_rest;
    const std::size_t room = width > taken ? width - taken : 0;
    const bool cut = lane.size() > room;
    if (cut && (shown > 0 || room < kLeastOfALane)) break;
    line += cut ? lane.substr(0, room - kCut.size()) + std::string(kCut) : lane;
    ++shown;
    if (cut) break;
  }
  const std::size_t hidden = state.lanes.size() - shown;
  const std::string rest = fmt::format(" | +{}", hidden);
  if (hidden > 0 && line.size() + rest.size() <= width) line += rest;
  return line;
}

spdlog::level::level_enum level_of_end(bool well) {
  return well && core::status_shown() ? spdlog::level::debug : spdlog::level::info;
}

Progress::~Progress() {
  drawer_ = {};
  core::set_status("");
}

void Progress::show() {
  if (!core::status_shown() || drawer_.joinable()) return;
  drawer_ = std::jthread([this](const std::stop_token& stop) { keep_drawing(stop); });
}

void Progress::phase(const std::string& name, std::size_t total) {
  const std::lock_guard lock(mutex_);
  state_ = {name, 0, total, {}};
}

void Progress::now(const std::string& lane, const std::string& what) {
  const std::lock_guard lock(mutex_);
  auto& lanes = state_.lanes;
  const auto at =
      std::find_if(lanes.begin(), lanes.end(), [&](const auto& each) { return each.first == lane; });
  if (at == lanes.end()) {
    lanes.emplace_back(lane, what);
  } else {
    at->second = what;
  }
}

void Progress::end(const std::string& lane) {
  const std::lock_guard lock(mutex_);
  std::erase_if(state_.lanes, [&](const auto& each) { return each.first == lane; });
}

void Progress::done() {
  const std::lock_guard lock(mutex_);
  ++state_.done;
}

void Progress::keep_drawing(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto elapsed =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began_);
    // One column stays free: a terminal wraps when the last one is written.
    core::set_status(progress_line(state_, elapsed, core::status_width() - 1));
    wake_.wait_for(lock, stop, kBetweenDrawings, [] { return false; });
  }
}

}  // namespace rootseal::run
