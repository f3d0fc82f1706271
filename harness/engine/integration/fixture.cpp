#include "engine/integration/fixture.hpp"

#include <fstream>

#include "core/cancel.hpp"
#include "core/error.hpp"
#include "core/places.hpp"
#include "engine/resources.hpp"

namespace rootseal::engine {
namespace {

namespace fs = std::filesystem;

const char* const kComposeFile = R"(
services:
  server:
    image: ${TINY_IMAGE:?}
    hostname: tiny
    command: ["sh", "-c", "trap 'exit 0' TERM; echo out 1; sleep 0.2; echo err 2 >&2; sleep 0.2; echo $$WORD; while :; do sleep 0.1; done"]
    environment: {WORD: "${WORD:-none}"}
    read_only: true
    volumes: ["data:/data", "/anonymous"]
    tmpfs: ["/run:size=1m"]
    ports: ["127.0.0.1::5432"]
volumes:
  data: {labels: {theirs: kept}}
)";

const char* const kMakeImage = R"(set -eu
busybox=$(command -v busybox) || { echo "no busybox here: install Debian's busybox-static" >&2; exit 1; }
mkdir -p "$1/bin" "$1/etc" "$1/tmp" "$1/data"
cp "$busybox" "$1/bin/busybox"
for name in $("$busybox" --list); do [ "$name" = busybox ] || ln -s busybox "$1/bin/$name"; done
printf 'root:x:0:0:root:/:/bin/sh\nserver:x:1234:1235::/:/bin/sh\n' > "$1/etc/passwd"
echo container > "$1/etc/where"
tar -C "$1" -c . | docker import --change 'ENV TINY_VERSION=1' --change 'LABEL test=yes' - "$2"
)";

}  // namespace

void need_tiny_image(const Docker& docker) {
  const auto there = docker.image(kTinyImage);
  if (there && there->labels.count("test") != 0) return;
  const fs::path folder = fs::temp_directory_path() / ("rootseal-tiny-" + core::RunId::make().str());
  process::Command command;
  command.argv = {"sh", "-c", kMakeImage, "sh", folder.string(), kTinyImage};
  docker.runner().must(command, "making a tiny image", kTinyImage);
  fs::remove_all(folder);
}

EngineFixture::EngineFixture() : folder_(fs::temp_directory_path() / ("rootseal-test-" + run_.str())) {
  fs::create_directories(folder_);
  reaper_ = std::make_unique<Reaper>(core::programs_folder() / "rootseal-reaper", run_.str(),
                                     std::vector<fs::path>{folder_}, folder_ / "own.log");
  need_tiny_image(docker_);
}

EngineFixture::~EngineFixture() {
  core::reset_cancel();
  remove_run(docker_, run_.str(), core::Deadline::after(core::Milliseconds(60'000)), 1);
  reaper_->dismiss();
  fs::remove_all(folder_);
}

std::string EngineFixture::write(const std::string& name, const std::string& text) const {
  std::ofstream(folder_ / name) << text;
  return (folder_ / name).string();
}

ProjectSpec EngineFixture::spec(const std::string& stack) {
  ProjectSpec spec;
  spec.name = "rootseal-test-" + run_.suffix() + "-" + stack;
  spec.subject = "tiny/" + stack;
  spec.files = {write("compose.yaml", kComposeFile)};
  spec.environment = {{"TINY_IMAGE", kTinyImage}, {"WORD", "a word"}};
  spec.labels = {{kRunLabel, run_.str()}, {kStackLabel, spec.subject}, {kOwnerLabel, "1:2:test"}};
  spec.work_dir = folder_;
  return spec;
}

}  // namespace rootseal::engine
