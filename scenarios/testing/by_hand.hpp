// testing/by_hand: the command lines that people type, for scenarios of what they do (testing/attempt.hpp).
// `docker` here is the client itself, with its habits: the user that the container was configured with, exit
// status 1 for what it refuses. Functions without state; thread-safe. They throw HarnessError only when the
// client cannot be started.
//
// A line that is printed is the line that is tried: a task's text and arguments_of() take the same one.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/deadline.hpp"
#include "process/command.hpp"
#include "wire/context.hpp"

namespace rootseal::scenarios {

struct Typed {
  std::vector<std::string> arguments;  // after "docker"
  std::string input = {};
  std::map<std::string, std::string> environment =
      {};  // for `-e NAME` without a value: no secret on the line
};

process::Outcome docker(const Typed& typed);
// With standard output into a file, "docker ... > FILE": for what is too large to be kept in memory.
process::Outcome docker_to(const std::filesystem::path& file, const Typed& typed);
// What is typed on this machine, beside the client: "sed", "-i", ...
process::Outcome here(const std::vector<std::string>& program);
// "" when it ended well, else how it ended and its last words: what a Way returns.
std::string why_not(const process::Outcome& outcome);
// The same, and where it ended well, "" only when it said `wanted` somewhere in its output.
std::string why_not_said(const process::Outcome& outcome, const std::string& wanted);

// What the names in capitals of a printed line stand for: {"SERVER", id}.
using Names = std::map<std::string, std::string>;
// "docker exec SERVER sh -c 'cat FILE'" as arguments for docker(): split at spaces but for what stands in
// single quotes, and each name replaced, also as a part of a word (container:SERVER). Pure. Throws
// std::invalid_argument for a line of another program, a quotation without an end, and a name that the line
// does not have.
std::vector<std::string> arguments_of(const std::string& line, const Names& names);

// Arguments of a container that stands beside the stack's for as long as one command runs: labelled as
// everything of the run, gone afterwards. Add options, the image and the command.
std::vector<std::string> beside(const wire::StackView& stack);
// The same for a printed line, which begins "docker run --rm -i ".
std::vector<std::string> beside(const wire::StackView& stack, const std::string& line, const Names& names);

// The network that Compose made for the container, by which others reach it under its service's name.
std::string network_of(const std::string& container);
// Waits until the health check that the engine makes of the container says `wanted` ("healthy"); else what it
// says at the deadline, or when the container ended.
std::string why_not_health(const std::string& container, const std::string& wanted,
                           const core::Deadline& deadline);

// A file of this child's own on this machine, readable for everybody, gone with the run.
std::filesystem::path own_file(const std::string& name, const std::string& content, bool executable = false);
// The same, empty folder that everybody may write to.
std::filesystem::path own_folder(const std::string& name);

}  // namespace rootseal::scenarios
