#include "verdict/recommend.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "core/places.hpp"
#include "record/finding_ids.hpp"
#include "verdict/sample_recommended.hpp"

namespace rootseal::verdict::recommend_test {
namespace {

using namespace sample_recommended;
using record::Record;
using record::sample_record;
using record::Stack;
using record::Verdict;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAre;

TEST(RecommendTest, TheSampleGivesWhatItsSoundCandidatesShowed) {
  EXPECT_THAT(
      ids(sample_record()),
      UnorderedElementsAre(
          "postgres/paste-readonly", "rabbitmq/paste-hardened", "rabbitmq/paste-hardened/server.conf",
          "postgres/file-readonly", "postgres/read-only-root", "postgres/writable-places", "postgres/image",
          "postgres/upkeep", "postgres/volume-data", "postgres/tmpfs-tmp", "postgres/temporary-files",
          "postgres/ways", "postgres/document", "rabbitmq/file-hardened", "rabbitmq/read-only-root",
          "rabbitmq/writable-places", "rabbitmq/user", "rabbitmq/capabilities", "rabbitmq/no-new-privileges",
          "rabbitmq/limits", "rabbitmq/configuration", "rabbitmq/other-lines", "rabbitmq/image",
          "rabbitmq/dockerfile", "rabbitmq/upkeep", "rabbitmq/tmpfs-tmp", "rabbitmq/temporary-files",
          "rabbitmq/ways", "rabbitmq/document"));
}

TEST(RecommendTest, EveryOneHasLinesAReasonAndEvidenceThatIsInTheRecord) {
  const Record record = sample_record();
  std::set<std::string> stacks;
  for (const auto& each : record.stacks) stacks.insert(each.id);
  for (const auto& each : recommend(record)) {
    EXPECT_THAT(std::set<std::string>({"compose", "dockerfile", "configuration", "operations"}),
                Contains(each.kind));
    EXPECT_FALSE(each.title.empty() || each.why.empty() || each.lines.empty()) << each.id;
    EXPECT_TRUE(each.lines.ends_with('\n')) << each.id;
    EXPECT_FALSE(each.evidence.empty()) << each.id;
    for (const auto& line : each.evidence)
      EXPECT_TRUE(stacks.contains(line.substr(0, line.find(": ")))) << line;
  }
}

TEST(RecommendTest, AReadOnlyRootNamesTheAttacksThatItStopped) {
  const auto root = find(sample_record(), "postgres/read-only-root");
  EXPECT_EQ(root.lines, "read_only: true\n");
  EXPECT_THAT(root.evidence,
              IsSupersetOf({"postgres-15/readonly: claim root", "postgres-15/readonly: attack G01 as root",
                            "postgres-15/readonly: check PostgresCrud.RowsReadBackAsWritten"}));
  EXPECT_THAT(root.evidence, Not(Contains(HasSubstr("Claims.Hold"))));
  EXPECT_THAT(root.why, HasSubstr("It stops 1 attempt"));
}

TEST(RecommendTest, ARootThatStoppedNothingIsNotRecommended) {
  Record record = sample_record();
  for (auto& row : record.attacks) row.credit.given = false;
  EXPECT_THAT(ids(record), Not(Contains("postgres/read-only-root")));
}

TEST(RecommendTest, ACandidateThatFailedIsNotRecommendedInAnyRespect) {
  Record record = sample_record();
  add_check(record, kReadonly, "Crud.Fails", Verdict::fail);
  EXPECT_THAT(ids(record), Each(StartsWith("rabbitmq/")));
  record = sample_record();
  add_check(record, std::string(kReadonly) + "+restore", "Restore.Fails", Verdict::fail);
  EXPECT_THAT(ids(record), Each(StartsWith("rabbitmq/"))) << "a stack beside it is the same profile";
  record = sample_record();
  add_check(record, kReadonly, "Crud.Open", Verdict::inconclusive);
  EXPECT_THAT(ids(record), Each(StartsWith("rabbitmq/")));
}

TEST(RecommendTest, NorIsOneWhoseClaimBrokeThatDidNotStartWasBreachedOrIsSlower) {
  using Damage = void (*)(Record&);
  for (const Damage damage :
       {Damage([](Record& r) { stack(r, kReadonly).claims[1].holds = false; }),
        Damage([](Record& r) { stack(r, kReadonly).claims[1].holds.reset(); }),
        Damage([](Record& r) { stack(r, kReadonly).started = false; }), Damage([](Record& r) {
          for (auto& row : r.attacks) {
            if (row.stack == kReadonly) row.verdict = Verdict::fail;
          }
        }),
        Damage([](Record& r) {
          for (auto& row : r.comparisons) {
            if (row.stack == kReadonly && row.judged) row.verdict = Verdict::fail;
          }
        })}) {
    Record record = sample_record();
    damage(record);
    EXPECT_THAT(ids(record), Each(StartsWith("rabbitmq/")));
  }
}

TEST(RecommendTest, ACandidateOnWhichNothingRanIsNotRecommended) {
  Record record = sample_record();
  std::erase_if(record.checks, [](const auto& check) { return check.stack == kReadonly; });
  EXPECT_THAT(ids(record), Each(StartsWith("rabbitmq/")));
}

TEST(RecommendTest, AnInterruptedRunRecommendsNothing) {
  Record record = sample_record();
  record.run.verdict = record::RunVerdict::interrupted;
  EXPECT_THAT(recommend(record), IsEmpty());
  EXPECT_THAT(recommend(Record{}), IsEmpty());
}

TEST(RecommendTest, TheSoundCandidateThatClaimsMostGivesAllLines) {
  const Record record = with_hardened_sound();
  EXPECT_THAT(ids(record), IsSupersetOf({"postgres/user", "postgres/capabilities", "postgres/limits"}));
  EXPECT_EQ(find(record, "postgres/user").lines, "user: \"999:999\"\n");
  EXPECT_EQ(find(record, "postgres/capabilities").lines, "cap_drop:\n  - ALL\n");
  EXPECT_EQ(find(record, "postgres/limits").lines, "pids_limit: 512\nmem_limit: 1024m\n");
  EXPECT_EQ(find(record, "postgres/no-new-privileges").lines, "security_opt:\n  - no-new-privileges:true\n");
  EXPECT_EQ(find(record, "rabbitmq/dockerfile").lines, "FROM rabbitmq@sha256:0b7f33c2\nUSER 999:999\n");
  for (const auto& each : recommend(record)) {
    if (each.service != "postgres" || each.id == "postgres/writable-places" ||
        each.id == "postgres/file-readonly" || each.id == "postgres/paste-readonly")
      continue;
    EXPECT_THAT(each.evidence, Each(StartsWith(kHardened))) << each.id;
  }
}

TEST(RecommendTest, AUserIsRecommendedOnlyWhereTheServerWasStartedAsIt) {
  Record record = with_hardened_sound();
  stack(record, kHardened).user = "0:0";
  EXPECT_THAT(ids(record), Not(Contains("postgres/user")));
  record = with_hardened_sound();
  auto& claims = stack(record, kHardened).claims;
  std::erase_if(claims, [](const auto& claim) { return claim.name == "capabilities"; });
  EXPECT_THAT(ids(record), Not(Contains("postgres/user"))) << "it may have become that user";
}

TEST(RecommendTest, AWritablePlaceKeepsTheOptionsItWasTriedWith) {
  const auto places = find(sample_record(), "postgres/writable-places");
  EXPECT_EQ(places.lines, "tmpfs:\n  - /tmp:size=64m,mode=01777,uid=999,gid=999,noexec,nosuid,nodev\n");
  Record record = sample_record();
  auto& row = stack(record, kReadonly);
  row.claims[1].value = "/tmp, /var/lib/data";
  row.mounts.push_back("/var/lib/data ext4 rw,relatime");
  EXPECT_THAT(
      find(record, "postgres/writable-places").lines,
      StartsWith("volumes:\n  - YOUR_VOLUME:/var/lib/data  # the volume that you have\ntmpfs:\n  - /tmp:"));
  row.files[0].text += "      - db:/var/lib/data\n";
  EXPECT_THAT(find(record, "postgres/writable-places").lines, StartsWith("volumes:\n  - db:/var/lib/data\n"));
}

TEST(RecommendTest, ATmpfsThatWasSeenNearlyFullGetsMoreRoom) {
  Record record = sample_record();
  record.resources.push_back({kReadonly, "tmpfs_used:/tmp", "B", 40.0 * 1024 * 1024});
  const auto places = find(record, "postgres/writable-places");
  EXPECT_FALSE(places.tried) << "not with that size";
  EXPECT_THAT(places.lines, HasSubstr("size=256m")) << "four times 40 MiB, rounded up";
  EXPECT_THAT(places.why, HasSubstr("/tmp held 40.0 MiB"));
  EXPECT_THAT(places.evidence, Contains("postgres-15/readonly: resource tmpfs_used:/tmp"));
}

TEST(RecommendTest, ASpecimenThatNeededAPlaceIsEvidenceForIt) {
  Record record = sample_record();
  record.findings[0].evidence = {"path needed: /tmp/.s.lock"};
  EXPECT_THAT(find(record, "postgres/writable-places").evidence,
              Contains("postgres-15/as-analysed: finding as-analysed-start-postgres"));
}

TEST(RecommendTest, TheLogLinesNeedTheCheckThatFoundThem) {
  Record record = sample_record();
  add_check(record, kReadonly, record::kLogsCheck, Verdict::pass);
  const auto logs = find(record, "postgres/logs");
  EXPECT_THAT(logs.lines, AllOf(HasSubstr("max-size"), HasSubstr("max-file")));
  EXPECT_THAT(logs.evidence, Contains(HasSubstr(record::kLogsCheck)));
  stack(record, kReadonly).logs = "/var/log/server";
  EXPECT_THAT(ids(record), Not(Contains("postgres/logs")));
}

TEST(RecommendTest, TheScenarioThatFindsLogLinesIsThere) {
  const std::string name = record::kLogsCheck;
  const std::string declared =
      "TEST_P(" + name.substr(0, name.find('.')) + ", " + name.substr(name.find('.') + 1) + ")";
  bool found = false;
  for (const auto& entry : std::filesystem::directory_iterator(core::project_folder() / "scenarios/any")) {
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    found = found || text.str().find(declared) != std::string::npos;
  }
  EXPECT_TRUE(found) << declared << " is in no file of scenarios/any: record/check.hpp names it";
}

TEST(RecommendTest, APinIsTheRegistrysDigestWhereThereIsOne) {
  EXPECT_EQ(find(sample_record(), "rabbitmq/image").lines,
            "image: rabbitmq@sha256:0b7f33c2  # rabbitmq:3.10.25\n");
  Record record = sample_record();
  stack(record, kReadonly).image.built_here = false;
  EXPECT_EQ(find(record, "postgres/image").lines, "image: rootseal/postgres:15-1f3a9c0d2b44\n");
  EXPECT_THAT(find(record, "postgres/image").why, Not(HasSubstr("built here")));
  EXPECT_TRUE(find(record, "postgres/image").tried);
}

TEST(RecommendTest, InPlaceOfAnImageThatWasBuiltHereTheReaderNamesHisOwn) {
  const Record record = with_hardened_sound();
  const auto image = find(record, "postgres/image");
  EXPECT_THAT(image.lines, AllOf(StartsWith("image: YOUR_IMAGE@sha256:YOUR_DIGEST\n#"),
                                 HasSubstr("docker inspect --format '{{index .RepoDigests 0}}' YOUR_IMAGE\n"),
                                 Not(HasSubstr("rootseal/postgres"))));
  EXPECT_THAT(image.why, AllOf(HasSubstr("rootseal/postgres:15-1f3a9c0d2b44"), HasSubstr("sha256:6d2f1e77"),
                               HasSubstr("scripts/run.sh --service postgres --image postgres=YOUR_IMAGE")));
  EXPECT_FALSE(image.tried) << "that image was not";
  EXPECT_THAT(find(record, "postgres/dockerfile").lines,
              AllOf(HasSubstr("\nFROM YOUR_IMAGE@sha256:YOUR_DIGEST\nUSER 999:999\n"),
                    HasSubstr("#   docker inspect --format")));
}

TEST(RecommendTest, AVolumesAlarmFollowsFromHowFastItGrew) {
  const auto volume = find(sample_record(), "postgres/volume-data");
  // 32 MiB in 6 s are 75 GiB in four hours: the next power of two.
  EXPECT_THAT(volume.lines, HasSubstr("fewer than 137438953472 bytes (128.0 GiB)"));
  EXPECT_THAT(volume.lines, HasSubstr("df --output=avail -B1 /var/lib/postgresql/data"));
  EXPECT_EQ(volume.kind, "operations");
  Record record = sample_record();
  for (auto& row : record.resources) row.value = -1;
  EXPECT_THAT(find(record, "postgres/volume-data").lines, HasSubstr("more than 80 %"));
  record = sample_record();
  record.epochs.clear();
  EXPECT_THAT(find(record, "postgres/volume-data").why, HasSubstr("How fast it fills is not known"));
}

TEST(RecommendTest, OnlyAWayThatWasSeenToWorkIsRecommended) {
  const auto ways = find(sample_record(), "postgres/ways");
  EXPECT_THAT(ways.lines,
              AllOf(HasSubstr("# docker cp of a program"), HasSubstr("instead: a container beside it")));
  EXPECT_THAT(ways.evidence, Contains("postgres-15/readonly: task AnyFiles.AProgramGoesIn"));
  EXPECT_THAT(ways.why, HasSubstr("One usual way does not work on postgres-15/readonly"));
  Record record = sample_record();
  for (auto& task : record.tasks) task.instead_works = task.works ? std::nullopt : std::optional(false);
  EXPECT_THAT(ids(record), Not(Contains("postgres/ways")));
}

TEST(RecommendTest, AWayThatNeverWorkedIsToldFromOneThatTheProfileTakesAway) {
  Record record = sample_record();
  record::Task never;
  never.id = "AnyFiles.AnEditorReplacesIt";
  never.title = "sed -i on a mounted file";
  never.instead = "mount its folder";
  never.instead_works = true;
  for (const char* stack : {"postgres-15/baseline", "postgres-15/readonly"}) {
    never.stack = stack;
    record.tasks.push_back(never);
  }
  const auto ways = find(record, "postgres/ways");
  EXPECT_THAT(
      ways.why,
      HasSubstr("2 usual ways do not work on postgres-15/readonly, one of them on the control either"));
  EXPECT_THAT(ways.lines, AllOf(HasSubstr("# sed -i on a mounted file (nor on the control)\n"),
                                HasSubstr("# docker cp of a program into /usr/local/bin\n")));
}

record::Comparison connecting(const char* stack, record::Interval interval) {
  record::Comparison row = sample_record().comparisons.front();
  row.workload = "connect_often";
  row.metric = "p50";
  row.better = "lower";
  row.stack = stack;
  row.judged = false;
  row.verdict.reset();
  row.interval = interval;
  return row;
}

TEST(RecommendTest, WhoseConnectionsTakeLongerIsToKeepThemOpen) {
  Record record = with_hardened_sound();
  EXPECT_THAT(ids(record), Not(Contains("postgres/connections"))) << "it was not measured";
  record.comparisons.push_back(connecting(kHardened, {1.05, 0.99, 1.11}));
  EXPECT_THAT(ids(record), Not(Contains("postgres/connections"))) << "it may be none";
  record.comparisons.back().interval = record::Interval{1.8, 1.6, 2.0};
  auto open = find(record, "postgres/connections");
  EXPECT_THAT(open.why,
              HasSubstr("On postgres-15/hardened a new connection takes 1.80 (1.60 to 2.00) times"));
  EXPECT_THAT(open.lines, AllOf(HasSubstr("A pool of connections"), Not(HasSubstr("readonly"))));
  EXPECT_THAT(find(record, "postgres/paste-hardened").why,
              HasSubstr("A new connection takes 1.80 times as long: see \"Keep connections open\""));
  record.comparisons.push_back(connecting(kReadonly, {1.3, 1.2, 1.4}));
  EXPECT_THAT(find(record, "postgres/connections").lines, Not(HasSubstr("readonly"))) << "slower too";
  record.comparisons.back().interval = record::Interval{1.0, 0.98, 1.02};
  open = find(record, "postgres/connections");
  EXPECT_THAT(open.why, HasSubstr("On postgres-15/readonly it is 1.00 (0.98 to 1.02)."));
  EXPECT_THAT(open.lines, HasSubstr("the lines of readonly"));
  EXPECT_THAT(open.evidence, UnorderedElementsAre("postgres-15/hardened: comparison connect_often p50",
                                                  "postgres-15/readonly: comparison connect_often p50"));
  add_check(record, kReadonly, "Crud.Fails", Verdict::fail);
  EXPECT_THAT(find(record, "postgres/connections").lines, Not(HasSubstr("readonly"))) << "it will not do";
}

TEST(RecommendTest, AWayThroughAPlaceWhereARiskRemainsSaysSo) {
  Record record = sample_record();
  for (auto& task : record.tasks) task.instead = "sh -c 'cat > /dev/shm/FILE'";
  record::Attack row;
  row.id = "X7";
  row.title = "fill /dev/shm, up to its size";
  row.identity = "root";
  row.stack = kReadonly;
  row.classification = "prevented-on-both-sides";
  record.attacks.push_back(row);
  EXPECT_THAT(find(record, "postgres/ways").why, Not(HasSubstr("X7")));
  record.attacks.back().classification = "residual-risk";
  EXPECT_THAT(find(record, "postgres/ways").why,
              HasSubstr("works. /dev/shm stays open to others inside as well (risk X7)"));
  EXPECT_THAT(find(record, "postgres/ways").evidence, Contains("postgres-15/readonly: attack X7 as root"));
  for (auto& task : record.tasks) task.instead = "sh -c 'cat > /srv/FILE'";
  EXPECT_THAT(find(record, "postgres/ways").why, Not(HasSubstr("X7")));
}

TEST(RecommendTest, ChecksAreCountedBySuiteAndEachOnce) {
  Record record = sample_record();
  add_check(record, kReadonly, "Crud.Again", Verdict::pass);
  add_check(record, std::string(kReadonly) + "+beside", "Crud.Again", Verdict::pass);
  EXPECT_THAT(find(record, "postgres/read-only-root").why,
              HasSubstr("4 checks pass (function 2, recovery 1, workflow 1) on postgres-15/readonly"));
}

TEST(RecommendTest, ATmpfsIsNamedAsItsFileNamesIt) {
  Record record = sample_record();
  auto& row = stack(record, kReadonly);
  row.claims[1].value = "/run/db";
  row.mounts.push_back("/run/db tmpfs rw,nosuid size=1024k");
  EXPECT_THAT(find(record, "postgres/writable-places").lines, HasSubstr("  - /run/db:size=1m"));
  row.files[1].text += "      - /var/run/db:size=1m\n";
  EXPECT_THAT(find(record, "postgres/writable-places").lines, HasSubstr("  - /var/run/db:size=1m"));
}

TEST(RecommendTest, AnAttackSpeaksForTheLineThatStoppedIt) {
  Record record = with_hardened_sound();
  const auto stopped = [&](const std::string& id, const std::string& identity, const std::string& by,
                           const std::string& step = "") {
    record::Attack row;
    row.id = id;
    row.identity = identity;
    row.stack = kHardened;
    row.stopped_by = by;
    row.classification = "prevented-by-other-control";
    row.verdict = Verdict::pass;
    row.evidence = {step};
    record.attacks.push_back(row);
  };
  stopped("X1", "root", "EPERM");
  stopped("X2", "engine", "engine");
  stopped("X3", "admin", "ro-mount");
  stopped("X4", "service", "EACCES", "service: scan put /etc/server.conf x: EACCES");
  const auto by = [&](const char* id) { return kHardened + std::string(": attack ") + id; };
  EXPECT_THAT(find(record, "postgres/user").evidence, Each(Not(HasSubstr("attack"))));
  const auto capabilities = find(record, "postgres/capabilities").evidence;
  EXPECT_THAT(capabilities, Contains(by("X1 as root")));
  EXPECT_THAT(capabilities, Each(AllOf(Not(HasSubstr("X2")), Not(HasSubstr("X3")), Not(HasSubstr("X4")))));
  EXPECT_THAT(find(record, "postgres/configuration").evidence,
              AllOf(IsSupersetOf({by("X3 as admin"), by("X4 as service")}), Not(Contains(by("X1 as root"))),
                    Not(Contains(by("X2 as engine")))));
}

TEST(RecommendTest, WhatTheUserNeedsIsSaid) {
  EXPECT_THAT(find(with_hardened_sound(), "postgres/user").why,
              AllOf(HasSubstr("readable for uid 999"), HasSubstr("must belong to 999:999")));
}

TEST(RecommendTest, LinesThatWereNotTriedSaySo) {
  Record record = sample_record();
  add_check(record, kReadonly, record::kLogsCheck, Verdict::pass);
  EXPECT_FALSE(find(record, "postgres/logs").tried);
  EXPECT_FALSE(find(record, "rabbitmq/dockerfile").tried);
  EXPECT_FALSE(find(record, "postgres/volume-data").tried);
  EXPECT_TRUE(find(record, "postgres/read-only-root").tried);
  EXPECT_TRUE(find(record, "postgres/writable-places").tried);
  EXPECT_TRUE(find(record, "rabbitmq/limits").tried);
}

TEST(RecommendTest, AVolumeThatDidNotGrowIsWatchedTooAndSaysWhatAFullOneDid) {
  Record record = sample_record();
  for (auto& row : record.resources) {
    if (row.name.starts_with("volume_growth:")) row.value = 0;
  }
  auto volume = find(record, "postgres/volume-data");
  EXPECT_THAT(volume.lines, HasSubstr("more than 80 %"));
  EXPECT_THAT(volume.why, HasSubstr("What happens when it is full was not tried."));
  add_check(record, kReadonly, "FullVolume.IsSaidAndCostsNothingThatWasAcknowledged", Verdict::pass);
  EXPECT_THAT(find(record, "postgres/volume-data").why,
              AllOf(HasSubstr("loses nothing that it acknowledged"), Not(HasSubstr("ended meanwhile"))));
  record.checks.back().evidence = {"the server had ended, is started and acknowledges again 4.7 s after"};
  const auto lost = [](const char* stack, const char* what) {
    return record::Finding{record::kLostWhenFull, "medium", stack, what, {}};
  };
  record.findings.push_back(lost("postgres-15/baseline", "The control lost one"));
  EXPECT_THAT(find(record, "postgres/volume-data").why, HasSubstr("But: The control lost one."));
  record.findings.push_back(lost("postgres-15/readonly", "Two large entries are gone"));
  record.findings.push_back(lost("postgres-16/readonly", "Another server lost three"));
  volume = find(record, "postgres/volume-data");
  EXPECT_THAT(volume.why, AllOf(Not(HasSubstr("loses nothing")), HasSubstr("ended meanwhile"),
                                EndsWith("But: Two large entries are gone.")));
  EXPECT_THAT(volume.evidence,
              IsSupersetOf({"postgres-15/readonly: check FullVolume.IsSaidAndCostsNothingThatWasAcknowledged",
                            "postgres-15/readonly: finding acknowledged-before-written"}));
}

TEST(RecommendTest, ATmpfsIsWatchedAgainstItsSize) {
  Record record = sample_record();
  record.resources.push_back({kReadonly, "tmpfs_used:/tmp", "B", 4096});
  EXPECT_THAT(find(record, "postgres/tmpfs-tmp").why, HasSubstr("It held 4.0 KiB of 64.0 MiB"));
  stack(record, kReadonly).mounts = {"/tmp tmpfs rw"};
  EXPECT_THAT(find(record, "postgres/tmpfs-tmp").why, HasSubstr("It is memory"));
}

TEST(RecommendTest, LogsImagesReasonsAndTemporaryFilesAreSpokenOf) {
  Record record = sample_record();
  add_check(record, kReadonly, "LogSink.OutsideReceivesWhatTheServerLogs", Verdict::pass);
  add_check(record, kReadonly, "NewImage.FindsTheData", Verdict::pass);
  const auto sink = find(record, "postgres/log-sink");
  EXPECT_THAT(sink.why, HasSubstr("only the password of the run was searched for"));
  EXPECT_THAT(sink.lines, HasSubstr("driver: syslog"));
  EXPECT_THAT(find(record, "postgres/upkeep").evidence,
              Contains("postgres-15/readonly: check NewImage.FindsTheData"));
  EXPECT_THAT(find(record, "postgres/upkeep").why, HasSubstr("not a newer one"));
  EXPECT_THAT(find(record, "postgres/document").lines, HasSubstr("compose/postgres/README.md"));
  EXPECT_THAT(find(record, "postgres/temporary-files").why, HasSubstr("Nothing in this run measured it"));
  auto row = record.comparisons.front();
  row.workload = "copy_to_tmp";
  row.metric = "throughput";
  row.stack = kReadonly;
  row.judged = false;
  row.interval = record::Interval{1.25, 1.1, 1.4};
  record.comparisons.push_back(row);
  EXPECT_THAT(find(record, "postgres/temporary-files").why, HasSubstr("copy_to_tmp 1.25 (1.10 to 1.40)"));
}

}  // namespace
}  // namespace rootseal::verdict::recommend_test
