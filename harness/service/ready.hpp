// service/ready: the waiting behind wait_ready(), over functions, so that it can be tested without an engine.
#pragma once

#include <functional>
#include <string>

#include "service/service.hpp"

namespace rootseal::service {

struct Candidate {
  std::string subject;  // for messages
  std::function<engine::State()> state;
  std::function<std::string()> logs;   // the last lines
  std::function<std::string()> probe;  // empty = ready; else why not
};

// Throws ServerError as wait_ready() does.
void wait_ready(const Candidate& candidate, const core::Deadline& deadline,
                core::Milliseconds pause = core::Milliseconds(150));

// Tries that are short at first, because a container that dies meanwhile is seen between two of them, and
// twice as long after each that ran out of time, because a slow server never answers within a short one.
std::function<std::string()> patient_probe(const core::Deadline& deadline,
                                           std::function<std::string(const core::Deadline&)> probe,
                                           core::Milliseconds first_try = core::Milliseconds(5'000));

// The last `count` lines that are not blank, printable, joined by " | ". Pure.
std::string last_lines(const std::string& log, std::size_t count);

}  // namespace rootseal::service
