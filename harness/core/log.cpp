#include "core/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace rootseal::core {

void init_logging(Verbosity verbosity) {
  auto logger =
      std::make_shared<spdlog::logger>("rootseal", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_pattern("%H:%M:%S %^%L%$ %v");
  logger->set_level(verbosity == Verbosity::quiet   ? spdlog::level::warn
                    : verbosity == Verbosity::debug ? spdlog::level::debug
                                                    : spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace rootseal::core
