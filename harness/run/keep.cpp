// run: stacks that outlive the program on purpose (up, down) and those that do so by accident (clean).
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <fstream>
#include <set>

#include "core/cancel.hpp"
#include "core/error.hpp"
#include "core/patience.hpp"
#include "core/text.hpp"
#include "engine/reaper.hpp"
#include "engine/resources.hpp"
#include "run/folder.hpp"
#include "run/images.hpp"
#include "run/plan.hpp"
#include "run/run.hpp"
#include "run/stack.hpp"

namespace rootseal::run {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

void tell(const RunningStack& stack, const std::string& run, const fs::path& context) {
  const auto target = stack.target();
  const auto view = stack.view();
  fmt::print("{} is up\n", stack.id());
  fmt::print("  reach it      {}:{} as {} (database or vhost {})\n", target.host, target.port, target.user,
             target.database);
  fmt::print("  password      in {}\n", view.password_file.string());
  fmt::print("  container     {}\n", view.container.substr(0, 12));
  fmt::print("  scenarios     build/release/bin/rootseal-scenarios --context {}\n", context.string());
  fmt::print("  take it down  build/release/bin/rootseal down {} --run {}\n", stack.id(), run);
}

int report_removal(const engine::Removal& removal) {
  fmt::print("removed: {} containers, {} networks, {} volumes\n", removal.containers, removal.networks,
             removal.volumes);
  for (const auto& message : removal.failed) spdlog::error("{}", message);
  return removal.failed.empty() ? 0 : 3;
}

void remove_private_folders(const std::set<std::string>& runs) {
  for (const auto& run : runs) {
    std::error_code error;
    fs::remove_all(fs::temp_directory_path() / ("rootseal-" + core::RunId(run).str()), error);
    if (error) spdlog::warn("private folder of run {}: could not be removed: {}", run, error.message());
  }
}

}  // namespace

std::vector<engine::Resource> chosen_to_take_down(const std::vector<engine::Resource>& kept,
                                                  const std::string& stack, const std::string& run) {
  std::vector<engine::Resource> chosen;
  std::set<std::string> stacks, runs;
  for (const auto& resource : kept) {
    stacks.insert(resource.stack);
    if (!stack.empty() && resource.stack != stack) continue;
    if (!run.empty() && resource.run != run) continue;
    chosen.push_back(resource);
    runs.insert(resource.run);
  }
  const std::string asked =
      run.empty() ? stack : fmt::format("{} of run {}", stack.empty() ? "all" : stack, run);
  if (chosen.empty() && !asked.empty()) {
    throw core::UsageError({"taking a stack down", asked, "no such stack is up",
                            core::known_and_nearest(stack, {stacks.begin(), stacks.end()})});
  }
  if (!stack.empty() && runs.size() > 1) {
    throw core::UsageError(
        {"taking a stack down", stack,
         fmt::format("{} stacks of that name are up, of the runs {}", runs.size(), fmt::join(runs, ", ")),
         fmt::format("name one with --run {}", *runs.begin())});
  }
  return chosen;
}

int up(const Options& options, const Paths& paths, process::Runner& runner) {
  auto asked = options;
  asked.suites = {"function"};
  auto plan = make_plan(asked, paths, runner);
  if (plan.services.size() != 1 || options.profiles.size() != 1) {
    throw core::UsageError({"reading the command line", "up",
                            "exactly one service and one profile are needed",
                            "for example: rootseal up --service NAME --profile readonly"});
  }
  const engine::Docker docker(runner, engine::Docker::Ask::everything, paths.compose_program());
  choose_images(plan, options, paths, docker);
  const auto& service = plan.services.front();
  const auto id = core::RunId::make();
  PrivateFolder secrets(id);
  fs::create_directories(secrets.path() / "logs");
  engine::Reaper reaper(paths.programs / "rootseal-reaper", id.str(), {secrets.path()},
                        secrets.path() / "logs/reaper.log");
  Workshop workshop(docker, paths, id, secrets.path(), secrets.path() / "logs", true);
  const auto& profile =
      options.profiles.front() == service.control().name ? service.control() : service.profiles.back();
  auto stack = workshop.start(spec_of_service(service.service, service.image.image, profile));
  if (!stack->usable()) {
    throw core::HarnessError({"bringing a stack up", stack->id(), stack->row().start_error, ""});
  }
  wire::Context context;
  context.run = id.str();
  context.suite = "function";
  context.size = "quick";
  context.patience_ms = core::patience().count();
  context.work_dir = secrets.path();
  context.stacks = {stack->view()};
  const auto file = secrets.path() / "context.json";
  std::ofstream(file) << wire::to_json_text(context);
  tell(*stack, id.str(), file);
  stack->keep();
  secrets.keep();
  reaper.dismiss();
  return 0;
}

int down(const std::string& stack, const std::string& run, process::Runner& runner) {
  const engine::Docker docker(runner, engine::Docker::Ask::nothing);
  std::vector<engine::Resource> kept;
  for (const auto& resource : engine::labelled(docker)) {
    if (resource.kept) kept.push_back(resource);
  }
  const auto chosen = chosen_to_take_down(kept, stack, run);
  std::set<std::string> runs;
  for (const auto& resource : chosen) runs.insert(resource.run);
  const auto removal = engine::remove(docker, chosen);
  remove_private_folders(runs);
  return report_removal(removal);
}

int clean(bool kept, process::Runner& runner) {
  const engine::Docker docker(runner, engine::Docker::Ask::nothing);
  std::vector<engine::Resource> chosen;
  std::set<std::string> runs;
  for (const auto& resource : engine::labelled(docker)) {
    const bool dead = !engine::owner_alive(resource.owner);
    if (!dead || (resource.kept && !kept)) {
      spdlog::info("left alone: {} ({})", resource.name,
                   resource.kept ? "kept by 'rootseal up'" : "its run is alive");
      continue;
    }
    chosen.push_back(resource);
    runs.insert(resource.run);
  }
  const auto removal = engine::remove(docker, chosen);
  remove_private_folders(runs);
  return report_removal(removal);
}

}  // namespace rootseal::run
