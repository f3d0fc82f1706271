// engine/integration/fixture: a run of its own for each test, on the real engine, with a tiny image; whatever
// the test leaves behind is removed afterwards.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "core/ids.hpp"
#include "engine/compose.hpp"
#include "engine/docker.hpp"
#include "engine/reaper.hpp"
#include "process/command.hpp"

namespace rootseal::engine {

inline constexpr const char* kTinyImage = "rootseal-test/tiny:1";  // busybox, a user 1234, /etc/where

// Makes the image where it is not there; throws HarnessError naming what is missing.
void need_tiny_image(const Docker& docker);

class EngineFixture : public ::testing::Test {
 protected:
  EngineFixture();
  ~EngineFixture() override;
  // A project of the one file of tests, with labels of this run.
  ProjectSpec spec(const std::string& stack);
  std::string write(const std::string& name, const std::string& text) const;

  core::RunId run_ = core::RunId::make();
  std::filesystem::path folder_;
  process::SystemRunner runner_;
  Docker docker_{runner_};

 private:
  std::unique_ptr<Reaper> reaper_;  // for a test that is killed at its limit
};

}  // namespace rootseal::engine
