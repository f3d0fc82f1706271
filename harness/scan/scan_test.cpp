// rootseal-scan as it is used: run on a folder of the test's own, its one line of JSON read back.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Ran {
  int exit_code = -1;
  json answer;
};

Ran shell(const std::string& command) {
  FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
  std::string out;
  std::array<char, 4096> buffer{};
  for (std::size_t got = 0; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    out.append(buffer.data(), got);
  Ran ran;
  const int status = pclose(pipe);
  ran.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  ran.answer = json::parse(out, nullptr, false);
  return ran;
}

class ScanTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "rootseal-scan-test-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    chmod(name.c_str(), 0755);
    fs::copy_file(ROOTSEAL_SCAN, folder_ / "scan");  // where uid 65534 can reach it
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string at(const std::string& name) const { return (folder_ / name).string(); }
  [[nodiscard]] Ran scan(const std::string& arguments) const { return shell(at("scan") + " " + arguments); }
  // As uid 65534 without any group: as root here, permission bits mean nothing.
  [[nodiscard]] Ran nobody(const std::string& arguments) const {
    return shell("setpriv --reuid 65534 --regid 65534 --clear-groups " + at("scan") + " " + arguments);
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(at(name)) << text; }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::stringstream text;
    text << std::ifstream(at(name)).rdbuf();
    return text.str();
  }

  fs::path folder_;
};

TEST_F(ScanTest, WrongUsageExitsWith64) {
  EXPECT_EQ(scan("").exit_code, 64);
  EXPECT_EQ(scan("creat x y").exit_code, 64);
  EXPECT_EQ(scan("create only-one").exit_code, 64);
  EXPECT_EQ(scan("remove one two three").exit_code, 64);
}

TEST_F(ScanTest, CreateWritesTheTextAndRefusesAnExistingFile) {
  EXPECT_EQ(scan("create " + at("f") + " hello").exit_code, 0);
  EXPECT_EQ(read("f"), "hello");
  const Ran again = scan("create " + at("f") + " other");
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_EQ(again.answer["errno_name"], "EEXIST");
  EXPECT_EQ(again.answer["errno"], EEXIST);
  EXPECT_EQ(read("f"), "hello");
}

TEST_F(ScanTest, ACopyRunsAndItsExitCodeIsTold) {
  EXPECT_EQ(scan("copy /bin/true " + at("t") + " 0755").exit_code, 0);
  EXPECT_EQ(scan("run " + at("t")).exit_code, 0);
  const Ran failing = scan("run /bin/false");
  EXPECT_EQ(failing.exit_code, 1);
  EXPECT_EQ(failing.answer["errno"], 0);
  EXPECT_EQ(failing.answer["detail"], "exit code 1");
}

TEST_F(ScanTest, RunTellsTheErrnoOfExecve) {
  EXPECT_EQ(scan("run " + at("absent")).answer["errno_name"], "ENOENT");
  write("plain", "#!/bin/sh\n");
  EXPECT_EQ(scan("run " + at("plain")).answer["errno_name"], "EACCES");
}

TEST_F(ScanTest, ReplaceKeepsTheOriginalAndRestoreBringsItBack) {
  write("victim", "original");
  write("payload", "replacement");
  EXPECT_EQ(scan("replace " + at("victim") + " " + at("payload")).exit_code, 0);
  EXPECT_EQ(read("victim"), "replacement");
  EXPECT_EQ(read("victim.rootseal-orig"), "original");
  EXPECT_EQ(scan("restore " + at("victim")).exit_code, 0);
  EXPECT_EQ(read("victim"), "original");
  EXPECT_FALSE(fs::exists(at("victim.rootseal-orig")));
  EXPECT_EQ(scan("restore " + at("victim")).answer["detail"], "nothing to restore");
}

TEST_F(ScanTest, ReplaceOfAnAbsentFileLeavesNothing) {
  write("payload", "replacement");
  EXPECT_EQ(scan("replace " + at("absent") + " " + at("payload")).answer["errno_name"], "ENOENT");
  EXPECT_FALSE(fs::exists(at("absent.rootseal-new")));
}

TEST_F(ScanTest, StripTakesAwayExactlyWhatAppendAdded) {
  write("conf", "a=1\n");
  EXPECT_EQ(scan("append " + at("conf") + " b=2").exit_code, 0);
  EXPECT_EQ(read("conf"), "a=1\nb=2");
  EXPECT_EQ(scan("strip " + at("conf") + " b=2").exit_code, 0);
  EXPECT_EQ(scan("strip " + at("conf") + " b=2").answer["detail"], "does not end in that text");
  EXPECT_EQ(read("conf"), "a=1\n");
}

