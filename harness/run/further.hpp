// run/further: what a child asks for beyond the stack that it was given: further stacks, the data volumes
// that they start on, and containers made anew. All of it is owned here and gone with the object.
//
// Order of calls: start(), recreate() and release() as the child asks; clear() at the end of each check.
// Volumes of released stacks stay until then. One thread. What cannot be done is a reply; only Interrupted is
// thrown.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "run/suites.hpp"
#include "run/volume.hpp"

namespace rootseal::run {

class FurtherStacks {
 public:
  // `own`: the child's stack.
  FurtherStacks(const Bench& bench, const ServicePlan& service, RunningStack& own, std::string suite);

  wire::StackReply start(const wire::StackRequest& request);
  wire::StackReply recreate(const wire::Recreate& request);
  void release(const std::string& stack);
  void clear();

 private:
  struct Lent {
    std::shared_ptr<Volume> volume;  // null: the child's own stack's
    std::string volume_name;
    std::unique_ptr<RunningStack> stack;  // last: goes before its volume; null once released
  };
  wire::StackReply try_to_start(const wire::StackRequest& request);
  [[nodiscard]] RunningStack& standing(const std::string& stack);
  [[nodiscard]] Lent volume_for(const wire::StackRequest& request, const StackSpec& spec);
  [[nodiscard]] Lent existing(const std::string& stack);
  std::string next_name();
  void require_unused(const std::string& volume_name);

  const Bench& bench_;
  const ServicePlan& service_;
  RunningStack& own_;
  std::string suite_;
  std::map<std::string, Lent> lent_;  // by id
  int volumes_made_ = 0;
};

// What to start for a request: the profile that it names, its overrides and what these say of the claims.
// `like` is the child's own stack's. Pure. Throws UsageError about a profile that is not in this run, a
// malformed override, and wishes that contradict each other.
StackSpec spec_of_request(const ServicePlan& service, const StackSpec& like, const std::string& suite,
                          const wire::StackRequest& request);

}  // namespace rootseal::run
