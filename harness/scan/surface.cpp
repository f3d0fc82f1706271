// Verb `surface`: everything that the caller can write, without writing it. Files are never opened for
// writing (that copies them up into the overlay and proves nothing more); directories and files are asked for
// with faccessat2, and every mount that seems to hold a writable directory is confirmed by creating and
// unlinking one real file.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <fstream>

#include "scan/mounts.hpp"
#include "scan/verb.hpp"

namespace rootseal::scan {
namespace {

constexpr std::size_t kTopmostShown = 50;
constexpr std::size_t kTriesPerMount = 3;
constexpr std::size_t kDepthLimit = 128;
constexpr unsigned kCapFowner = 3;

struct Counts {
  std::uint64_t writable_dirs = 0, writable_files = 0, executable_dirs = 0;
  std::uint64_t replaceable_executables = 0, replaceable_configs = 0;
};

struct Place {
  std::string path;
  std::size_t mount = 0;
  std::size_t depth = 0;
  bool parent_writable = false;
};

struct Found {  // below one mount
  Counts counts;
  std::vector<Place> candidates;  // the shallowest writable directories, to confirm it
  std::vector<std::string> topmost;
  bool confirmed = false;
  int error = 0;
};

class Walk {
 public:
  explicit Walk(std::vector<MountLine> mounts) : mounts_(std::move(mounts)), found_(mounts_.size()) {}
  void go();
  void confirm();
  [[nodiscard]] std::string json() const;

 private:
  struct Directory {
    int fd;
    const Place& place;
    bool writable;  // entries can be created and renamed in it
    struct stat facts;
  };
  void enter(const Place& place);
  void look_at(const Directory& in, const std::string& name);
  void count_file(const Directory& in, const std::string& name, const struct stat& facts);
  void note_writable(const Place& place);
  [[nodiscard]] bool replaceable(const Directory& in, const struct stat& file) const;
  [[nodiscard]] std::string mounts_json() const;

