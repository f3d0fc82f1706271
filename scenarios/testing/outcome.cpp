#include "testing/outcome.hpp"

#include <algorithm>

#include "service/service.hpp"

namespace rootseal::scenarios {
namespace {

const Part* first(const std::vector<Part>& parts, Part::Kind kind) {
  const auto found =
      std::find_if(parts.begin(), parts.end(), [&](const Part& part) { return part.kind == kind; });
  return found == parts.end() ? nullptr : &*found;
}

// The first failure is the one to look at; the others are in the log.
std::string others(const std::vector<Part>& parts) {
  const auto failures = std::count_if(parts.begin(), parts.end(),
                                      [](const Part& part) { return part.kind == Part::Kind::failure; });
  return failures < 2 ? "" : "\n(and " + std::to_string(failures - 1) + " more; see the child's log)";
}

}  // namespace

void environment_fault(const std::string& message) { throw EnvironmentFault(message); }

void not_here(const std::string& reason) { throw NotHere(reason); }

Part::Kind kind_of(const std::exception_ptr& exception) {
  if (!exception) return Part::Kind::failure;
  try {
    std::rethrow_exception(exception);
  } catch (const service::ServerError&) {
    return Part::Kind::failure;
  } catch (const NotHere&) {
    return Part::Kind::skip;
  } catch (...) {
    return Part::Kind::environment;
  }
}

Outcome judge(const std::vector<Part>& parts, const std::string& death) {
  const Part* failure = first(parts, Part::Kind::failure);
  const Part* fault = first(parts, Part::Kind::environment);
  const Part* skip = first(parts, Part::Kind::skip);
  if (!death.empty()) {
    const Part* noticed = failure != nullptr ? failure : fault;
    return {record::Verdict::fail, noticed == nullptr ? death : noticed->text + "\n" + death};
  }
  if (failure != nullptr) return {record::Verdict::fail, failure->text + others(parts)};
  if (fault != nullptr) return {record::Verdict::inconclusive, fault->text};
  if (skip != nullptr) return {record::Verdict::skipped, skip->text};
  return {record::Verdict::pass, ""};
}

}  // namespace rootseal::scenarios
