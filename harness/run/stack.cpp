#include "run/stack.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <utility>

#include "core/cancel.hpp"
#include "core/error.hpp"
#include "core/patience.hpp"
#include "core/text.hpp"
#include "engine/resources.hpp"
#include "record/json.hpp"

namespace rootseal::run {

namespace fs = std::filesystem;

namespace {

constexpr const char* kToolsInside = "/opt/rootseal";

std::string label_of(const StackSpec& spec) {
  return spec.label_tag.empty() ? spec.id.file_name() : spec.id.file_name() + "-" + spec.label_tag;
}

record::Stack row_of(const StackSpec& spec) {
  record::Stack row;
  row.id = spec.id.text;
  row.service = spec.service->description().name;
  row.profile = spec.profile.name;
  row.role = profile::to_text(spec.profile.role);
  row.image = spec.image;
  row.logs = spec.profile.logs;
  row.deviations = spec.profile.deviations;
  row.declared_settings = spec.profile.settings;
  row.declared_mounts = spec.profile.mounts;
  // Of a stack beside the usual ones the files are not the whole: something was added to them.
  if (row.role == "candidate" && spec.overrides.empty() && row.id.find('+') == std::string::npos)
    row.files = profile::texts_of(spec.profile);
  for (const auto& claim : spec.profile.claims) row.claims.push_back({claim.name, claim.text(), {}, "", ""});
  return row;
}

std::string sentence(const record::Claim& claim) {
  const char* state = !claim.holds ? "could not be established" : *claim.holds ? "holds" : "does not hold";
  return fmt::format("claim {}: {} {}: {}", claim.name, claim.value, state, claim.evidence);
}

}  // namespace

Workshop::Workshop(const engine::Docker& docker, const Paths& paths, core::RunId run, fs::path private_folder,
                   fs::path logs, bool kept)
    : docker_(docker),
      paths_(paths),
      run_(std::move(run)),
      private_folder_(std::move(private_folder)),
      logs_(std::move(logs)),
      kept_(kept) {}

std::string Workshop::log_path(const std::string& name) const {
  const auto path = logs_ / (name + ".log");
  const auto relative = path.lexically_relative(paths_.home);
  return relative.empty() || *relative.begin() == ".." ? path.string() : relative.string();
}

std::map<std::string, std::string> Workshop::labels(const std::string& stack) const {
  std::map<std::string, std::string> labels{{engine::kRunLabel, run_.str()},
                                            {engine::kOwnerLabel, engine::owner_of_this_process()},
                                            {engine::kStackLabel, stack}};
  if (kept_) labels[engine::kKeptLabel] = "true";
  return labels;
}

core::Secret Workshop::password(const service::Service& service) {
  const std::lock_guard lock(mutex_);
  auto& password = passwords_[service.description().name];
  if (password.empty()) password = core::Secret::random();
  return password;
}

fs::path Workshop::secrets(const service::Service& service) {
  const auto secret = password(service);
  const std::lock_guard lock(mutex_);
  const fs::path folder = private_folder_ / "secrets" / service.description().name;
  if (fs::exists(folder)) return folder;
  fs::create_directories(folder);
  for (const auto& [name, content] : service.secret_files(secret)) {
    std::ofstream(folder / name, std::ios::binary) << content.reveal();
    // Readable for the service's user inside; on this machine the private folder above keeps others out.
    fs::permissions(folder / name, fs::perms(0444));
  }
  return folder;
}

std::unique_ptr<RunningStack> Workshop::start(StackSpec spec) {
  std::unique_ptr<RunningStack> stack(new RunningStack(*this, std::move(spec)));
  stack->start();
  return stack;
}

RunningStack::RunningStack(Workshop& workshop, StackSpec spec)
    : workshop_(workshop), spec_(std::move(spec)), row_(row_of(spec_)) {
  engine::ProjectSpec project;
  project.name = fmt::format("rootseal-{}-{}", workshop_.run().suffix(), label_of(spec_));
  for (auto& c : project.name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  project.subject = spec_.id.text;
  project.files = spec_.profile.files;
  project.override_texts = spec_.overrides;
  project.environment = {{"ROOTSEAL_IMAGE", spec_.image.reference},
                         {"ROOTSEAL_SECRETS", workshop_.secrets(*spec_.service).string()}};
  project.labels = workshop_.labels(spec_.id.text);
  project.read_only_binds = {workshop_.paths().tools.string() + ":" + kToolsInside};
  project.service_environment = spec_.environment;
  project.volumes = spec_.volumes;
  project.work_dir = workshop_.private_folder() / "compose" / label_of(spec_);
  fs::create_directories(project.work_dir);
  row_.log = fmt::format("logs/{}.log", label_of(spec_));
  project_ = std::make_unique<engine::ComposeProject>(workshop_.docker(), std::move(project));
}

RunningStack::~RunningStack() {
  try {
    end();
  } catch (const std::exception& error) {
    spdlog::warn("{}: taking down: {}", id(), error.what());
  }
}

// The profile is to blame when the server refuses, dies or does not answer, or when the runtime refuses its
// container; an engine that makes no container at all, or a Compose that does not come to its end, is a fault
// of the environment.
void RunningStack::start() {
  const auto began = std::chrono::steady_clock::now();
  const Progress::Lane lane(workshop_.progress, label_of(spec_));
  lane.now("starting");
  try {
    bring_up([this] { project_->up(); });
    wait_until_ready();
    const auto took = std::chrono::steady_clock::now() - began;
    row_.started_in = core::seconds(took);
    core::set_patience(core::patience_for(std::chrono::duration_cast<core::Milliseconds>(took)));
    if (spec_.ask_settings) row_.settings = spec_.service->settings(target(), container());
    if (!spec_.cpuset.empty()) container().pin(spec_.cpuset);
    for (const auto& mount : container().mounts()) row_.mounts.push_back(mount.text());
    const auto status = container().process_status();
    row_.user = fmt::format("{}:{}", status.uids.at(1), status.gids.at(1));
    row_.started = true;
    usable_ = true;
    spdlog::info("{}: ready in {:.1f} s", id(), row_.started_in);
  } catch (const service::ServerError& error) {
    row_.started_in = 0;
    row_.start_error = fmt::format("{}; full log: {}", error.what(), workshop_.log_path(label_of(spec_)));
    spdlog::info("{}: did not come up: {}", id(), error.what());
  }
}

void RunningStack::wait_until_ready() {
  service::wait_ready(
      *spec_.service, [this] { return target(); }, container(), core::patient_deadline(service::kReadyWaits),
      id());
}

void RunningStack::recreate() {
  const bool was_usable = std::exchange(usable_, false);
  earlier_log_ += container().logs();
  bring_up([this] { project_->recreate(); });
  wait_until_ready();
  usable_ = was_usable;
}

void RunningStack::bring_up(const std::function<void()>& work) {
  try {
    work();
  } catch (const engine::ComposeRefused& error) {
    const auto made = engine::labelled(workshop_.docker(), workshop_.run().str(), project_->spec().name);
    const bool refused = std::any_of(made.begin(), made.end(), [](const auto& resource) {
      return resource.kind == engine::Resource::Kind::container;
    });
    if (!refused) throw;
    throw service::ServerError(error.parts());
  }
}

service::Target RunningStack::target() const {
  const auto& description = spec_.service->description();
  const auto endpoint = project_->container().published(description.port);
  service::Target target;
  target.subject = id();
  target.host = endpoint.host;
  target.port = endpoint.port;
  target.user = description.login;
  target.password = workshop_.password(*spec_.service);
  target.database = description.database;
  return target;
}

wire::StackView RunningStack::view() const {
  const auto& description = spec_.service->description();
  wire::StackView view;
  view.id = id();
  view.service = description.name;
  view.version = spec_.image.version;
  view.profile = spec_.profile.name;
  view.role = profile::to_text(spec_.profile.role);
  view.project = project_->spec().name;
  view.container = container().id();
  view.image = spec_.image.reference;
  view.port = description.port;
  view.user = description.login;
  view.database = description.database;
  view.password_file = workshop_.secrets(*spec_.service) / "password";
  for (const auto& claim : spec_.profile.claims) view.claims[claim.name] = claim.text();
  if (const auto* writable = spec_.profile.claim("writable")) view.writable = writable->values;
  view.logs = spec_.profile.logs;
  return view;
}

std::string RunningStack::volume() const {
  return project_->volume(spec_.service->description().compose_volume);
}

void RunningStack::verify(const std::string& moment, Recorder& recorder) {
  if (!usable_) return;
  const auto began = std::chrono::steady_clock::now();
  row_.claims =
      profile::verify(spec_.profile, container(), std::string(kToolsInside) + "/rootseal-scan", moment);
  record::Check check;
  check.id = "Claims.Hold";
  check.stack = id();
  check.service = row_.service;
  check.profile = row_.profile;
  check.suite = "security";
  check.verdict = record::Verdict::pass;
  for (const auto& claim : row_.claims) {
    check.evidence.push_back(fmt::format("{}: {}", moment, sentence(claim)));
    if (claim.holds == true) continue;
    check.verdict =
        record::worst(check.verdict, claim.holds ? record::Verdict::fail : record::Verdict::inconclusive);
    check.message += fmt::format("{}{}: verifying claims {}: {}", check.message.empty() ? "" : "\n", id(),
                                 moment, sentence(claim));
  }
  check.seconds = core::seconds(std::chrono::steady_clock::now() - began);
  if (check.verdict != record::Verdict::pass) {
    usable_ = false;
    check.message +=
        fmt::format("\nnothing more runs in this stack; full log: {}", workshop_.log_path(label_of(spec_)));
    spdlog::error("{}", check.message);
  }
  recorder.check(std::move(check));
  recorder.stack(row_);
}

void RunningStack::save_log() {
  try {
    const auto log = earlier_log_ + container().logs();
    std::ofstream(workshop_.logs() / (label_of(spec_) + ".log"), std::ios::binary) << log;
  } catch (const std::exception& error) {
    spdlog::debug("{}: no log to save: {}", id(), error.what());
  }
}

void RunningStack::end() {
  if (std::exchange(ended_, true)) return;
  const core::CancelShield shield;
  usable_ = false;
  save_log();
  project_->down();
}

void RunningStack::keep() {
  ended_ = true;
  workshop_.something_kept = true;
  save_log();
  project_->keep();
}

StackSpec spec_of_service(const service::Service* service, const record::Image& image,
                          const profile::Profile& profile) {
  StackSpec spec;
  spec.id = core::StackId::of(service->description().name, image.version, profile.name);
  spec.service = service;
  spec.profile = profile;
  spec.image = image;
  return spec;
}

StartFailure read_start_failure(const std::string& log) {
  static const std::regex refused(
      "read-only file ?system|erofs|permission denied|eacces|no space left|operation not permitted",
      std::regex::icase);
  // The quotation marks of a term that Erlang prints as a text in a term have a backslash.
  static const std::regex path(R"(["'“](/[^"'”\\]+)\\?["'”])");
  StartFailure failure;
  for (auto line : core::split(log, '\n')) {
    while (line.ends_with('\r')) line.pop_back();
    if (!std::regex_search(line, refused)) continue;
    std::smatch match;
    const bool names_path = std::regex_search(line, match, path);
    if (names_path || failure.path.empty()) {
      failure.message = core::UntrustedText(line).printable(500);
      failure.path = names_path ? core::UntrustedText(match[1].str()).printable(300) : "";
    }
  }
  if (failure.message.empty()) failure.message = core::UntrustedText(log).last_line(500);
  return failure;
}

}  // namespace rootseal::run