TEST_F(ScanTest, PutMakesAFileOrAppendsAndIsUndoneEitherWay) {
  EXPECT_EQ(scan("put " + at("new") + " b=2").answer["detail"], "a new file");
  EXPECT_EQ(scan("remove " + at("new") + " b=2").exit_code, 0);
  EXPECT_FALSE(fs::exists(at("new")));
  write("conf", "a=1\n");
  EXPECT_EQ(scan("put " + at("conf") + " b=2").exit_code, 0);
  EXPECT_EQ(read("conf"), "a=1\nb=2");
  EXPECT_EQ(scan("remove " + at("conf") + " b=2").answer["detail"], "holds something else: left alone");
  EXPECT_EQ(scan("strip " + at("conf") + " b=2").exit_code, 0);
  EXPECT_EQ(read("conf"), "a=1\n");
}

TEST_F(ScanTest, ALinkIsFollowedByWhatIsWrittenThroughIt) {
  fs::create_directory(at("real"));
  EXPECT_EQ(scan("link " + at("real") + " " + at("way")).exit_code, 0);
  EXPECT_EQ(scan("link " + at("real") + " " + at("way")).answer["errno_name"], "EEXIST");
  EXPECT_EQ(scan("create " + at("way/f") + " x").exit_code, 0);
  EXPECT_EQ(read("real/f"), "x");
  EXPECT_EQ(scan("remove " + at("way")).exit_code, 0);
  EXPECT_TRUE(fs::exists(at("real/f")));
}

TEST_F(ScanTest, AProgramRunsFromMemoryAndItsExitCodeIsTold) {
  EXPECT_EQ(scan("run-from-memory /bin/true").answer["detail"], "exit code 0");
  EXPECT_EQ(scan("run-from-memory /bin/false").exit_code, 1);
  EXPECT_EQ(scan("run-from-memory " + at("absent")).answer["errno_name"], "ENOENT");
}

TEST_F(ScanTest, GrowWritesAFewMegabytesAndNotMore) {
  EXPECT_EQ(scan("grow " + at("junk") + " 100000").answer["detail"], "100000 bytes");
  EXPECT_EQ(fs::file_size(at("junk")), 100000U);
  EXPECT_EQ(scan("grow " + at("more") + " 16777217").answer["errno_name"], "EINVAL");
  EXPECT_FALSE(fs::exists(at("more")));
}

// In a mount namespace of its own, so that nothing of the machine is filled.
TEST_F(ScanTest, FillTakesTheWholeOfASmallFilesystemAndTouchesNoLargeOne) {
  EXPECT_EQ(scan("fill " + at("f") + " 1048576").answer["errno_name"], "EFBIG") << "the machine's own disk";
  EXPECT_FALSE(fs::exists(at("f")));
  if (geteuid() != 0) GTEST_SKIP() << "needs root for a mount";
  fs::create_directory(at("m"));
  const std::string path = at("m");
  const auto in = [&](const std::string& size, const std::string& words) {
    return shell("unshare -m sh -c 'mount -t tmpfs -o size=" + size + " none " + path + " && " + words + "'");
  };
  EXPECT_EQ(in("64k", at("scan") + " fill " + path + "/f 1048576").answer["detail"], "65536 bytes");
  EXPECT_EQ(in("64k", at("scan") + " fill " + path + "/f 1048576 >" + at("log") + " && " + at("scan") +
                          " create " + path + "/g x")
                .answer["errno_name"],
            "ENOSPC");
  EXPECT_EQ(in("2m", at("scan") + " fill " + path + "/f 1048576").answer["errno_name"], "EFBIG");
}

TEST_F(ScanTest, AfterARefusalOnlyTheUnconditionalIsTried) {
  const auto lines = [&](const std::string& between) {
    (void)scan("create " + at("absent/f") + " x " + between + " create " + at("g") + " x");
    return fs::exists(at("g"));
  };
  EXPECT_FALSE(lines("'&&'"));
  EXPECT_TRUE(lines("--"));
}

TEST_F(ScanTest, RemovingWhatIsNotThereCountsAsDone) {
  EXPECT_EQ(scan("remove " + at("absent")).exit_code, 0);
}

TEST_F(ScanTest, RemoveWithATextSparesAFileThatHoldsSomethingElse) {
  write("conf", "theirs");
  EXPECT_EQ(scan("remove " + at("conf") + " irs").exit_code, 0);
  EXPECT_EQ(read("conf"), "theirs");
  EXPECT_EQ(scan("remove " + at("conf") + " theirs").exit_code, 0);
  EXPECT_FALSE(fs::exists(at("conf")));
}

