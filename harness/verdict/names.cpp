#include "verdict/names.hpp"

#include <algorithm>

namespace rootseal::verdict {

std::string server_of(const std::string& stack) { return stack.substr(0, stack.find('/')); }

std::string base_of(const std::string& stack) { return stack.substr(0, stack.find('+')); }

std::string profile_of(const std::string& stack) {
  const std::string base = base_of(stack);
  const std::size_t slash = base.find('/');
  return slash == std::string::npos ? "" : base.substr(slash + 1);
}

bool is_twin(const std::string& stack) { return base_of(stack).ends_with("baseline-twin"); }

const record::Stack* find_stack(const std::vector<record::Stack>& stacks, const std::string& id) {
  const auto found =
      std::find_if(stacks.begin(), stacks.end(), [&](const auto& stack) { return stack.id == id; });
  return found == stacks.end() ? nullptr : &*found;
}

std::string role_of(const std::vector<record::Stack>& stacks, const std::string& id) {
  const record::Stack* stack = find_stack(stacks, id);
  if (stack == nullptr) stack = find_stack(stacks, base_of(id));
  return stack == nullptr ? "" : stack->role;
}

}  // namespace rootseal::verdict
