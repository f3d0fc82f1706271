#include "verdict/paste.hpp"

#include <gmock/gmock.h>

#include "verdict/sample_recommended.hpp"

namespace rootseal::verdict::paste_test {
namespace {

using namespace sample_recommended;
using record::Record;
using record::sample_record;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

TEST(PasteTest, WhatToPasteComesFirstTheSmallestChangeAheadThenTheWholeFilesThenTheLines) {
  std::vector<std::string> order;
  for (const auto& each : recommend(with_hardened_sound())) order.push_back(each.id);
  order.resize(7);
  EXPECT_THAT(order,
              ElementsAre("postgres/paste-readonly", "postgres/paste-hardened",
                          "postgres/paste-hardened/server.conf", "postgres/dockerfile",
                          "postgres/file-readonly", "postgres/file-hardened", "postgres/read-only-root"));
}

TEST(PasteTest, ABlockToPasteHasTheServicesKeysEachWithItsReason) {
  const Record record = with_hardened_sound();
  EXPECT_EQ(find(record, "postgres/paste-readonly").title,
            "Paste into your Compose file: readonly, the smallest change");
  const auto block = find(record, "postgres/paste-hardened");
  EXPECT_EQ(block.title, "Paste into your Compose file: hardened");
  EXPECT_EQ(block.lines,
            "services:\n"
            "  YOUR_SERVICE:  # the name that it has in your file\n"
            "    read_only: true  # stops 1 attempt that succeeds on the control\n"
            "    tmpfs:  # with the volumes, all that could be written\n"
            "      - /tmp:size=64m\n"
            "    user: \"999:999\"  # nothing in it needs root; secret files must be readable for it, and a "
            "volume that exists must belong to 999:999\n"
            "    volumes:  # nobody inside can change these files; they must be readable for its user\n"
            "      - ./hardened/server.conf:/etc/server.conf:ro\n"
            "    command:  # why: compose/postgres/README.md\n"
            "      - server\n"
            "      - --config=/etc/server.conf\n");
  EXPECT_THAT(block.why, AllOf(HasSubstr("It mounts ./hardened/server.conf: see below."),
                               HasSubstr("3 checks pass (function 1, recovery 1, workflow 1)"),
                               Not(HasSubstr("connection takes"))));
  EXPECT_THAT(block.evidence, IsSupersetOf({"postgres-15/hardened: file postgres/hardened.yaml",
                                            "postgres-15/hardened: attack G01 as root",
                                            "postgres-15/hardened: claim capabilities"}));
  EXPECT_EQ(find(record, "postgres/paste-hardened/server.conf").lines, "limit = 1\n");
}

TEST(PasteTest, ABlockToPasteSaysWhatItReplaces) {
  Record record = with_hardened_sound();
  const auto why = [&](const char* id) { return find(record, id).why; };
  stack(record, kHardened).declared_settings.clear();
  EXPECT_THAT(why("postgres/paste-hardened"),
              HasSubstr("Its `command:` replaces that of your file as a whole"));
  EXPECT_THAT(why("postgres/paste-readonly"), Not(HasSubstr("replaces")));
  EXPECT_THAT(why("postgres/paste-hardened"), Not(HasSubstr("put your own values")));
  stack(record, kHardened).declared_settings = {"archive_mode", "config_file"};
  EXPECT_THAT(
      why("postgres/paste-hardened"),
      AllOf(HasSubstr("put your own values"), HasSubstr("than the control: archive_mode, config_file.")));
  EXPECT_THAT(why("postgres/paste-readonly"), Not(HasSubstr("put your own values")));
  EXPECT_THAT(why("postgres/paste-readonly"), Not(HasSubstr("hostname")));
  stack(record, kReadonly).files.front().text += "\n    hostname: here\n";
  EXPECT_THAT(why("postgres/paste-readonly"), HasSubstr("a fixed `hostname:`"));
}

TEST(PasteTest, ABlockToPasteNamesWhoDidNotStartWithoutATmpfsAndKeepsOtherPartsOfTheFile) {
  Record record = sample_record();
  record.findings[0].evidence = {"path needed: /tmp/.s.lock"};
  auto& file = stack(record, kReadonly).files[1];
  file.text = "# The profile.\n" + file.text + "      # a remark\nvolumes:\n  scratch:\n";
  EXPECT_EQ(find(record, "postgres/paste-readonly").lines,
            "services:\n"
            "  YOUR_SERVICE:  # the name that it has in your file\n"
            "    read_only: true  # stops 1 attempt that succeeds on the control\n"
            "    tmpfs:  # postgres-15/as-analysed, which could not write there, did not start\n"
            "      - /tmp:size=64m\n"
            "volumes:\n"
            "  scratch:\n");
  file.text = "services: {}\n";
  EXPECT_THAT(ids(record), Not(Contains("postgres/paste-readonly"))) << "nothing to paste";
}

TEST(PasteTest, TheWholeFilesMarkWhatOnlyTheTrialNeeds) {
  Record record = with_hardened_sound();
  stack(record, kHardened).files[0].text =
      "services:\n  server:\n    image: ${ROOTSEAL_IMAGE}\n    environment:\n      DB_USER: rootseal\n"
      "      DB_NAME: rootseal_db\n";
  const auto file = find(record, "postgres/file-hardened");
  EXPECT_TRUE(file.whole);
  EXPECT_THAT(file.lines, HasSubstr("    image: ${ROOTSEAL_IMAGE}  # for the trial only: put yours\n"
                                    "    environment:\n"
                                    "      DB_USER: rootseal  # for the trial only: put yours\n"
                                    "      DB_NAME: rootseal_db\n"));
  EXPECT_FALSE(find(record, "postgres/paste-hardened").whole);
}

TEST(PasteTest, TheWholeFilesAreThere) {
  const Record record = with_hardened_sound();
  const std::vector<Recommendation> all{find(record, "postgres/file-readonly"),
                                        find(record, "postgres/file-hardened")};
  EXPECT_EQ(all[0].title, "The whole files that were tried: readonly, the smallest change");
  EXPECT_EQ(all[1].title, "The whole files that were tried: hardened");
  EXPECT_THAT(all[1].lines, AllOf(HasSubstr("# compose/postgres/compose.yaml:\n# As most people run it.\n"),
                                  HasSubstr("# compose/postgres/hardened.yaml:\nservices:\n"),
                                  HasSubstr("      - --config=/etc/server.conf\n"),
                                  HasSubstr("# compose/postgres/hardened/server.conf:\nlimit = 1\n")));
  EXPECT_THAT(all[1].why, HasSubstr("compose/postgres/README.md names the secret files"));
  EXPECT_THAT(all[1].why, HasSubstr("It mounts ./hardened/server.conf from beside it"));
  EXPECT_THAT(all[1].evidence,
              IsSupersetOf({"postgres-15/hardened: file postgres/hardened.yaml",
                            "postgres-15/hardened: check PostgresCrud.RowsReadBackAsWritten"}));
  EXPECT_TRUE(all[1].tried);
}

TEST(PasteTest, ARecordWithoutFilesSaysWhereTheyAre) {
  Record record = sample_record();
  for (auto& each : record.stacks) each.files.clear();
  const auto file = find(record, "postgres/file-readonly");
  EXPECT_EQ(file.lines,
            "# docker compose -f compose/postgres/compose.yaml -f compose/postgres/readonly.yaml up -d\n");
  EXPECT_THAT(file.why, HasSubstr("before the files were kept"));
  EXPECT_THAT(ids(record), Each(Not(HasSubstr("paste"))));
}

TEST(PasteTest, LinesThatNothingElseGivesAreTakenFromTheFile) {
  EXPECT_EQ(find(sample_record(), "rabbitmq/other-lines").lines,
            "command:\n  - server\n  - --config=/etc/server.conf\n");
  EXPECT_EQ(find(sample_record(), "rabbitmq/configuration").lines,
            "volumes:\n  - ./hardened/server.conf:/etc/server.conf:ro\n");
}

}  // namespace
}  // namespace rootseal::verdict::paste_test
