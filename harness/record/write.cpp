#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "core/error.hpp"
#include "record/json.hpp"

namespace rootseal::record {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const char* step, int error) {
  throw core::HarnessError(
      {step, file.string(), std::generic_category().message(error),
       "is the folder there, writable and not full? An earlier file was left as it was"});
}

// A file beside the wanted one. Unless it was kept, it is gone when this is.
class Temporary {
 public:
  explicit Temporary(const std::filesystem::path& file) : file_(file) {
    static std::atomic<unsigned> serial{0};
    path_ = file.parent_path() / fmt::format(".{}.{}-{}", file.filename().string(), getpid(), serial++);
    fd_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);  // the umask has its say
    if (fd_ < 0) fail(file_, "creating a file beside it", errno);
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (fd_ >= 0) close(fd_);
    if (!kept_) unlink(path_.c_str());
  }

  void write_all(const std::string& text) const {
    std::size_t done = 0;
    while (done < text.size()) {
      const ssize_t count = write(fd_, text.data() + done, text.size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail(file_, "writing", errno);
      done += static_cast<std::size_t>(count);
    }
    if (fsync(fd_) != 0) fail(file_, "syncing", errno);
  }
  void rename_to_target() {
    if (rename(path_.c_str(), file_.c_str()) != 0) fail(file_, "renaming the new file", errno);
    kept_ = true;
  }

 private:
  std::filesystem::path file_;
  std::filesystem::path path_;
  int fd_ = -1;
  bool kept_ = false;
};

// So that the new name survives a power cut. Some filesystems refuse to sync a folder: not a reason to fail.
void sync_folder(const std::filesystem::path& folder) {
  const int fd = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

}  // namespace

void write_atomically(const std::filesystem::path& file, const std::string& text) {
  Temporary temporary(file);
  temporary.write_all(text);
  temporary.rename_to_target();
  sync_folder(file.parent_path());
}

}  // namespace rootseal::record
