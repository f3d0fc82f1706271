#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "core/text.hpp"
#include "service/service.hpp"

namespace rootseal::service {
namespace {
// A function-local static, because registrations run in static initialisers of other files.
std::map<std::string, std::unique_ptr<Service>>& registry() {
  static std::map<std::string, std::unique_ptr<Service>> services;
  return services;
}
}  // namespace

Registration::Registration(std::unique_ptr<Service> service) {
  const std::string name = service->description().name;
  if (!registry().emplace(name, std::move(service)).second) {
    fmt::print(stderr, "rootseal: two services are called '{}'\n", name);
    std::abort();
  }
}

const Service& find(const std::string& name) {
  const auto found = registry().find(name);
  if (found != registry().end()) return *found->second;
  throw core::UsageError(
      {"", "", fmt::format("unknown service '{}' ({})", name, core::known_and_nearest(name, names())),
       "see `rootseal list services`"});
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& [name, service] : registry()) all.push_back(name);
  return all;
}

}  // namespace rootseal::service
