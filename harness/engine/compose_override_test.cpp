#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "engine/compose.hpp"

namespace rootseal::engine::compose_override_test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

ProjectSpec spec_of(std::vector<std::string> texts) {
  ProjectSpec spec;
  spec.name = "p";
  spec.override_texts = std::move(texts);
  spec.labels = {{kRunLabel, "r"}, {kStackLabel, "postgres-15/readonly"}};
  return spec;
}

json generated(const ProjectSpec& spec, Merging merging = Merging::merges) {
  return json::parse(generated_override(spec, merging));
}

std::string refusal(const ProjectSpec& spec) {
  try {
    generated_override(spec, Merging::merges);
  } catch (const core::UsageError& error) {
    return error.what();
  }
  return "";
}

const char* const kBase = R"(
services:
  server:
    image: ${ROOTSEAL_IMAGE:?}
    volumes:
      - data:/var/lib/data
      - type: volume
        source: logs
        target: /logs
        read_only: true
      - ./init:/init:ro
volumes:
  data: {driver_opts: {size: "10", count: 3}, labels: [a=b, c]}
  logs:
)";

TEST(OverrideTest, LabelsTheServiceEveryVolumeAndEveryNetwork) {
  const json override = generated(spec_of({kBase, "networks: {inside: {internal: true}}"}));
  const json ours = {{kRunLabel, "r"}, {kStackLabel, "postgres-15/readonly"}};
  EXPECT_EQ(override["services"]["server"]["labels"], ours);
  EXPECT_EQ(override["networks"]["default"]["labels"], ours);
  EXPECT_EQ(override["networks"]["inside"]["labels"], ours);
  EXPECT_EQ(override["volumes"]["logs"]["labels"], ours);
}

TEST(OverrideTest, RepeatsAVolumeWholeSinceVersionOneReplacesIt) {
  const json override =
      generated(spec_of({kBase, "networks: {inside: {internal: true}}"}), Merging::replaces);
  EXPECT_EQ(override["networks"]["inside"]["internal"], true);
  EXPECT_EQ(override["volumes"]["data"]["driver_opts"], (json{{"size", "10"}, {"count", 3}}));
  EXPECT_EQ(override["volumes"]["data"]["labels"]["a"], "b");
  EXPECT_EQ(override["volumes"]["data"]["labels"]["c"], "");
}

TEST(OverrideTest, RepeatsNothingForVersionTwoSinceItMerges) {
  const json data = generated(spec_of({kBase}))["volumes"]["data"];
  EXPECT_EQ(data, (json{{"labels", {{kRunLabel, "r"}, {kStackLabel, "postgres-15/readonly"}}}}));
}

TEST(OverrideTest, LeavesSomebodyElsesVolumesAndNetworksAlone) {
  const json override = generated(spec_of(
      {"services: {s: {image: x}}\nvolumes: {v: {external: true}}\nnetworks: {n: {external: {name: m}}}\n"}));
  EXPECT_FALSE(override.contains("volumes") && override["volumes"].contains("v"));
  EXPECT_FALSE(override["networks"].contains("n"));
}

TEST(OverrideTest, ReplacesAVolumeUnderAKeyOfItsOwn) {
  ProjectSpec spec = spec_of({kBase});
  spec.volumes = {{"data", "prepared"}, {"logs", "other"}};
  const json override = generated(spec);
  EXPECT_EQ(override["volumes"]["rootseal-data"], (json{{"external", true}, {"name", "prepared"}}));
  EXPECT_EQ(
      override["services"]["server"]["volumes"],
      json::parse(
          R"([{"type": "volume", "source": "rootseal-logs", "target": "/logs", "read_only": true}, "rootseal-data:/var/lib/data"])"));
}

TEST(OverrideTest, AnOverrideThatMountsSomethingElseThereIsNotUndone) {
  ProjectSpec spec = spec_of({kBase, "services: {server: {volumes: ['/host:/var/lib/data']}}"});
  spec.volumes = {{"data", "prepared"}};
  EXPECT_FALSE(generated(spec)["services"]["server"].contains("volumes"));
}

TEST(OverrideTest, AddsReadOnlyBindsAndVariables) {
  ProjectSpec spec = spec_of({kBase});
  spec.read_only_binds = {"/opt/$tools:/tools"};
  spec.service_environment = {{"FLAGS", "+S 2:1 $x"}};
  const json server = generated(spec)["services"]["server"];
  EXPECT_EQ(server["volumes"], json::array({"/opt/$$tools:/tools:ro"}));
  EXPECT_EQ(server["environment"]["FLAGS"], "+S 2:1 $$x");
}

TEST(OverrideTest, NamesFileAndLineOfWhatIsNoComposeFile) {
  EXPECT_THAT(refusal(spec_of({"- a\n- b\n"})), HasSubstr("override text 1:1"));
  EXPECT_THAT(refusal(spec_of({"services:\n  s: [\n"})), HasSubstr("override text 1:"));
  EXPECT_THAT(refusal(spec_of({"services:\n  a: {image: x}\n  b: {image: y}\n"})),
              ::testing::AllOf(HasSubstr("override text 1:3"), HasSubstr("'b' beside 'a'")));
  EXPECT_THAT(refusal(spec_of({kBase, "services: {other: {image: x}}"})), HasSubstr("override text 2:1"));
  EXPECT_THAT(refusal(spec_of({"volumes: {a: }"})), HasSubstr("no service"));
  EXPECT_THAT(refusal(spec_of({})), HasSubstr("no file"));
  ProjectSpec spec = spec_of({});
  spec.files = {"/nonexistent/compose.yaml"};
  EXPECT_THAT(refusal(spec), HasSubstr("/nonexistent/compose.yaml"));
}

TEST(OverrideTest, NamesAVolumeThatIsNotThereToBeReplaced) {
  ProjectSpec spec = spec_of({kBase});
  spec.volumes = {{"dta", "prepared"}};
  EXPECT_THAT(refusal(spec), ::testing::AllOf(HasSubstr("'dta'"), HasSubstr("did you mean 'data'")));
}

}  // namespace
}  // namespace rootseal::engine::compose_override_test