TEST_F(ScanTest, OwnershipIsRefusedWithEacces) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  EXPECT_EQ(nobody("create " + at("f") + " x").answer["errno_name"], "EACCES");
  EXPECT_EQ(nobody("writable " + folder_.string()).answer["errno_name"], "EACCES");
  EXPECT_FALSE(fs::exists(at("f")));
  EXPECT_EQ(scan("writable " + folder_.string()).exit_code, 0);
}

TEST_F(ScanTest, AttemptsLeaveNothingBehind) {
  const auto entries = [&] {
    return std::distance(fs::directory_iterator(folder_), fs::directory_iterator());
  };
  const auto before = entries();
  EXPECT_EQ(scan("writable " + folder_.string()).exit_code, 0);
  EXPECT_EQ(entries(), before);
}

TEST_F(ScanTest, NamesOfAnyBytesMakeValidJson) {
  const Ran ran = scan("remove \"$(printf '/tmp/\\377\\001\"q\\\\n')\"");
  ASSERT_FALSE(ran.answer.is_discarded());
  EXPECT_EQ(ran.answer["path"], "/tmp/\\xff\x01\"q\\n");
}

// In a mount namespace of its own, so that nothing of the machine changes.
TEST_F(ScanTest, ReadOnlyAndNoexecMountsAreToldApart) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root for a mount";
  fs::create_directory(at("m"));
  const std::string mounted = "unshare -m sh -c 'mount -t tmpfs -o ";
  const std::string path = at("m");
  const auto in = [&](const std::string& options, const std::string& words) {
    return shell(mounted + options + " none " + path + " && " + words + "'");
  };
  EXPECT_EQ(in("ro", at("scan") + " create " + path + "/f x").answer["errno_name"], "EROFS");
  const Ran run = in("noexec", "cp /bin/true " + path + "/t && " + at("scan") + " run " + path + "/t");
  EXPECT_EQ(run.answer["errno_name"], "EACCES");
  EXPECT_EQ(run.answer["noexec"], true);
  const Ran map = in("noexec", "cp /bin/true " + path + "/t && " + at("scan") + " map-exec " + path + "/t");
  EXPECT_EQ(map.answer["errno_name"], "EPERM");
  EXPECT_EQ(map.answer["noexec"], true);
  const std::string sealed = "mount -o remount,bind,ro " + path + " && ";
  EXPECT_EQ(in("rw", sealed + at("scan") + " create " + path + "/f x").answer["errno_name"], "EROFS");
  const std::string opened = sealed + at("scan") + " remount-rw " + path + " > " + at("log") + " && ";
  EXPECT_EQ(in("rw", opened + at("scan") + " create " + path + "/f x").exit_code, 0);
}

// A whole machine is too much to walk: the test's own folder becomes the root.
TEST_F(ScanTest, TheSurfaceCountsWhatTheCallerCanWriteAndNothingElse) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root for a root of its own";
  for (const char* name : {"r", "r/proc", "r/etc", "r/usr", "r/open", "r/open/below"})
    fs::create_directory(at(name));
  fs::copy_file(at("scan"), folder_ / "r/usr/scan");
  for (const char* name : {"r/etc/a.conf", "r/open/b.conf", "r/open/tool"}) write(name, "x");
  chmod(at("r/open/tool").c_str(), 04755);
  chmod(at("r/open").c_str(), 0777);
  const auto surface_as = [&](const std::string& user) {
    return shell("unshare -m sh -c 'mount --bind " + at("r") + " " + at("r") + " && mount --bind /proc " +
                 at("r/proc") + " && exec chroot --userspec=" + user + " " + at("r") + " /usr/scan surface'")
        .answer;
  };
  const json nobody_sees = surface_as("65534:65534");
  EXPECT_EQ(nobody_sees["skipped"], json::array({"/proc"}));
  EXPECT_EQ(nobody_sees["topmost"], json::array({"/open"}));
  EXPECT_EQ(nobody_sees["writable_dirs"], 1);
  EXPECT_EQ(nobody_sees["executable_dirs"], 1);
  EXPECT_EQ(nobody_sees["writable_files"], 0);
  EXPECT_EQ(nobody_sees["replaceable_executables"], 1);
  EXPECT_EQ(nobody_sees["replaceable_configs"], 1);
  EXPECT_EQ(nobody_sees["setuid_files"], 1);
  EXPECT_EQ(nobody_sees["files_seen"], 4);
  EXPECT_EQ(nobody_sees["mounts"][0]["confirmed"], true);
  const json root_sees = surface_as("0:0");
  EXPECT_EQ(root_sees["topmost"], json::array({"/"}));
  EXPECT_EQ(root_sees["replaceable_configs"], 2);
  EXPECT_EQ(root_sees["writable_files"], 4);
}

}  // namespace
