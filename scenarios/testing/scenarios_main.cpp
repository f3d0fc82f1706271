// rootseal-scenarios: runs the scenarios on the stacks of a context.
//
//   rootseal-scenarios --context FILE [--gtest_filter=function/*] [further options of GoogleTest]
//   rootseal-scenarios --list
//
// Started by the orchestrator with descriptor 3 for results and stdin for replies; by hand without either,
// against a stack that `rootseal up` left standing. Exit status: 0 all passed or skipped, 1 not all, 64 wrong
// usage, 3 a fault of the harness.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>

#include "core/error.hpp"
#include "core/log.hpp"
#include "testing/listener.hpp"
#include "testing/listing.hpp"
#include "testing/session.hpp"

namespace {

using rootseal::core::UsageError;

constexpr const char* kUsage =
    "usage: rootseal-scenarios --context FILE [--gtest_filter=SUITE/FIXTURE.NAME/STACK] [GoogleTest's "
    "options]\n"
    "       rootseal-scenarios --list      every registered scenario, as JSON\n";

struct Options {
  std::string context;
  bool list = false;
  bool help = false;
  std::vector<char*> rest;  // for GoogleTest
};

Options parse(int argc, char** argv) {
  Options options;
  options.rest.push_back(argv[0]);
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--list") {
      options.list = true;
    } else if (argument == "--help" || argument == "-h") {
      options.help = true;
    } else if (argument == "--context" && i + 1 < argc) {
      options.context = argv[++i];
    } else if (argument.starts_with("--context=")) {
      options.context = argument.substr(10);
    } else {
      options.rest.push_back(argv[i]);
    }
  }
  if (!options.list && !options.help && options.context.empty()) {
    throw UsageError({"", "", "no context: --context FILE is missing", "see --help"});
  }
  return options;
}

// GoogleTest takes its options out; what is left nobody knows.
void init_googletest(std::vector<char*> arguments) {
  int count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  testing::InitGoogleTest(&count, arguments.data());
  if (count > 1) throw UsageError({"", "", fmt::format("unknown argument '{}'", arguments[1]), "see --help"});
}

int run(int argc, char** argv) {
  // First of all, because the first file opened would become descriptor 3.
  auto channel = rootseal::scenarios::Channel::inherited();
  std::signal(SIGPIPE, SIG_IGN);
  const Options options = parse(argc, argv);
  if (options.help) {
    fmt::print("{}", kUsage);
    return 0;
  }
  rootseal::core::init_logging(rootseal::core::Verbosity::normal);
  auto& session = rootseal::scenarios::Session::instance();
  session.open(
      options.list ? rootseal::scenarios::placeholders() : rootseal::wire::read_context(options.context),
      channel);
  init_googletest(options.rest);
  if (options.list) {
    fmt::print("{}\n", rootseal::scenarios::list_as_json(session.context()));
    return 0;
  }
  // Owned by GoogleTest from here on. Appended after the printer, so that our line stands under its.
  testing::UnitTest::GetInstance()->listeners().Append(new rootseal::scenarios::Listener(session));
  return RUN_ALL_TESTS();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const UsageError& error) {
    fmt::print(stderr, "rootseal-scenarios: {}\n{}", error.what(), kUsage);
    return 64;
  } catch (const std::exception& error) {
    fmt::print(stderr, "rootseal-scenarios: {}\n", error.what());
    return 3;
  }
}
