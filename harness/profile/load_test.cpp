#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "core/error.hpp"
#include "core/places.hpp"
#include "profile/profile.hpp"

namespace rootseal::profile::load_test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kGood =
    "x-rootseal:\n"
    "  role: candidate\n"
    "  summary: a read-only root\n"
    "  claims:\n"
    "    root: read-only\n"
    "    writable: [/run/db, /data]\n"
    "    tmpfs: [noexec, sized]\n"
    "    capabilities: none\n"
    "    no-new-privileges: true\n"
    "    uid: 999\n"
    "    pids: 512\n"
    "    memory: 512m\n"
    "  deviations: [a pinned image]\n"
    "  settings: [config_file, preload_*]\n"
    "  mounts: [/etc/db/*, /dev/shm]\n"
    "  logs: /var/log/db\n"
    "services:\n  server:\n    read_only: true\n";

class LoadTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "rootseal-profile-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    fs::create_directories(folder_ / "db");
    write("compose.yaml", "x-rootseal: {role: control, summary: as usual, claims: {root: writable}}\n");
    write("sealed.yaml", kGood);
  }
  void TearDown() override { fs::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / "db" / name) << text;
  }
  // What load says of the good file with one text replaced.
  [[nodiscard]] std::string complaint(const std::string& from, const std::string& to) const {
    std::string text = kGood;
    text.replace(text.find(from), from.size(), to);
    write("sealed.yaml", text);
    try {
      load(folder_, "db", "sealed");
    } catch (const core::UsageError& error) {
      return error.what();
    }
    return "accepted";
  }
  fs::path folder_;
};

TEST_F(LoadTest, EveryKeyArrivesInTheProfile) {
  const Profile profile = load(folder_, "db", "sealed");
  EXPECT_EQ(profile.role, Role::candidate);
  EXPECT_EQ(profile.summary, "a read-only root");
  EXPECT_EQ(profile.logs, "/var/log/db");
  EXPECT_THAT(profile.deviations, ElementsAre("a pinned image"));
  EXPECT_THAT(profile.settings, ElementsAre("config_file", "preload_*"));
  EXPECT_THAT(profile.mounts, ElementsAre("/dev/shm", "/etc/db/*"));
  EXPECT_THAT(profile.files, ElementsAre(folder_ / "db/compose.yaml", folder_ / "db/sealed.yaml"));
  EXPECT_EQ(profile.claims.front().name, "root");
  EXPECT_EQ(profile.claim("writable")->text(), "/data, /run/db");
  EXPECT_EQ(profile.claim("memory")->text(), "536870912");
  EXPECT_EQ(profile.claim("absent"), nullptr);
}

TEST_F(LoadTest, TheTmpfsOfBothComposeFilesArrive) {
  write("compose.yaml",
        "x-rootseal: {role: control, summary: as usual, claims: {root: writable}}\n"
        "services: {server: {tmpfs: '/var/tmp:size=1m', volumes: ['data:/data']}}\n");
  std::ofstream(folder_ / "db/sealed.yaml", std::ios::app)
      << "    tmpfs: ['/run/db:size=1m,noexec', /tmp]\n"
         "    volumes: [{type: tmpfs, target: /cache}, {type: volume, source: a, target: /a}, 'b:/b']\n";
  EXPECT_THAT(load(folder_, "db", "sealed").tmpfs, ElementsAre("/var/tmp", "/run/db", "/tmp", "/cache"));
  EXPECT_THAT(load(folder_, "db", "baseline").tmpfs, ElementsAre("/var/tmp"));
}

TEST_F(LoadTest, AClaimIsMadeByItsValueOrByOneOfItsList) {
  const Profile profile = load(folder_, "db", "sealed");
  EXPECT_TRUE(profile.makes("root", "read-only"));
  EXPECT_FALSE(profile.makes("root", "writable"));
  EXPECT_TRUE(profile.makes("tmpfs", "sized"));
  EXPECT_FALSE(profile.makes("tmpfs", "nodev"));
  EXPECT_TRUE(profile.makes("no-new-privileges", "true"));
}

TEST_F(LoadTest, BaselineIsTheBaseFileAlone) {
  const Profile profile = load(folder_, "db", "baseline");
  EXPECT_EQ(profile.role, Role::control);
  EXPECT_THAT(profile.files, ElementsAre(folder_ / "db/compose.yaml"));
  EXPECT_TRUE(profile.settings.empty() && profile.mounts.empty()) << "they are optional";
  EXPECT_THAT(names(folder_, "db"), ElementsAre("baseline", "sealed"));
}

TEST_F(LoadTest, UnknownNamesAreRefusedWithTheNearest) {
  try {
    load(folder_, "db", "seeled");
    FAIL();
  } catch (const core::UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean 'sealed'?"));
  }
  EXPECT_THROW(load(folder_, "bd", "sealed"), core::UsageError);
  EXPECT_THROW(load(folder_, "../db", "sealed"), core::UsageError);
}

