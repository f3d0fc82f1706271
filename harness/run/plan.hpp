// run/plan: what a run will do, settled before anything is started, so that wrong usage costs nothing.
// Values.
#pragma once

#include <string>
#include <vector>

#include "attack/attack.hpp"
#include "engine/docker.hpp"
#include "profile/profile.hpp"
#include "run/children.hpp"
#include "run/options.hpp"
#include "run/stack.hpp"
#include "service/service.hpp"

namespace rootseal::run {

struct ServicePlan {
  const service::Service* service = nullptr;
  std::vector<profile::Profile> profiles;  // the control first
  ImageChoice image;                       // filled by choose_images
  std::vector<attack::Definition> attacks;
  [[nodiscard]] const std::string& name() const { return service->description().name; }
  [[nodiscard]] const profile::Profile& control() const { return profiles.front(); }
};

struct Plan {
  std::vector<ServicePlan> services;
  std::vector<std::string> suites;
  std::vector<Listed> scenarios;  // all that the children know
  std::vector<Listed> workloads;
  std::uint64_t seed = 0;
  struct Launches {  // of the performance suite
    int pilot = 3;   // after so many the spread between launches decides how many there are,
    int least = 3;   // at least and
    int cap = 3;     // at most
  } launches;
  [[nodiscard]] bool has(const std::string& suite) const;
};

// Needs no engine. Throws UsageError: unknown service, profile or suite, a malformed attack file, a glob that
// matches nothing, a slowdown that is not STACK=SHARE. Names that are only candidates bring the control
// along.
Plan make_plan(const Options& options, const Paths& paths, process::Runner& runner);

// Fills the images. Throws HarnessError.
void choose_images(Plan& plan, const Options& options, const Paths& paths, const engine::Docker& docker);

// Whether a scenario runs on the stacks of a service: it is of that suite and service and matches --scenario.
// A longer one does not run in a quick run, unless it is named without a wildcard.
bool takes_part(const Listed& scenario, const std::string& suite, const std::string& service,
                const Options& options);

// A glob is compared with names here and handed to the frameworks' filters: throws UsageError for a character
// that would mean something else there, or nothing.
void require_plain_glob(const std::string& option, const std::string& glob);

// The stack of a STACK=SHARE of --plant or --plant-delay.
std::string planted_stack(const std::string& plant);
// Throws UsageError when --plant or --plant-delay names a stack that will not be measured: what is planted
// nowhere would prove nothing. After choose_images, which settles the versions.
void require_planted(const Plan& plan, const Options& options);

// CPU placement of the performance suite: clients on the first of ours, servers on the others; both empty
// with one CPU.
struct Placement {
  std::vector<int> client;
  std::vector<int> servers;
};
Placement place(const std::vector<int>& cpus);
// What keeps this machine from measuring well, a sentence each, with what to do; empty when nothing does.
std::vector<std::string> measuring_limits();
std::vector<int> cpus_of_this_process();

}  // namespace rootseal::run
