#include "run/further.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/text.hpp"

namespace rootseal::run {
namespace {

constexpr const char* kStep = "starting a further stack";

const profile::Profile& profile_named(const ServicePlan& service, const std::string& name) {
  const auto found = std::find_if(service.profiles.begin(), service.profiles.end(),
                                  [&](const auto& profile) { return profile.name == name; });
  if (found != service.profiles.end()) return *found;
  std::vector<std::string> known;
  for (const auto& profile : service.profiles) known.push_back(profile.name);
  throw core::UsageError(
      {kStep, name, "no profile of this run is called so", core::known_and_nearest(name, known)});
}

// The reply to what went wrong; a server that does not do what it should is told apart.
template <typename Work>
wire::StackReply replying(Work work) {
  try {
    return work();
  } catch (const core::Interrupted&) {
    throw;
  } catch (const service::ServerError& error) {
    return {std::nullopt, error.what(), true};
  } catch (const core::HarnessError& error) {
    return {std::nullopt, error.what(), false};
  }
}

}  // namespace

StackSpec spec_of_request(const ServicePlan& service, const StackSpec& like, const std::string& suite,
                          const wire::StackRequest& request) {
  if (request.like != like.id.text) {
    throw core::UsageError({kStep, request.like, "the child was not given this stack", ""});
  }
  if (request.data_size > 0 && !request.data.empty()) {
    throw core::UsageError({kStep, request.tag, "a volume of a size of its own begins empty",
                            "leave out either the data or the size"});
  }
  if (request.copy && request.data.empty()) {
    throw core::UsageError({kStep, request.tag, "a copy, but of nothing", "name the stack whose data it is"});
  }
  auto spec =
      spec_of_service(service.service, like.image,
                      request.profile.empty() ? like.profile : profile_named(service, request.profile));
  spec.id = like.id.tagged(request.tag);
  // Another suite's child may ask for the same at the same time.
  spec.label_tag = suite;
  spec.overrides = request.overrides;
  spec.ask_settings = false;
  for (const auto& text : request.overrides) profile::amend(spec.profile, text, spec.id.text);
  return spec;
}

FurtherStacks::FurtherStacks(const Bench& bench, const ServicePlan& service, RunningStack& own,
                             std::string suite)
    : bench_(bench), service_(service), own_(own), suite_(std::move(suite)) {}

wire::StackReply FurtherStacks::start(const wire::StackRequest& request) {
  return replying([&] { return try_to_start(request); });
}

wire::StackReply FurtherStacks::try_to_start(const wire::StackRequest& request) {
  auto spec = spec_of_request(service_, own_.spec(), suite_, request);
  const auto id = spec.id.text;
  const auto known = lent_.find(id);
  if (known != lent_.end() && known->second.stack != nullptr) {
    throw core::UsageError({kStep, id, "it is up already", "give the second one another tag"});
  }
  auto lent = volume_for(request, spec);
  spec.volumes = {{service_.service->description().compose_volume, lent.volume_name}};
  lent.stack = bench_.workshop.start(std::move(spec));
  lent.stack->verify("before its use", bench_.recorder);
  if (!lent.stack->usable()) {
    const auto& why = lent.stack->row().start_error;
    return {std::nullopt, why.empty() ? id + ": its claims do not hold" : why, true};
  }
  auto& kept = lent_[id];
  kept = std::move(lent);
  return {kept.stack->view(), "", false};
}

FurtherStacks::Lent FurtherStacks::volume_for(const wire::StackRequest& request, const StackSpec& spec) {
  if (request.data.empty()) {
    auto volume = std::make_shared<Volume>(bench_.workshop, spec, next_name(), request.data_size);
    const auto name = volume->name();
    return {std::move(volume), name, nullptr};
  }
  auto source = existing(request.data);
  require_unused(source.volume_name);
  if (!request.copy) return source;
  auto volume = std::make_shared<Volume>(bench_.workshop, spec, next_name());
  volume->fill_from(source.volume_name);
  const auto name = volume->name();
  return {std::move(volume), name, nullptr};
}

// A tag may come again while a volume of the earlier one is still in use.
std::string FurtherStacks::next_name() { return fmt::format("data-{}", ++volumes_made_); }

// The volume of a stack that the child knows, without the stack.
FurtherStacks::Lent FurtherStacks::existing(const std::string& stack) {
  if (stack == own_.id()) return {nullptr, own_.volume(), nullptr};
  const auto found = lent_.find(stack);
  if (found != lent_.end()) return {found->second.volume, found->second.volume_name, nullptr};
  throw core::UsageError({kStep, stack, "no such stack was started in this check, so there are no data of it",
                          "a stack's data last until the end of the check that asked for it"});
}

// Two servers on one volume would destroy it.
void FurtherStacks::require_unused(const std::string& volume_name) {
  const auto refuse_running = [&](const RunningStack& stack) {
    if (stack.volume() != volume_name || !stack.container().state().running) return;
    throw core::UsageError({kStep, stack.id(),
                            "it still runs on the data that another stack is to start with",
                            "stop it first"});
  };
  refuse_running(own_);
  for (const auto& [id, lent] : lent_) {
    if (lent.stack != nullptr) refuse_running(*lent.stack);
  }
}

RunningStack& FurtherStacks::standing(const std::string& stack) {
  if (stack == own_.id()) return own_;
  const auto found = lent_.find(stack);
  if (found != lent_.end() && found->second.stack != nullptr) return *found->second.stack;
  throw core::UsageError({"making a container anew", stack, "no such stack is up", ""});
}

wire::StackReply FurtherStacks::recreate(const wire::Recreate& request) {
  return replying([&]() -> wire::StackReply {
    auto& stack = standing(request.stack);
    stack.recreate();
    return {stack.view(), "", false};
  });
}

void FurtherStacks::release(const std::string& stack) {
  const auto found = lent_.find(stack);
  if (found != lent_.end()) found->second.stack.reset();
}

void FurtherStacks::clear() {
  for (auto& [id, lent] : lent_) lent.stack.reset();
  lent_.clear();
}

}  // namespace rootseal::run