  std::vector<MountLine> mounts_;
  std::vector<Found> found_;
  std::vector<Place> todo_;
  std::vector<std::string> skipped_;
  std::uint64_t directories_ = 0, files_ = 0, setuid_ = 0, unreadable_ = 0;
  bool owns_everything_ = has_capability(kCapFowner);
};

std::string under(const std::string& directory, const std::string& name) {
  return directory == "/" ? "/" + name : directory + "/" + name;
}

bool is_config(const std::string& path) { return path.starts_with("/etc/") || path.ends_with(".conf"); }

void Walk::go() {
  std::string own = own_directory();
  if (mount_at(mounts_, own, mounts_.size()) == mounts_.size())
    own.clear();  // part of the container after all
  todo_.push_back({"/", mount_at(mounts_, "/", 0), 0, false});
  while (!todo_.empty()) {
    const Place place = todo_.back();
    todo_.pop_back();
    if (place.path == "/proc" || place.path == own || place.depth > kDepthLimit) {
      skipped_.push_back(place.path);
      continue;
    }
    enter(place);
  }
}

void Walk::note_writable(const Place& place) {
  Found& found = found_[place.mount];
  ++found.counts.writable_dirs;
  if (!mounts_[place.mount].noexec) ++found.counts.executable_dirs;
  if (!place.parent_writable) found.topmost.push_back(place.path);
  auto& best = found.candidates;
  best.push_back(place);
  std::stable_sort(best.begin(), best.end(),
                   [](const Place& a, const Place& b) { return a.depth < b.depth; });
  if (best.size() > kTriesPerMount) best.pop_back();
}

void Walk::enter(const Place& place) {
  ++directories_;
  const bool writable = may_write(AT_FDCWD, place.path.c_str(), true);
  if (writable) note_writable(place);
  const int fd = open(place.path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR* stream = fd < 0 ? nullptr : fdopendir(fd);
  if (stream == nullptr) {
    ++unreadable_;
    if (fd >= 0) close(fd);
    return;
  }
  Directory in{fd, place, writable, {}};
  if (fstat(fd, &in.facts) != 0) in.writable = false;
  while (const dirent* entry = readdir(stream)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") look_at(in, name);
  }
  closedir(stream);
}

void Walk::look_at(const Directory& in, const std::string& name) {
  struct stat facts {};
  if (fstatat(in.fd, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return;
  if (S_ISREG(facts.st_mode)) return count_file(in, name, facts);
  if (!S_ISDIR(facts.st_mode)) return;
  const std::string path = under(in.place.path, name);
  const std::size_t mount = mount_at(mounts_, path, in.place.mount);
  todo_.push_back({path, mount, in.place.depth + 1, in.writable && mount == in.place.mount});
}

bool Walk::replaceable(const Directory& in, const struct stat& file) const {
  if (!in.writable) return false;
  if ((in.facts.st_mode & S_ISVTX) == 0 || owns_everything_) return true;
  return file.st_uid == geteuid() || in.facts.st_uid == geteuid();
}

void Walk::count_file(const Directory& in, const std::string& name, const struct stat& facts) {
  ++files_;
  if ((facts.st_mode & S_ISUID) != 0) ++setuid_;
  const bool writable = may_write(in.fd, name.c_str(), false);
  const std::string path = under(in.place.path, name);
  const std::size_t mount = mount_at(mounts_, path, in.place.mount);
  const bool can_replace =
      mount == in.place.mount && replaceable(in, facts);  // a mounted file cannot be renamed over
  Counts& counts = found_[mount].counts;
  if (writable) ++counts.writable_files;
  if (can_replace && (facts.st_mode & 0111U) != 0) ++counts.replaceable_executables;
  if ((can_replace || writable) && is_config(path)) ++counts.replaceable_configs;
}

void Walk::confirm() {
  for (auto& found : found_) {
    // A mount that is one file holds no directory: there is nothing to create in, faccessat2 has the last
    // word.
    found.confirmed = found.candidates.empty();
    for (const auto& place : found.candidates) {
      if (found.confirmed) break;
      found.error = try_to_create_in(place.path);
      found.confirmed = found.error == 0;
    }
  }
}

std::string member(const char* name, std::uint64_t value) {
  return std::string(",\"") + name + "\":" + std::to_string(value);
}

std::string list(const std::vector<std::string>& texts, std::size_t limit) {
  std::string out = "[";
  for (std::size_t i = 0; i < texts.size() && i < limit; ++i) out += (i > 0 ? "," : "") + quoted(texts[i]);
  return out + "]";
}

std::string Walk::mounts_json() const {
  std::string out = "[";
  for (std::size_t i = 0; i < mounts_.size(); ++i) {
    const Found& found = found_[i];
    if (found.candidates.empty()) continue;
    const MountLine& mount = mounts_[i];
    out += (out.size() > 1 ? ",{" : "{") + std::string("\"path\":") + quoted(mount.target) +
           ",\"type\":" + quoted(mount.type) + ",\"options\":" + quoted(mount.options) +
           ",\"noexec\":" + (mount.noexec ? "true" : "false") + member("size", mount_size(mount.target)) +
           member("writable_dirs", found.counts.writable_dirs) +
           ",\"confirmed\":" + (found.confirmed ? "true" : "false") +
           ",\"errno_name\":" + quoted(errno_name(found.error)) +
           ",\"tried\":" + quoted(found.candidates.front().path) + "}";
  }
  return out + "]";
}

std::string Walk::json() const {
  Counts sum;
  std::vector<std::string> topmost;
  for (const auto& found : found_) {
    if (!found.confirmed) continue;
    sum.writable_dirs += found.counts.writable_dirs;
    sum.writable_files += found.counts.writable_files;
    sum.executable_dirs += found.counts.executable_dirs;
    sum.replaceable_executables += found.counts.replaceable_executables;
    sum.replaceable_configs += found.counts.replaceable_configs;
    topmost.insert(topmost.end(), found.topmost.begin(), found.topmost.end());
  }
  std::sort(topmost.begin(), topmost.end());
  return member("uid", geteuid()) + member("gid", getegid()) + member("directories_seen", directories_) +
         member("files_seen", files_) + member("unreadable_dirs", unreadable_) +
         member("writable_dirs", sum.writable_dirs) + member("writable_files", sum.writable_files) +
         member("executable_dirs", sum.executable_dirs) +
         member("replaceable_executables", sum.replaceable_executables) +
         member("replaceable_configs", sum.replaceable_configs) + member("setuid_files", setuid_) +
         member("topmost_total", topmost.size()) + ",\"topmost\":" + list(topmost, kTopmostShown) +
         ",\"skipped\":" + list(skipped_, skipped_.size()) + ",\"mounts\":" + mounts_json();
}

Answer surface(const std::vector<std::string>& /*none*/) {
  std::vector<MountLine> mounts = read_mounts("/proc/self/mountinfo");
  if (mounts.empty()) return refused("/proc/self/mountinfo", "read");
  Walk walk(std::move(mounts));
  walk.go();
  walk.confirm();
  Answer answer = done("/");
  answer.more = walk.json();
  return answer;
}

const Register kSurface("surface",
                        {0, 0, ": what the caller can write; each mount confirmed by one real file",
                         surface});

}  // namespace
}  // namespace rootseal::scan
