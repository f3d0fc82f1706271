// Every shipped attack on every service, as each identity, on every profile that is compared: nothing that
// must be blocked succeeds, nothing is inconclusive, and each attack that must be blocked is seen to succeed
// somewhere.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "attack/attack.hpp"
#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/places.hpp"
#include "core/text.hpp"
#include "engine/compose.hpp"
#include "engine/resources.hpp"

namespace rootseal::attack::shipped_test {
namespace {

namespace fs = std::filesystem;
using record::Observed;

// One stack of one profile, from the Compose files as they are shipped.
class Stack {
 public:
  Stack(const engine::Docker& docker, const service::Service& service, profile::Profile profile,
        std::vector<std::string> overrides)
      : service_(service),
        profile_(std::move(profile)),
        folder_(new_folder()),
        password_(core::Secret::random()) {
    engine::ProjectSpec spec;
    const auto run = core::RunId::make();
    spec.name = "rootseal-test-" + run.suffix();
    spec.subject = service.description().name + "/" + profile_.name;
    spec.files = profile_.files;
    spec.override_texts = std::move(overrides);
    spec.environment = {{"ROOTSEAL_IMAGE", image(docker)}, {"ROOTSEAL_SECRETS", secrets().string()}};
    spec.labels = {{engine::kRunLabel, run.str()}, {engine::kOwnerLabel, engine::owner_of_this_process()}};
    spec.read_only_binds = {(core::programs_folder().parent_path() / "tools-mount").string() +
                            ":/opt/rootseal"};
    spec.work_dir = folder_;
    project_ = std::make_unique<engine::ComposeProject>(docker, spec);
    project_->up();
    container_ = std::make_unique<engine::Container>(project_->container());
    service::wait_ready(
        service, [this] { return target(); }, *container_, core::Deadline::after(core::Milliseconds(90'000)));
  }
  ~Stack() {
    project_.reset();
    fs::remove_all(folder_);
  }
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  [[nodiscard]] Site site() const {
    Site site;
    site.stack = project_->spec().subject;
    site.profile = &profile_;
    site.service = &service_;
    site.container = container_.get();
    site.version = version_;
    site.target = target();
    site.target_now = [this] { return target(); };
    site.payloads = (core::programs_folder().parent_path() / "tools-mount").string() + "/payloads";
    return site;
  }
  [[nodiscard]] const profile::Profile& profile() const { return profile_; }

 private:
  static fs::path new_folder() {
    std::string name = (fs::temp_directory_path() / "rootseal-attacks-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder of our own");
    return name;
  }
  fs::path secrets() const {
    const fs::path folder = folder_ / "secrets";
    fs::create_directories(folder);
    for (const auto& [name, content] : service_.secret_files(password_)) {
      std::ofstream(folder / name, std::ios::binary) << content.reveal();
      fs::permissions(folder / name, fs::perms(0444));
    }
    return folder;
  }
  // The default version of the image that is built here, and what it is.
  std::string image(const engine::Docker& docker) {
    const std::string name = service_.description().name;
    const auto printed =
        docker.runner().must({{core::project_folder().string() + "/scripts/images.sh", "--print", name},
                              "",
                              {},
                              std::chrono::seconds(60)},
                             "asking for the image", name);
    const auto reference = core::split(core::split(printed.out, '\n').at(0), ' ').at(2);
    const auto facts = docker.image(reference);
    if (!facts)
      throw core::HarnessError({"looking for an image", reference, "not here", "run scripts/images.sh"});
    version_ = service_.version(facts->environment);
    return reference;
  }
  [[nodiscard]] service::Target target() const {
    const auto& description = service_.description();
    const auto endpoint = container_->published(description.port);
    return {project_->spec().subject, endpoint.host, endpoint.port,
            description.login,        password_,     description.database};
  }

  const service::Service& service_;
  profile::Profile profile_;
  std::string version_;
  fs::path folder_;
  core::Secret password_;
  std::unique_ptr<engine::ComposeProject> project_;
  std::unique_ptr<engine::Container> container_;
};

class ShippedAttacksTest : public testing::TestWithParam<std::string> {
 protected:
  profile::Profile load_profile(const std::string& name) const {
    return profile::load(core::project_folder() / "compose", GetParam(), name);
  }
  void attack(const Stack& stack, const Definition& definition) {
    for (const auto& identity : definition.identities) {
      const auto row = run(definition, identity, stack.site());
      fmt::print("{:<22} {:<5} {:<8} {:<12} {:<7} {}\n", row.stack, row.id, identity,
                 record::to_text(row.observed), row.stopped_by, row.note);
      if (row.observed == Observed::succeeded) live_.insert(row.id + " " + identity);
      EXPECT_NE(row.observed, Observed::inconclusive) << testing::PrintToString(row.evidence);
      if (row.must_be_blocked_by.empty()) continue;
      must_.insert(row.id + " " + identity);
      EXPECT_NE(row.observed, Observed::succeeded) << row.id;
    }
  }
  std::set<std::string> live_, must_;
  process::SystemRunner runner_;
};

TEST_P(ShippedAttacksTest, NothingThatMustBeBlockedSucceedsAndAllOfItIsLive) {
  const engine::Docker docker(runner_);
  const auto& service = service::find(GetParam());
  const auto attacks = select(load_all(core::project_folder() / "scenarios/attacks"), GetParam(), "*");
  for (const auto& definition : attacks) validate(definition, service.description());
  for (const char* name : {"baseline", "readonly", "hardened"}) {
    const Stack stack(docker, service, load_profile(name), {});
    for (const auto& claim :
         profile::verify(stack.profile(), *stack.site().container, stack.site().scan, "before")) {
      EXPECT_EQ(claim.holds, true) << name << ": " << claim.name << ": " << claim.evidence;
    }
    for (const auto& definition : attacks) attack(stack, definition);
    for (const auto& claim :
         profile::verify(stack.profile(), *stack.site().container, stack.site().scan, "after")) {
      EXPECT_EQ(claim.holds, true) << name << ": " << claim.name << ": " << claim.evidence;
    }
  }
  for (const auto& definition : attacks) {
    if (!definition.liveness) continue;
    const Stack trial(docker, service, load_profile("readonly"), {definition.liveness->override_text});
    auto site = trial.site();
    site.throwaway = true;
    for (const auto& identity : definition.identities) {
      const auto row = run(definition, identity, site);
      EXPECT_EQ(row.observed, Observed::succeeded)
          << row.id << testing::PrintToString(row.evidence) << row.note;
      live_.insert(row.id + " " + identity);
    }
  }
  for (const auto& name : must_) EXPECT_TRUE(live_.count(name) > 0) << name << " was never seen to succeed";
}

// Without the read-only root under it, noexec has to do: what an administrator writes to a tmpfs must not be
// executed.
TEST_P(ShippedAttacksTest, ANoexecTmpfsOnTmpStopsTheAdministratorToo) {
  const auto attacks = select(load_all(core::project_folder() / "scenarios/attacks"), GetParam(), "*");
  std::vector<Definition> of_admin;
  for (const auto& definition : attacks) {
    if (definition.identities == std::vector<std::string>{"admin"}) of_admin.push_back(definition);
  }
  if (of_admin.empty()) GTEST_SKIP() << "no attack of the administrator of " << GetParam();
  const engine::Docker docker(runner_);
  const Stack stack(docker, service::find(GetParam()), load_profile("readonly"),
                    {"services: {server: {tmpfs: ['/tmp:size=16m']}}\n"});
  for (const auto& definition : of_admin) attack(stack, definition);
}

INSTANTIATE_TEST_SUITE_P(Services, ShippedAttacksTest, testing::ValuesIn(service::names()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace rootseal::attack::shipped_test
