// Verbs that write, replace and remove files. Each leaves nothing half done when it is refused.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>

#include "scan/verb.hpp"

namespace rootseal::scan {
namespace {

using Arguments = std::vector<std::string>;

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// refused() for a file that was begun: takes it away again, keeping the errno of what failed.
Answer abandoned(int fd, const std::string& path, const std::string& call) {
  Answer answer = refused(path, call);
  close(fd);
  unlink(path.c_str());
  return answer;
}

int create_new(const std::string& path, mode_t mode) {
  return open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
}

bool pump(int from, int to) {
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t got = read(from, buffer.data(), buffer.size());
    if (got == 0) return true;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 || !write_all(to, {buffer.data(), static_cast<std::size_t>(got)})) return false;
  }
}

Answer copy_file(const std::string& from, const std::string& to, mode_t mode) {
  const int source = open(from.c_str(), O_RDONLY | O_CLOEXEC);
  if (source < 0) return refused(from, "open to read");
  const int target = create_new(to, mode);
  if (target < 0) {
    Answer answer = refused(to, "create");
    close(source);
    return answer;
  }
  Answer answer = done(to);
  if (!pump(source, target) || fchmod(target, mode) != 0) {
    answer = abandoned(target, to, "write");
  } else {
    close(target);
  }
  close(source);
  return answer;
}

Answer create(const Arguments& a) {
  const int fd = create_new(a[0], 0644);
  if (fd < 0) return refused(a[0], "create");
  if (!write_all(fd, a[1])) return abandoned(fd, a[0], "write");
  close(fd);
  return done(a[0]);
}

Answer copy(const Arguments& a) {
  char* end = nullptr;
  const unsigned long mode = std::strtoul(a[2].c_str(), &end, 8);
  if (*end == '\0' && mode <= 07777) return copy_file(a[0], a[1], static_cast<mode_t>(mode));
  errno = EINVAL;
  return refused(a[2], "reading MODE as octal");
}

Answer replace(const Arguments& a) {
  const std::string fresh = a[0] + ".rootseal-new";
  const std::string kept = a[0] + ".rootseal-orig";
  struct stat facts {};
  if (stat(a[0].c_str(), &facts) != 0) return refused(a[0], "stat");
  Answer answer = copy_file(a[1], fresh, facts.st_mode & 07777U);
  if (!answer.ok) return answer;
  if (link(a[0].c_str(), kept.c_str()) != 0) {
    answer = refused(kept, "link");
    unlink(fresh.c_str());
    return answer;
  }
  if (rename(fresh.c_str(), a[0].c_str()) == 0) return done(a[0]);
  answer = refused(a[0], "rename over");
  unlink(fresh.c_str());
  unlink(kept.c_str());
  return answer;
}

Answer restore(const Arguments& a) {
  const std::string kept = a[0] + ".rootseal-orig";
  unlink((a[0] + ".rootseal-new").c_str());
  if (rename(kept.c_str(), a[0].c_str()) == 0) return done(a[0]);
  if (errno == ENOENT) return done(a[0], "nothing to restore");
  return refused(a[0], "rename back");
}

// The end of the file is `text`; `whole`: and nothing stands before it.
bool ends_in(const std::string& path, const std::string& text, bool whole) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return false;
  const auto length = static_cast<off_t>(text.size());
  const off_t start = lseek(fd, 0, SEEK_END) - length;
  std::string tail(text.size(), '\0');
  const bool same =
      start >= 0 && (!whole || start == 0) && pread(fd, tail.data(), tail.size(), start) == length;
  close(fd);
  return same && tail == text;
}

Answer remove_path(const Arguments& a) {
  const bool there = access(a[0].c_str(), F_OK) == 0;
  if (there && a.size() > 1 && !ends_in(a[0], a[1], true))
    return done(a[0], "holds something else: left alone");
  if (unlink(a[0].c_str()) == 0) return done(a[0]);
  if (errno == ENOENT) return done(a[0], "was not there");
  return refused(a[0], "unlink");
}

Answer append(const Arguments& a) {
  const int fd = open(a[0].c_str(), O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return refused(a[0], "open to append");
  const off_t before = lseek(fd, 0, SEEK_END);
  if (write_all(fd, a[1])) {
    close(fd);
    return done(a[0]);
  }
  Answer answer = refused(a[0], "append");
  if (ftruncate(fd, before) != 0) answer.detail += "; part of it was written";
  close(fd);
  return answer;
}

// As a shell's ">>": what `remove` with the text takes away where the file was not there, `strip` where it
// was.
Answer put(const Arguments& a) {
  const int fd = open(a[0].c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (fd < 0) return errno == EEXIST ? append(a) : refused(a[0], "create");
  if (!write_all(fd, a[1])) return abandoned(fd, a[0], "write");
  close(fd);
  return done(a[0], "a new file");
}

Answer make_link(const Arguments& a) {
  return symlink(a[0].c_str(), a[1].c_str()) == 0 ? done(a[1]) : refused(a[1], "symlink");
}

// Takes away what append added: only when the file ends in exactly that text.
Answer strip(const Arguments& a) {
  struct stat facts {};
  if (stat(a[0].c_str(), &facts) != 0)
    return errno == ENOENT ? done(a[0], "was not there") : refused(a[0], "stat");
  if (!ends_in(a[0], a[1], false)) return done(a[0], "does not end in that text");
  const off_t rest = facts.st_size - static_cast<off_t>(a[1].size());
  return truncate(a[0].c_str(), rest) == 0 ? done(a[0]) : refused(a[0], "truncate");
}

Answer writable(const Arguments& a) {
  struct stat facts {};
  if (stat(a[0].c_str(), &facts) != 0) return refused(a[0], "stat");
  if (!S_ISDIR(facts.st_mode)) {
    if (may_write(AT_FDCWD, a[0].c_str(), false)) return done(a[0], "not a directory: asked, not tried");
    return refused(a[0], "faccessat2");
  }
  errno = try_to_create_in(a[0]);
  return errno == 0 ? done(a[0], "created and removed a file") : refused(a[0], "create a file in it");
}

Answer resolve(const Arguments& a) {
  char* found = realpath(a[0].c_str(), nullptr);
  if (found == nullptr) return refused(a[0], "realpath");
  const std::string text = found;
  std::free(found);
  return done(text);
}

const Register kCreate("create", {2, 2, "PATH TEXT: a new file with that text", create});
const Register kCopy("copy", {3, 3, "FROM TO MODE: a new file with the content of FROM, mode octal", copy});
const Register kReplace("replace",
                        {2, 2, "PATH FROM: rename a copy of FROM over PATH, keep PATH.rootseal-orig",
                         replace});
const Register kRestore("restore", {1, 1, "PATH: undo replace", restore});
const Register kRemove("remove",
                       {1, 2,
                        "PATH [TEXT]: unlink, where given only if it holds just TEXT; absent counts as done",
                        remove_path});
const Register kAppend("append", {2, 2, "PATH TEXT: to an existing file", append});
const Register kPut("put", {2, 2, "PATH TEXT: append, to a new file where there is none", put});
const Register kLink("link", {2, 2, "TARGET PATH: a symbolic link at PATH", make_link});
const Register kStrip("strip", {2, 2, "PATH TEXT: undo append", strip});
const Register kWritable("writable", {1, 1, "DIR: create and unlink a file in it", writable});
const Register kResolve("resolve", {1, 1, "PATH: where it leads; answer in `path`", resolve});

}  // namespace
}  // namespace rootseal::scan
