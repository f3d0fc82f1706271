#include "core/error.hpp"

#include <fmt/format.h>

namespace rootseal::core {
namespace {
std::string compose(const HarnessError::Parts& parts) {
  std::string text = parts.subject.empty() ? "" : parts.subject + ": ";
  text += parts.step.empty() ? parts.what : fmt::format("{}: {}", parts.step, parts.what);
  if (!parts.next.empty()) text += "; " + parts.next;
  return text;
}
}  // namespace

HarnessError::HarnessError(Parts parts) : std::runtime_error(compose(parts)), parts_(std::move(parts)) {}

Interrupted::Interrupted(std::string step) : HarnessError({std::move(step), "", "stopped on request", ""}) {}

}  // namespace rootseal::core
