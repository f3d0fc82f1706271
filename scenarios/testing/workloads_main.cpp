// rootseal-workloads: measures the workloads over the stacks of a context file, as Google Benchmark's main.
// --help says how it is called. Exit status: 0 every pair that was left to do was measured and verified; 1 a
// pair was not (why stands in its check); 2 Google Benchmark's filter matched nothing; 3 fault of the
// harness, or of what --prepare and --solo do; 64 wrong usage.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/patience.hpp"
#include "engine/docker.hpp"
#include "process/child.hpp"
#include "process/command.hpp"
#include "testing/workload_arguments.hpp"
#include "testing/workload_awake.hpp"
#include "testing/workload_benchmarks.hpp"
#include "testing/workload_modes.hpp"

namespace {

using rootseal::core::UsageError;
using rootseal::engine::Docker;
namespace workload = rootseal::workload;
namespace wire = rootseal::wire;

void check_context(const wire::Context& context, const workload::Arguments& arguments) {
  const std::string& file = arguments.context;
  const std::size_t least = arguments.prepare || arguments.solo > 0 ? 1 : 2;
  if (context.stacks.size() < least) {
    throw UsageError(
        {"reading the context", file, "names too few stacks", "a control and what it is compared with"});
  }
  for (const auto& stack : context.stacks) {
    if (stack.service != context.stacks.front().service) {
      throw UsageError({"reading the context", file,
                        stack.id + " is of another service than " + context.stacks.front().id,
                        "one context each"});
    }
  }
  for (const auto& planted : arguments.plants) {
    if (std::none_of(context.stacks.begin(), context.stacks.end(),
                     [&](const auto& stack) { return stack.id == planted.stack; })) {
      throw UsageError(
          {"reading the arguments", "--plant", "the context has no stack '" + planted.stack + "'", ""});
    }
  }
  workload::require_transport(context.transport);
  const auto& described = rootseal::service::find(context.stacks.front().service).description();
  if (context.transport == "socket" && described.socket.empty()) {
    throw UsageError({"reading the context", "transport", described.title + " offers no unix socket",
                      "auto, netns or published"});
  }
}

// That anything asks for in any launch.
std::vector<workload::Entry> selected(const wire::Context& context, const std::string& glob) {
  std::vector<workload::Entry> chosen;
  for (const auto& entry : workload::entries()) {
    const wire::Occasion occasion{context.stacks.front().service, glob, context.size, 1};
    if (takes_part(workload::facts_of(entry), occasion, false)) {
      chosen.push_back(entry);
    }
  }
  return chosen;
}

const workload::Entry& the_one(const std::string& name, const std::string& service) {
  for (const auto& entry : workload::entries()) {
    if (entry.name == name && (entry.service.empty() || entry.service == service)) {
      return entry;
    }
  }
  throw UsageError({"reading the arguments", "--workload", "'" + name + "' is no workload of " + service,
                    "rootseal-workloads --list"});
}

void prepare(const workload::Arguments& arguments, const wire::Context& context, const Docker& docker) {
  const auto entries = selected(context, arguments.glob);
  for (const auto& stack : context.stacks) {
    workload::prepare(entries, workload::ContainerServer(docker, stack, context.transport));
  }
}

void solo(const workload::Arguments& arguments, const wire::Context& context, const Docker& docker) {
  const auto& stack = context.stacks.front();
  workload::SteadyClock clock;
  workload::Solo plan;
  plan.span =
      std::chrono::duration_cast<workload::Nanoseconds>(std::chrono::duration<double>(arguments.solo));
  plan.connections = arguments.connections;
  plan.prepared = context.prepared;
  plan.seed = context.seed;
  plan.plants = arguments.plants;
  const auto& entry = the_one(arguments.glob, stack.service);
  const workload::ContainerServer server(docker, stack, context.transport);
  if (arguments.rounds == 0) {
    std::cout << nlohmann::json(workload::solo(entry, server, clock, plan)).dump() << "\n";
    return;
  }
  const auto print = [](const workload::Rates& rates) {
    nlohmann::json line;
    for (const auto& [share, rate] : rates) {
      line[fmt::format("{}", share)] = rate;
    }
    std::cout << line.dump() << std::endl;
  };
  workload::contrast(entry, server, clock, plan, arguments.shares, arguments.rounds, print);
}

workload::Session make_session(const workload::Arguments& arguments, const Docker& docker,
                               wire::Context context, std::string pin_refused, std::string asleep) {
  workload::Session session;
  session.entries = workload::entries();
  session.glob = arguments.glob;
  session.done = arguments.done;
  session.settings.seed = context.seed;
  session.settings.launch = context.launch;
  session.settings.plan = workload::plan_for(context.size);
  session.settings.prepared = context.prepared;
  session.settings.slice = arguments.slice;
  session.settings.plants = arguments.plants;
  session.settings.wanted_client = context.client_cpus;
  session.settings.wanted_servers = context.server_cpus;
  session.settings.pin_refused = std::move(pin_refused);
  session.settings.asleep = std::move(asleep);
  session.server = [&docker, wanted = context.transport](const wire::StackView& view) {
    return std::make_unique<workload::ContainerServer>(docker, view, wanted);
  };
  session.context = std::move(context);
  return session;
}

int compare(workload::Arguments& arguments, workload::Session session, workload::Results& results) {
  int count = static_cast<int>(arguments.rest.size());
  benchmark::Initialize(&count, arguments.rest.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.rest.data())) {
    throw UsageError(
        {"reading the arguments", arguments.rest[1], "is not an option", "rootseal-workloads --help"});
  }
  workload::SteadyClock clock;
  workload::Benchmarks benchmarks(std::move(session), clock, results);
  if (benchmarks.register_all() == 0) {
    std::cerr << "nothing to do: no workload of this service is called '" << arguments.glob
              << "', or none is due in this launch and size, or all are done; rootseal-workloads --list "
                 "shows them\n";
    return 0;
  }
  const bool matched = benchmark::RunSpecifiedBenchmarks() > 0;
  benchmark::Shutdown();
  std::cerr << fmt::format("client: at most {} bytes resident\n", workload::largest_resident_set());
  if (!matched) {
    return 2;
  }
  return benchmarks.tally().failed == 0 ? 0 : 1;
}

