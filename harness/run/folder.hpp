// run/folder: where a run leaves its files: <out>/runs/<id>/ with logs/, there from the start; <out>/latest
// moves last. Also the run's private folder (secrets, generated Compose files), outside the results, gone
// with the object. Not thread-safe.
#pragma once

#include <filesystem>
#include <string>

#include "core/ids.hpp"
#include "record/record.hpp"

namespace rootseal::run {

class Folder {
 public:
  // Throws HarnessError naming the folder when it cannot be written; nothing of an earlier run is touched.
  Folder(const std::filesystem::path& out, const core::RunId& id);
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path logs() const { return path_ / "logs"; }
  [[nodiscard]] std::filesystem::path record() const { return path_ / "run.json"; }
  [[nodiscard]] std::filesystem::path report() const { return path_ / "report.html"; }  // for people
  // Renders every report that is a file; returns a message for each that could not be written.
  void write_reports(const record::Record& record) const;
  void move_latest() const;

 private:
  std::filesystem::path out_;
  std::filesystem::path path_;
  std::string id_;
};

// <temp>/rootseal-<id>, mode 0700. Its name carries the run id so that the reaper may delete it.
class PrivateFolder {
 public:
  explicit PrivateFolder(const core::RunId& id);
  ~PrivateFolder();
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  void keep() { owned_ = false; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  bool owned_ = true;
};

}  // namespace rootseal::run
