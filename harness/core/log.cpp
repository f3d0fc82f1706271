#include "core/log.hpp"

#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string_view>

namespace rootseal::core {
namespace {

constexpr const char* kBackToAnEmptyLine = "\r\x1b[2K";

// Puts each message above the status line.
class StatusSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  StatusSink(bool live, bool colour)
      : live_(live), inner_(colour ? spdlog::color_mode::always : spdlog::color_mode::never) {}

  [[nodiscard]] bool live() const { return live_; }
  void set(const std::string& line) {
    const std::lock_guard lock(mutex_);
    if (!live_ || line == line_) return;
    erase();
    line_ = line;
    draw();
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    erase();
    inner_.log(message);
    draw();
  }
  void flush_() override { inner_.flush(); }
  void set_formatter_(std::unique_ptr<spdlog::formatter> formatter) override {
    inner_.set_formatter(std::move(formatter));
  }

 private:
  void erase() {
    if (!line_.empty()) std::fputs(kBackToAnEmptyLine, stderr);
  }
  void draw() {
    if (!line_.empty()) std::fputs(line_.c_str(), stderr);
    std::fflush(stderr);
  }

  bool live_;
  spdlog::sinks::ansicolor_stderr_sink_st inner_;
  std::string line_;
};

std::shared_ptr<StatusSink>& sink() {
  static std::shared_ptr<StatusSink> the_sink;
  return the_sink;
}

bool is_capable_terminal(int descriptor) {
  const char* terminal = std::getenv("TERM");
  return isatty(descriptor) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

}  // namespace

void init_logging(Verbosity verbosity) {
  sink() = std::make_shared<StatusSink>(is_capable_terminal(STDERR_FILENO) && verbosity != Verbosity::quiet,
                                        colour_wanted(STDERR_FILENO));
  auto logger = std::make_shared<spdlog::logger>("rootseal", sink());
  logger->set_pattern("%H:%M:%S %^%L%$ %v");
  logger->set_level(verbosity == Verbosity::quiet   ? spdlog::level::warn
                    : verbosity == Verbosity::debug ? spdlog::level::debug
                                                    : spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

bool status_shown() { return sink() != nullptr && sink()->live(); }

void set_status(const std::string& line) {
  if (sink() != nullptr) sink()->set(line);
}

std::size_t status_width() {
  constexpr std::size_t kUsual = 80;
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : kUsual;
}

bool colour_wanted(int descriptor) {
  const char* refused = std::getenv("NO_COLOR");
  return is_capable_terminal(descriptor) && (refused == nullptr || *refused == '\0');
}

}  // namespace rootseal::core
