// A graceful restart keeps the data and empties what lives in memory.
#include "any/across_a_restart.hpp"

namespace rootseal::scenarios::graceful_restart {
namespace {

using GracefulRestart = AcrossARestart;

TEST_P(GracefulRestart, KeepsTheDataAndEmptiesTmpfs) {
  const auto restart = [this] {
    stop_server(core::Milliseconds(30'000));
    EXPECT_EQ(container().state().exit_code, 0) << "the server did not end by itself when asked to";
    start_timed();
  };
  keeps_data_and_empties_tmpfs(restart, "the restart");
}

ROOTSEAL_SCENARIOS(recovery, GracefulRestart, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios::graceful_restart
