// On two equal stacks of every service: all work is verified, and a slowdown planted on one side shows on
// that side. Red when baseline and contender are swapped anywhere between the lane and the message. What is
// compared is work of the same seconds on both sides: no wall time is asserted.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <vector>

#include "core/ids.hpp"
#include "core/places.hpp"
#include "core/secret.hpp"
#include "core/text.hpp"
#include "engine/compose.hpp"
#include "engine/resources.hpp"
#include "process/child.hpp"
#include "process/command.hpp"
#include "service/service.hpp"
#include "wire/context.hpp"

namespace rootseal {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// Two stacks of the base profile of one service, side by side; gone with the object.
class TwoEqualStacks {
 public:
  explicit TwoEqualStacks(const service::Service& service) : service_(service), docker_(runner_) {
    std::string scratch = (fs::temp_directory_path() / "rootseal-direction-XXXXXX").string();
    folder_ = ::mkdtemp(scratch.data());
    const auto password = core::Secret::random();
    for (const auto& [name, content] : service.secret_files(password)) {
      std::ofstream(folder_ / name) << content.reveal();
      fs::permissions(folder_ / name, fs::perms(0444));
    }
    const std::string name = service.description().name;
    const auto said =
        runner_.must({{source("scripts/images.sh"), "--print", name}, "", {}, 60s}, "image", name);
    image_ = core::split(core::split(said.out, '\n').front(), ' ').at(2);
    context_.run = run_.str();
    context_.suite = "performance";
    context_.size = "quick";
    context_.seed = 7;
    context_.launch = 1;
    context_.work_dir = folder_;
    // Unpinned, the scheduler alone makes two equal servers differ by a factor of two.
    cpu_set_t ours;
    CPU_ZERO(&ours);
    ::sched_getaffinity(0, sizeof ours, &ours);
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(static_cast<std::size_t>(cpu), &ours)) {
        (context_.client_cpus.empty() ? context_.client_cpus : context_.server_cpus).push_back(cpu);
      }
    }
    context_.server_cpus.resize(std::min<std::size_t>(context_.server_cpus.size(), 1));
    for (const char* profile : {"baseline", "baseline-twin"}) {
      add(profile);
    }
    for (std::size_t i = 0; i < projects_.size(); ++i) {
      service::wait_ready(
          service_, [&] { return target(i, password); }, projects_[i]->container(),
          core::Deadline::after(120s));
    }
  }
  ~TwoEqualStacks() {
    projects_.clear();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  TwoEqualStacks(const TwoEqualStacks&) = delete;
  TwoEqualStacks& operator=(const TwoEqualStacks&) = delete;

  [[nodiscard]] const std::string& id(std::size_t side) const { return context_.stacks.at(side).id; }

  // What the program says; empty `planted` = nothing slowed down.
  std::vector<wire::Message> measure(const std::string& planted) {
    const fs::path file = folder_ / "context.json";
    std::ofstream(file) << wire::to_json_text(context_);
    process::Child::Options options;
    options.argv = {ROOTSEAL_WORKLOADS, "--context", file.string()};
    if (!planted.empty()) {
      options.argv.insert(options.argv.end(), {"--plant", planted + "=1"});
    }
    options.log_file = folder_ / "workloads.log";
    process::Child child(std::move(options));
    std::vector<wire::Message> messages;
    std::string line;
    while (child.next_line(line, core::Deadline::after(120s)) == process::Child::Event::line) {
      messages.push_back(wire::message_from_line(line));
    }
    const auto ended = child.wait(core::Deadline::after(10s));
    EXPECT_TRUE(ended && ended->signal == 0 && ended->exit_code == 0);
    return messages;
  }

 private:
  static std::string source(const std::string& path) { return core::project_folder().string() + "/" + path; }

  void add(const std::string& profile) {
    const auto& described = service_.description();
    engine::ProjectSpec spec;
    spec.name = fmt::format("rootseal-{}-{}", run_.suffix(), profile);
    spec.subject = described.name + "/" + profile;
    spec.files = {source("compose/" + described.name + "/compose.yaml")};
    spec.environment = {{"ROOTSEAL_IMAGE", image_}, {"ROOTSEAL_SECRETS", folder_.string()}};
    spec.labels = {{engine::kRunLabel, run_.str()}, {engine::kOwnerLabel, engine::owner_of_this_process()}};
    spec.work_dir = folder_ / profile;
    fs::create_directories(spec.work_dir);
    projects_.push_back(std::make_unique<engine::ComposeProject>(docker_, spec));
    projects_.back()->up();
    if (!context_.server_cpus.empty()) {
      projects_.back()->container().pin(std::to_string(context_.server_cpus.front()));
    }
    wire::StackView view;
    view.id = spec.subject;
    view.service = described.name;
    view.profile = "baseline";
    view.role = "control";
    view.project = spec.name;
    view.container = projects_.back()->container().id();
    view.image = image_;
    view.port = described.port;
    view.user = described.login;
    view.database = described.database;
    view.password_file = folder_ / "password";
    context_.stacks.push_back(view);
  }

  service::Target target(std::size_t side, const core::Secret& password) const {
    const auto endpoint = projects_[side]->container().published(service_.description().port);
    return {id(side),      endpoint.host,
            endpoint.port, service_.description().login,
            password,      service_.description().database};
  }

  const service::Service& service_;
  process::SystemRunner runner_;
  engine::Docker docker_;
  core::RunId run_ = core::RunId::make();
  fs::path folder_;
  std::string image_;
  wire::Context context_;
  std::vector<std::unique_ptr<engine::ComposeProject>> projects_;
};

