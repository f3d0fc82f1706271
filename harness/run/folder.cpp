#include "run/folder.hpp"

#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/error.hpp"
#include "record/json.hpp"
#include "report/report.hpp"

namespace rootseal::run {

namespace fs = std::filesystem;

Folder::Folder(const fs::path& out, const core::RunId& id)
    : out_(out), path_(out / "runs" / id.str()), id_(id.str()) {
  std::error_code error;
  fs::create_directories(path_ / "logs", error);
  if (error || access(path_.c_str(), W_OK) != 0) {
    throw core::HarnessError({"making the run's folder", path_.string(),
                              error ? error.message() : std::string(std::strerror(errno)),
                              "give another folder with --out, or free this one"});
  }
}

void Folder::write_reports(const record::Record& record) const {
  for (const auto& format : report::formats()) {
    if (!format.file_name.empty()) record::write_atomically(path_ / format.file_name, format.render(record));
  }
}

void Folder::move_latest() const {
  const fs::path link = out_ / "latest";
  const fs::path fresh = out_ / (".latest-" + id_);
  std::error_code error;
  fs::remove(fresh, error);
  fs::create_directory_symlink(fs::path("runs") / id_, fresh, error);
  if (!error) fs::rename(fresh, link, error);
  if (error) spdlog::warn("{}: could not be made to point to this run: {}", link.string(), error.message());
}

PrivateFolder::PrivateFolder(const core::RunId& id)
    : path_(fs::temp_directory_path() / ("rootseal-" + id.str())) {
  if (mkdir(path_.c_str(), 0700) != 0) {
    throw core::HarnessError({"making the run's private folder", path_.string(), std::strerror(errno),
                              "set TMPDIR to a folder that can be written"});
  }
}

PrivateFolder::~PrivateFolder() {
  if (!owned_) return;
  std::error_code error;
  fs::remove_all(path_, error);
  if (error) spdlog::warn("{}: could not be removed: {}", path_.string(), error.message());
}

}  // namespace rootseal::run