TEST_F(LoadTest, WhatIsWrongIsNamedWithFileAndLine) {
  EXPECT_THAT(complaint("capabilities:", "capabilites:"),
              testing::AllOf(HasSubstr("sealed.yaml:8"), HasSubstr("did you mean 'capabilities'?")));
  EXPECT_THAT(complaint("  logs:", "  lags:"),
              testing::AllOf(HasSubstr("sealed.yaml:16"), HasSubstr("'logs'")));
  EXPECT_THAT(complaint("root: read-only", "root: readonly"),
              testing::AllOf(HasSubstr("sealed.yaml:5"), HasSubstr("did you mean 'read-only'?")));
  EXPECT_THAT(complaint("uid: 999", "uid: postgres"), HasSubstr("sealed.yaml:10"));
  EXPECT_THAT(complaint("memory: 512m", "memory: lots"), HasSubstr("sealed.yaml:12"));
  EXPECT_THAT(complaint("no-new-privileges: true", "no-new-privileges: false"), HasSubstr("sealed.yaml:9"));
  EXPECT_THAT(complaint("/run/db,", "run/db,"), HasSubstr("not the absolute path"));
  EXPECT_THAT(complaint("[noexec, sized]", "noexec"), HasSubstr("not a list"));
  EXPECT_THAT(complaint("[config_file, preload_*]", "config_file"), HasSubstr("sealed.yaml:14"));
  EXPECT_THAT(complaint("/dev/shm]", "dev/shm]"), HasSubstr("not the absolute path"));
  EXPECT_THAT(complaint("[noexec, sized]", "[]"), HasSubstr("empty"));
  EXPECT_THAT(complaint("role: candidate", "role: hero"), HasSubstr("unknown role 'hero'"));
  EXPECT_THAT(complaint("logs: /var/log/db", "logs: stderr"), HasSubstr("neither 'console'"));
  EXPECT_THAT(complaint("x-rootseal:", "x-other:"), HasSubstr("'x-rootseal' is missing"));
  EXPECT_THAT(complaint("pids: 512", "uid: 1"), HasSubstr("stands twice"));
  EXPECT_THAT(complaint("[/run/db, /data]", "[/run/db, /data"), HasSubstr("not YAML"));
}

TEST_F(LoadTest, AnOverrideAddsMountsAndReplacesOtherClaims) {
  Profile profile = load(folder_, "db", "sealed");
  const auto before = profile.claims.size();
  amend(profile, "services: {server: {mem_limit: 300m}}", "db-1/sealed+x");
  EXPECT_EQ(profile.claims.size(), before) << "a text without the key changes nothing";
  amend(profile,
        "x-rootseal: {claims: {writable: [/archive], memory: 300m, tmpfs: [nosuid]}}\nservices: {server: {}}",
        "db-1/sealed+x");
  EXPECT_EQ(profile.claim("writable")->text(), "/archive, /data, /run/db");
  EXPECT_EQ(profile.claim("memory")->text(), "314572800");
  EXPECT_EQ(profile.claim("tmpfs")->text(), "nosuid");
  EXPECT_EQ(profile.claim("pids")->text(), "512");
  Profile control = load(folder_, "db", "baseline");
  amend(control, "x-rootseal: {claims: {memory: 300m, writable: [/archive]}}", "db-1/baseline+x");
  EXPECT_EQ(control.claims.front().name, "root");
  EXPECT_EQ(control.claim("memory")->text(), "314572800")
      << "a claim that the profile does not make is added";
  EXPECT_EQ(control.claim("writable")->text(), "/archive");
}

TEST_F(LoadTest, WhatAnOverrideMayNotSayIsNamedWithItsStack) {
  Profile profile = load(folder_, "db", "sealed");
  for (const auto* text : {"x-rootseal: {role: control, claims: {}}", "x-rootseal: {claims: {root: maybe}}",
                           "x-rootseal: {}", "services: ["}) {
    try {
      amend(profile, text, "db-1/sealed+x");
      FAIL() << text;
    } catch (const core::UsageError& error) {
      EXPECT_THAT(error.what(), HasSubstr("db-1/sealed+x:1"));
    }
  }
}

TEST(ShippedProfilesTest, AllOfThemLoad) {
  const fs::path compose = core::project_folder() / "compose";
  for (const auto& entry : fs::directory_iterator(compose)) {
    if (!entry.is_directory()) continue;
    const std::string service = entry.path().filename().string();
    for (const auto& name : names(compose, service)) {
      const Profile profile = load(compose, service, name);
      EXPECT_EQ(profile.role == Role::control, name == "baseline") << service << "/" << name;
      EXPECT_NE(profile.claim("root"), nullptr) << service << "/" << name;
    }
  }
}

TEST_F(LoadTest, TheFilesAreGivenWithoutTheirClaimsAndWithWhatTheyMount) {
  fs::create_directories(folder_ / "db/sealed");
  write("compose.yaml",
        "# As usual.\nx-rootseal:\n  role: control\n  summary: as usual\n  claims:\n    root: writable\n\n"
        "services:\n  server:\n    image: ${IMAGE}\n    volumes:\n      - data:/data\n      - "
        "${SECRETS:?where}/password:/run/password:ro\n");
  write("sealed.yaml", std::string(kGood) +
                           "    volumes:\n      - ./sealed/db.conf:/etc/db.conf:ro\n"
                           "      - ./sealed/missing.conf:/etc/missing.conf:ro\n");
  write("sealed/db.conf", "limit = 1\n");
  const auto files = texts_of(load(folder_, "db", "sealed"));
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(files[0].name, "db/compose.yaml");
  EXPECT_EQ(
      files[0].text,
      "# As usual.\nservices:\n  server:\n    image: ${IMAGE}\n    volumes:\n      - data:/data\n      - "
      "${SECRETS:?where}/password:/run/password:ro\n");
  EXPECT_EQ(files[1].name, "db/sealed.yaml");
  EXPECT_THAT(files[1].text, testing::StartsWith("services:\n  server:\n    read_only: true\n"));
  EXPECT_EQ(files[2].name, "db/sealed/db.conf");
  EXPECT_EQ(files[2].text, "limit = 1\n");
}

}  // namespace
}  // namespace rootseal::profile::load_test
