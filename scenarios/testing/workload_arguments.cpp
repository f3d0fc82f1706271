#include "testing/workload_arguments.hpp"

#include <functional>

#include "core/error.hpp"

namespace rootseal::workload {

namespace {

using core::UsageError;

UsageError usage(const std::string& argument, const std::string& what) {
  return UsageError({"reading the arguments", argument, what, "rootseal-workloads --help"});
}

double number(const std::string& argument, const std::string& text) {
  std::size_t used = 0;
  double value = -1;
  try {
    value = std::stod(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != text.size() || !(value > 0 && value <= 1'000'000)) {
    throw usage(argument, "'" + text + "' is not a positive number");
  }
  return value;
}

unsigned whole_number(const std::string& argument, const std::string& text) {
  const double value = number(argument, text);
  if (value != static_cast<double>(static_cast<unsigned>(value))) {
    throw usage(argument, "'" + text + "' is not a whole number");
  }
  return static_cast<unsigned>(value);
}

void plant(Arguments& read, const std::string& argument, const std::string& text) {
  const auto at = text.rfind('=');
  if (at == std::string::npos || at == 0) {
    throw usage(argument, "'" + text + "' is not STACK=SHARE");
  }
  Planted planted;
  planted.stack = text.substr(0, at);
  if (planted_on(read.plants, planted.stack) != nullptr) {
    throw usage(argument, "'" + planted.stack + "' has one already: one slowdown a stack");
  }
  (argument == "--plant" ? planted.share : planted.delay) = number(argument, text.substr(at + 1));
  read.plants.push_back(planted);
}

using Value = std::function<std::string()>;

// False: not an option of ours.
bool take(Arguments& read, const std::string& argument, const Value& value) {
  if (argument == "--list") {
    read.list = true;
  } else if (argument == "--help") {
    read.help = true;
  } else if (argument == "--prepare") {
    read.prepare = true;
  } else if (argument == "--context") {
    read.context = value();
  } else if (argument == "--workload") {
    read.glob = value();
  } else if (argument == "--done") {
    read.done.insert(value());
  } else if (argument == "--plant" || argument == "--plant-delay") {
    plant(read, argument, value());
  } else if (argument == "--slice") {
    read.slice = whole_number(argument, value());
  } else if (argument == "--solo") {
    read.solo = number(argument, value());
  } else if (argument == "--connections") {
    read.connections = whole_number(argument, value());
  } else if (argument == "--rounds") {
    read.rounds = whole_number(argument, value());
  } else if (argument == "--share") {
    read.shares.push_back(number(argument, value()));
  } else {
    return false;
  }
  return true;
}

}  // namespace

const char* usage_text() {
  return "usage: rootseal-workloads --context FILE [options] [Google Benchmark's options]\n"
         "       rootseal-workloads --context FILE --prepare [--workload GLOB]\n"
         "       rootseal-workloads --context FILE --solo SECONDS [--connections N] --workload NAME\n"
         "       rootseal-workloads --list\n"
         "  --context FILE       the stacks: the first is what the others are measured against\n"
         "  --workload GLOB      only workloads of such a name\n"
         "  --done NAME          not this one: a workload, or <workload>/<stack>; may be repeated\n"
         "  --plant STACK=SHARE  slow that stack down on purpose: do this share of its operations once more\n"
         "  --plant-delay STACK=SHARE  likewise: wait that share of an operation's time after each\n"
         "  --slice N            latency: operations in a row on one side (default: the workload's own)\n"
         "  --prepare            put the workloads' data on every stack, measure nothing\n"
         "  --solo SECONDS       one workload on the first stack alone, without turns; prints JSON\n"
         "  --connections N      of --solo (default 1)\n"
         "  --rounds N           of --solo: rounds of many stretches of SECONDS on connections of their "
         "own,\n"
         "                       as it is and with each --share of its operations done once more;\n"
         "                       prints a line of JSON a round: {share: operations per second}\n"
         "  --share SHARE        of --rounds; may be repeated\n"
         "  --benchmark_filter=REGEX  which of <workload>/<stack>; --benchmark_out=FILE  JSON\n";
}

Arguments read_arguments(int argc, char** argv) {
  Arguments read;
  read.rest.push_back(argv[0]);
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const Value value = [&] {
      if (i + 1 == argc) {
        throw usage(argument, "wants a value");
      }
      return std::string(argv[++i]);
    };
    if (take(read, argument, value)) {
      continue;
    }
    if (argument.rfind("--benchmark_enable_random_interleaving", 0) == 0 ||
        argument.rfind("--benchmark_repetitions", 0) == 0) {
      throw usage(argument, "order and repetitions are the plan's, drawn from the seed of the context");
    }
    read.rest.push_back(argv[i]);
  }
  if (!read.list && !read.help && read.context.empty()) {
    throw usage("--context", "is missing");
  }
  if ((read.rounds != 0) != !read.shares.empty() || (read.rounds != 0 && read.solo == 0)) {
    throw usage("--rounds", "goes with --solo and --share");
  }
  return read;
}

}  // namespace rootseal::workload
