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

// The last `count` lines that are not blank, printable, joined by " | ". Pure.
std::string last_lines(const std::string& log, std::size_t count);

}  // namespace rootseal::service