class WorkloadDirection : public ::testing::TestWithParam<std::string> {};

double cpu_per_operation(const std::map<std::string, double>& side) {
  const auto parallel = side.find("parallel_operations");
  return side.at("server_cpu") / (side.at("operations") + (parallel == side.end() ? 0 : parallel->second));
}

// Of the client, so far.
std::uint64_t resident_bytes(const std::vector<std::string>& evidence) {
  const std::string before = "client: at most ";
  for (const auto& line : evidence) {
    if (line.rfind(before, 0) == 0) return std::stoull(line.substr(before.size()));
  }
  ADD_FAILURE() << "the evidence does not say what the client had resident";
  return 0;
}

// All verified, and the server's CPU time per operation of contender over baseline: geometric mean over
// epochs.
double ratio_of(const std::vector<wire::Message>& messages) {
  double product = 1;
  int epochs = 0;
  int checks = 0;
  for (const auto& message : messages) {
    if (message.check) {
      ++checks;
      EXPECT_EQ(message.check->verdict, record::Verdict::pass) << message.check->message;
      EXPECT_LT(resident_bytes(message.check->evidence), 64U << 20U);
    }
    if (message.epoch) {
      ++epochs;
      EXPECT_GT(message.epoch->baseline.at("operations"), 0);
      EXPECT_EQ(message.epoch->baseline.at("operations"), message.epoch->contender.at("operations"));
      product *= cpu_per_operation(message.epoch->contender) / cpu_per_operation(message.epoch->baseline);
    }
  }
  EXPECT_GT(checks, 0);
  EXPECT_GT(epochs, 0);
  return std::pow(product, 1.0 / epochs);
}

TEST_P(WorkloadDirection, AnOperationDoneTwiceShowsOnTheSideThatDoesIt) {
  TwoEqualStacks stacks(service::find(GetParam()));
  const double equal = ratio_of(stacks.measure(""));
  const double on_contender = ratio_of(stacks.measure(stacks.id(1)));
  const double on_baseline = ratio_of(stacks.measure(stacks.id(0)));
  // An operation that follows another at once costs less than one after a pause, so that twice reads as 1.7
  // to 2.
  EXPECT_GT(on_contender / on_baseline, 1.5)
      << fmt::format("planted on contender {}, nowhere {}, on baseline {}", on_contender, equal, on_baseline);
}

INSTANTIATE_TEST_SUITE_P(EveryService, WorkloadDirection, ::testing::ValuesIn(service::names()),
                         [](const auto& chosen) { return chosen.param; });

}  // namespace
}  // namespace rootseal
