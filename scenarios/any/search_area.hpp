// any/search_area: where a text stands among what a container has said and written: its console, files in
// folders with everything below them, and the layer that a writable root is written to. Seen from outside.
// What is read is read anew by every with(). Values; they throw HarnessError when the container does not run.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "engine/files.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios {

inline constexpr const char* kConsole = "console";

class SearchArea {
 public:
  static SearchArea console(const engine::Container& container) {
    SearchArea area(container);
    area.console_ = true;
    return area;
  }
  static SearchArea folder(const engine::Container& container, const std::string& folder) {
    SearchArea area(container);
    area.add_folders({folder});
    return area;
  }

  // Inside the container; each of them may be absent.
  void add_folders(std::vector<std::string> folders) {
    folders_.insert(folders_.end(), folders.begin(), folders.end());
    std::sort(folders_.begin(), folders_.end());
    folders_.erase(std::unique(folders_.begin(), folders_.end()), folders_.end());
  }
  void add_root_layer() { upper_ = container_.state().upper_dir; }

  // "console", or the path of each file, as it is inside, that holds the text.
  [[nodiscard]] std::vector<std::string> with(const std::string& text) const {
    std::vector<std::string> found;
    files_read_ = 0;
    if (console_ && container_.logs().find(text) != std::string::npos) found.emplace_back(kConsole);
    const engine::Files files(container_);
    for (const auto& folder : folders_) search(files, folder, text, found);
    if (!upper_.empty()) search_layer(text, found);
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  // Whether a file lies on the root filesystem rather than on a mount.
  [[nodiscard]] bool on_root(const std::string& place) const {
    if (place == kConsole) return false;
    const auto mounts = container_.mounts();
    const auto* mount = engine::mount_of(mounts, place);
    return mount == nullptr || mount->target == "/";
  }

  [[nodiscard]] std::string summary() const {
    return fmt::format(
        "searched: {}{} files in {}{}", console_ ? "the console, " : "", files_read_,
        fmt::join(folders_, ", "),
        upper_.empty() ? "; the root's layer cannot be seen here" : " and in the root's layer");
  }

 private:
  explicit SearchArea(engine::Container container) : container_(std::move(container)) {}

  // Files may come and go meanwhile; links are not followed, so that nothing is read twice.
  void search(const engine::Files& files, const std::string& folder, const std::string& text,
              std::vector<std::string>& found) const {
    for (const auto& name : files.list(folder)) {
      const std::string path = folder + "/" + name;
      const auto facts = files.stat(path);
      if (!facts) continue;
      if (facts->kind == engine::FileFacts::Kind::directory) search(files, path, text, found);
      if (facts->kind != engine::FileFacts::Kind::file) continue;
      const auto content = files.read(path, kMostOfAFile);
      ++files_read_;
      if (content && content->find(text) != std::string::npos) found.push_back(path);
    }
  }

  void search_layer(const std::string& text, std::vector<std::string>& found) const {
    namespace fs = std::filesystem;
    std::error_code gone;
    for (fs::recursive_directory_iterator each(upper_, gone), end; !gone && each != end;
         each.increment(gone)) {
      std::error_code vanished;
      if (!fs::is_regular_file(each->symlink_status(vanished))) continue;
      std::ifstream in(each->path(), std::ios::binary);
      const std::string content{std::istreambuf_iterator<char>(in), {}};
      ++files_read_;
      if (content.find(text) == std::string::npos) continue;
      found.push_back("/" + each->path().lexically_relative(upper_).string());
    }
  }

  static constexpr std::size_t kMostOfAFile = 32U << 20U;
  engine::Container container_;
  bool console_ = false;
  std::vector<std::string> folders_;
  std::string upper_;  // on this machine; empty: not searched
  mutable std::size_t files_read_ = 0;
};

}  // namespace rootseal::scenarios
