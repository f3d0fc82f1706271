// core/log: progress and diagnosis on stderr, through spdlog. Call init_logging once in main, before any
// thread. Results never go here: they go to stdout and to the run's folder. Thread-safe afterwards.
#pragma once

#include <cstddef>
#include <string>

namespace rootseal::core {

enum class Verbosity { quiet, normal, debug };

void init_logging(Verbosity verbosity);

// One line that stays below what is logged, for a person who waits: on a terminal that can redraw it, and not
// when quiet. Elsewhere these do nothing, so that files and pipes only ever hold whole lines of log.
bool status_shown();
void set_status(const std::string& line);  // without a newline; "" takes it away
std::size_t status_width();                // columns of the terminal; 80 when it does not say

// Whether text on this descriptor may be coloured: it is a terminal that can, and NO_COLOR is not set
// (no-color.org).
bool colour_wanted(int descriptor);

}  // namespace rootseal::core
