// cli: rootseal list: what there is.
#include <fmt/format.h>

#include <map>
#include <memory>

#include "attack/attack.hpp"
#include "cli/verbs.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "profile/profile.hpp"
#include "run/children.hpp"
#include "run/options.hpp"
#include "service/service.hpp"

namespace rootseal::cli {
namespace {

void services(const run::Paths& /*paths*/, process::Runner& /*runner*/) {
  for (const auto& name : service::names()) {
    const auto& description = service::find(name).description();
    fmt::print("{:<12} {:<12} official image {}\n", name, description.title, description.official_image);
  }
}

void profiles(const run::Paths& paths, process::Runner& /*runner*/) {
  for (const auto& service : service::names()) {
    for (const auto& name : profile::names(paths.compose(), service)) {
      const auto profile = profile::load(paths.compose(), service, name);
      fmt::print("{:<12} {:<12} {:<10} {}\n", service, name, profile::to_text(profile.role), profile.summary);
    }
  }
}

void attacks(const run::Paths& paths, process::Runner& /*runner*/) {
  for (const auto& attack : attack::load_all(paths.attacks())) {
    fmt::print("{:<6} {:<9} {:<12} {:<28} {}\n", attack.id, attack.severity,
               attack.services.empty() ? "any" : core::join(attack.services, ","),
               core::join(attack.identities, ","), attack.title);
  }
}

void children(const run::Paths& paths, process::Runner& runner, const std::string& program) {
  for (const auto& row : run::list_child(runner, paths.programs / program)) {
    fmt::print("{:<12} {:<12} {:<55} {}{}\n", row.suite, row.service.empty() ? "any" : row.service, row.name,
               row.file, row.longer ? " (not in a quick run)" : "");
  }
}

using Lister = std::function<void(const run::Paths&, process::Runner&)>;

const std::map<std::string, Lister>& listers() {
  static const std::map<std::string, Lister> all{
      {"services", services},
      {"profiles", profiles},
      {"attacks", attacks},
      {"scenarios", [](const auto& paths, auto& runner) { children(paths, runner, "rootseal-scenarios"); }},
      {"workloads", [](const auto& paths, auto& runner) { children(paths, runner, "rootseal-workloads"); }},
  };
  return all;
}

}  // namespace

Verb list_verb(CLI::App& program) {
  auto* app = program.add_subcommand("list", "services, profiles, scenarios, attacks, workloads");
  auto what = std::make_shared<std::string>();
  app->add_option("what", *what, "services | profiles | scenarios | attacks | workloads")->required();
  return {
      app, [what](Surroundings& surroundings) {
        const auto lister = listers().find(*what);
        if (lister == listers().end()) {
          std::vector<std::string> known;
          for (const auto& [name, unused] : listers()) known.push_back(name);
          throw core::UsageError({"listing", *what, "no such list", core::known_and_nearest(*what, known)});
        }
        lister->second(run::Paths::find(), surroundings.runner);
        return 0;
      }};
}

}  // namespace rootseal::cli
