// report/next_step: the command that repeats just what a row of the record left open. Names of a record may
// be anybody's: one that is not a plain word never gets into a command that a reader may paste. Pure;
// thread-safe.
#pragma once

#include <string>
#include <vector>

#include "record/record.hpp"

namespace rootseal::report {

// "scripts/run.sh --service rabbitmq --suite recovery --scenario 'OutOfMemory.*'"
std::string to_repeat(const record::Check& check, const std::string& service);
std::string to_repeat(const record::Attack& attack, const std::string& service);
// These workloads (none: all) in so many launches (0: as many as the size says).
std::string to_measure(const std::string& service, const std::vector<std::string>& workloads, int launches);

}  // namespace rootseal::report
