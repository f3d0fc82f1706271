#include "core/log.hpp"

#include <gmock/gmock.h>
#include <spdlog/spdlog.h>

namespace rootseal::core {
namespace {

TEST(LogTest, GoesToStderrAndRespectsTheVerbosity) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  init_logging(Verbosity::quiet);
  spdlog::info("progress");
  spdlog::warn("trouble");
  spdlog::default_logger()->flush();
  const std::string err = testing::internal::GetCapturedStderr();
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_THAT(err, testing::HasSubstr("trouble"));
  EXPECT_THAT(err, testing::Not(testing::HasSubstr("progress")));
}

}  // namespace
}  // namespace rootseal::core
