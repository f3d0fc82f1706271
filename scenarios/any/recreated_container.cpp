// The container is removed and created again by Compose, as after a change of its configuration or a new
// image: the volume alone comes along.
#include "any/across_a_restart.hpp"

namespace rootseal::scenarios::recreated_container {
namespace {

using RecreatedContainer = AcrossARestart;

TEST_P(RecreatedContainer, FindsTheDataOnItsVolumeAndEmptyTmpfs) {
  const std::string before = container().id();
  const auto recreate = [this] {
    const auto began = core::Deadline::Clock::now();
    recreate_server();
    evidence("a new container answers " + core::in_seconds(core::Deadline::Clock::now() - began) +
             " after Compose was asked for it, the old one's orderly end included");
  };
  keeps_data_and_empties_tmpfs(recreate, "the new container");
  if (container().id() == before) environment_fault("the container is the same: nothing was seen");
}

ROOTSEAL_LONGER_SCENARIOS(recovery, RecreatedContainer, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios::recreated_container
