// rootseal-workloads: measures the workloads over the stacks of a context file, as Google Benchmark's main.
//   rootseal-workloads --context FILE [options] [Google Benchmark's options]
//   rootseal-workloads --list
// Exit status: 0 every pair that was left to do was measured and verified; 1 a pair was not (why stands in
// its check); 2 Google Benchmark's filter matched nothing; 3 fault of the harness; 64 wrong usage.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "engine/docker.hpp"
#include "process/child.hpp"
#include "process/command.hpp"
#include "testing/workload_benchmarks.hpp"

namespace {

using rootseal::core::UsageError;
namespace workload = rootseal::workload;
namespace wire = rootseal::wire;

constexpr const char* kUsage =
    "usage: rootseal-workloads --context FILE [options] [Google Benchmark's options]\n"
    "       rootseal-workloads --list\n"
    "  --context FILE       the stacks: the first is what the others are measured against\n"
    "  --workload GLOB      only workloads of such a name\n"
    "  --done NAME          not this one: a workload, or <workload>/<stack>; may be repeated\n"
    "  --plant STACK=SHARE  slow that stack down on purpose: do this share of its operations once more\n"
    "  --slice N            operations in a row on one side (default: the workload's own)\n"
    "  --benchmark_filter=REGEX  which of <workload>/<stack>; --benchmark_out=FILE  JSON\n";

struct Arguments {
  bool list = false;
  bool help = false;
  std::string context;
  std::string glob = "*";
  std::set<std::string> done;
  workload::Planted planted;
  unsigned slice = 0;
  std::vector<char*> rest;  // for Google Benchmark
};

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

workload::Planted planted(const std::string& text) {
  const auto at = text.rfind('=');
  if (at == std::string::npos || at == 0) {
    throw usage("--plant", "'" + text + "' is not STACK=SHARE");
  }
  return {text.substr(0, at), number("--plant", text.substr(at + 1))};
}

Arguments read_arguments(int argc, char** argv) {
  Arguments read;
  read.rest.push_back(argv[0]);
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = [&] {
      if (i + 1 == argc) {
        throw usage(argument, "wants a value");
      }
      return std::string(argv[++i]);
    };
    if (argument == "--list") {
      read.list = true;
    } else if (argument == "--help") {
      read.help = true;
    } else if (argument == "--context") {
      read.context = value();
    } else if (argument == "--workload") {
      read.glob = value();
    } else if (argument == "--done") {
      read.done.insert(value());
    } else if (argument == "--plant") {
      read.planted = planted(value());
    } else if (argument == "--slice") {
      read.slice = static_cast<unsigned>(number(argument, value()));
    } else if (argument.rfind("--benchmark_enable_random_interleaving", 0) == 0 ||
               argument.rfind("--benchmark_repetitions", 0) == 0) {
      throw usage(argument, "order and repetitions are the plan's, drawn from the seed of the context");
    } else {
      read.rest.push_back(argv[i]);
    }
  }
  return read;
}

void check_context(const wire::Context& context, const Arguments& arguments) {
  const std::string& file = arguments.context;
  if (context.stacks.size() < 2) {
    throw UsageError({"reading the context", file, "names fewer than two stacks: nothing to compare", ""});
  }
  bool plants = arguments.planted.stack.empty();
  for (const auto& stack : context.stacks) {
    plants = plants || stack.id == arguments.planted.stack;
    if (stack.service != context.stacks.front().service) {
      throw UsageError({"reading the context", file,
                        stack.id + " is of another service than " + context.stacks.front().id,
                        "one context each"});
    }
  }
  if (!plants) {
    throw usage("--plant", "the context has no stack '" + arguments.planted.stack + "'");
  }
}

workload::Session make_session(const Arguments& arguments, const rootseal::engine::Docker& docker,
                               wire::Context context) {
  workload::Session session;
  for (const auto& entry : workload::entries()) {
    if (entry.service == context.stacks.front().service &&
        rootseal::core::glob_matches(arguments.glob, entry.name) && arguments.done.count(entry.name) == 0) {
      session.entries.push_back(entry);
    }
  }
  session.done = arguments.done;
  session.settings.seed = context.seed;
  session.settings.launch = context.launch;
  session.settings.plan = workload::plan_for(context.size);
  session.settings.slice = arguments.slice;
  session.settings.planted = arguments.planted;
  session.settings.wanted_client = context.client_cpus;
  session.settings.wanted_servers = context.server_cpus;
  if (!context.client_cpus.empty()) {
    session.settings.pin_refused = workload::pin_this_thread(context.client_cpus);
  }
  session.server = [&docker](const wire::StackView& view) {
    return std::make_unique<workload::ContainerServer>(docker, view);
  };
  session.context = std::move(context);
  return session;
}

int measure(Arguments& arguments, workload::Results& results) {
  auto context = wire::read_context(arguments.context);
  check_context(context, arguments);
  int count = static_cast<int>(arguments.rest.size());
  benchmark::Initialize(&count, arguments.rest.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.rest.data())) {
    throw usage(arguments.rest[1], "is not an option");
  }
  rootseal::process::SystemRunner runner;
  const rootseal::engine::Docker docker(runner);
  workload::SteadyClock clock;
  workload::Benchmarks benchmarks(make_session(arguments, docker, std::move(context)), clock, results);
  if (benchmarks.register_all() == 0) {
    std::cerr << "nothing to do: no workload of this service is called '" << arguments.glob
              << "', or all are done; rootseal-workloads --list shows them\n";
    return 0;
  }
  const bool matched = benchmark::RunSpecifiedBenchmarks() > 0;
  benchmark::Shutdown();
  if (!matched) {
    return 2;
  }
  const auto tally = benchmarks.tally();
  return tally.failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  workload::DescriptorResults results(rootseal::process::kResultsFd);  // before anything opens a file
  rootseal::core::init_logging(rootseal::core::Verbosity::normal);
  try {
    auto arguments = read_arguments(argc, argv);
    if (arguments.help) {
      std::cout << kUsage;
      return 0;
    }
    if (arguments.list) {
      std::cout << workload::list_as_json(workload::entries());
      return 0;
    }
    if (arguments.context.empty()) {
      throw usage("--context", "is missing");
    }
    return measure(arguments, results);
  } catch (const UsageError& error) {
    std::cerr << error.what() << "\n";
    return 64;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 3;
  }
}
