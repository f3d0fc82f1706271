// core/log: progress and diagnosis on stderr, through spdlog. Call init_logging once in main, before any
// thread. Results never go here: they go to stdout and to the run's folder.
#pragma once

namespace rootseal::core {

enum class Verbosity { quiet, normal, debug };

void init_logging(Verbosity verbosity);

}  // namespace rootseal::core
