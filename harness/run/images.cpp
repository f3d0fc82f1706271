#include "run/images.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/patience.hpp"
#include "core/text.hpp"

namespace rootseal::run {

namespace {

// An image can be known to several registries: the one that the reference names, else the first.
std::string digest_for(const std::string& reference, const std::vector<std::string>& digests) {
  const auto named = std::find_if(digests.begin(), digests.end(), [&](const auto& digest) {
    const auto repository = digest.substr(0, digest.find('@'));
    return reference == repository || reference.starts_with(repository + ":") ||
           reference.starts_with(repository + "@");
  });
  if (named != digests.end()) return *named;
  return digests.empty() ? "" : digests.front();
}

ImageChoice describe(const service::Service& service, const std::string& reference,
                     const engine::ImageFacts& facts, bool built_here, std::string why) {
  ImageChoice choice;
  choice.image = {reference, facts.id, digest_for(reference, facts.registry_digests),
                  service.version(facts.environment), built_here};
  choice.why = std::move(why);
  if (choice.image.version.empty()) {
    throw core::HarnessError({"reading the server's version", reference,
                              "the image's environment does not say it, as the official image's does",
                              "use an image of the official image's contract (see fixtures/)"});
  }
  return choice;
}

// `scripts/images.sh --print SERVICE` says "SERVICE VERSION REFERENCE" lines; the first one is the default.
std::string reference_built_here(const engine::Docker& docker, const Paths& paths,
                                 const std::string& service) {
  const auto outcome = docker.runner().must({{paths.images_script().string(), "--print", service}, "", {}},
                                            "asking for the reference of the image built here", service);
  const auto words = core::split(core::split(outcome.out, '\n').at(0), ' ');
  if (words.size() != 3) {
    throw core::HarnessError(
        {"asking for the reference of the image built here", service,
         "scripts/images.sh --print said: " + core::UntrustedText(outcome.out).printable(200), ""});
  }
  return words[2];
}

}  // namespace

ImageChoice choose_image(const engine::Docker& docker, const Paths& paths, const service::Service& service,
                         const std::string& given) {
  const auto& description = service.description();
  if (!given.empty()) {
    auto facts = docker.image(given);
    if (!facts && docker.pull(given, core::patience(5))) facts = docker.image(given);
    if (!facts) {
      throw core::HarnessError({"getting the image given by --image", description.name + "=" + given,
                                "it is not on this engine and cannot be pulled",
                                "check the reference, or load it with 'docker load'"});
    }
    return describe(service, given, *facts, facts->labels.contains("dev.rootseal.image"), "given by --image");
  }
  auto official = docker.image(description.official_image);
  if (!official && docker.pull(description.official_image, core::patience(5)))
    official = docker.image(description.official_image);
  if (official) return describe(service, description.official_image, *official, false, "official");
  const auto reference = reference_built_here(docker, paths, description.name);
  auto facts = docker.image(reference);
  if (!facts) {
    spdlog::info("{}: building the image {} (once)", description.name, reference);
    docker.runner().must({{paths.images_script().string(), description.name}, "", {}, core::patience(15)},
                         "building the image", description.name);
    facts = docker.image(reference);
  }
  if (!facts) {
    throw core::HarnessError(
        {"getting an image", description.name,
         fmt::format("neither {} nor {} can be had", description.official_image, reference),
         "run scripts/images.sh and read what it says, or give one with --image"});
  }
  return describe(service, reference, *facts, true, "built here: no registry answered");
}

}  // namespace rootseal::run