int work(workload::Arguments& arguments, workload::Results& results) {
  auto context = wire::read_context(arguments.context);
  check_context(context, arguments);
  rootseal::core::set_patience(rootseal::core::Milliseconds(context.patience_ms));
  std::string pin_refused;
  if (!context.client_cpus.empty()) {
    pin_refused = workload::pin_this_thread(context.client_cpus);
  }
  rootseal::process::SystemRunner runner;
  const Docker docker(runner, rootseal::engine::Docker::Ask::nothing);
  if (arguments.prepare) {
    prepare(arguments, context, docker);
    return 0;
  }
  const workload::AwakeCores awake;
  if (arguments.solo > 0) {
    solo(arguments, context, docker);
    return 0;
  }
  return compare(arguments, make_session(arguments, docker, std::move(context), pin_refused, awake.why_not()),
                 results);
}

}  // namespace

int main(int argc, char** argv) {
  workload::DescriptorResults results(rootseal::process::kResultsFd);  // before anything opens a file
  rootseal::core::init_logging(rootseal::core::Verbosity::normal);
  try {
    auto arguments = workload::read_arguments(argc, argv);
    if (arguments.help) {
      std::cout << workload::usage_text();
      return 0;
    }
    if (arguments.list) {
      std::cout << workload::list_as_json(workload::entries());
      return 0;
    }
    return work(arguments, results);
  } catch (const UsageError& error) {
    std::cerr << error.what() << "\n";
    return 64;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 3;
  }
}
