#include <fstream>
#include <sstream>

#include "core/text.hpp"
#include "profile/profile.hpp"

namespace rootseal::profile {
namespace {

namespace fs = std::filesystem;
constexpr const char* kClaims = "x-rootseal:";
constexpr std::uintmax_t kLargest = 16'384;

std::string read(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

// Without the claims: the key and what is indented below it, and the empty line that follows.
std::string without_claims(const std::string& text) {
  std::istringstream in(text);
  std::string out;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(kClaims)) {
      inside = true;
      continue;
    }
    inside = inside && (line.empty() || line[0] == ' ');
    if (!inside) out += line + "\n";
  }
  return out;
}

// "hardened/pg_hba.conf" of "  - ./hardened/pg_hba.conf:/etc/postgresql/pg_hba.conf:ro".
std::vector<std::string> mounted_from_beside(const std::string& text) {
  static const std::string mark = "- ./";
  std::vector<std::string> all;
  for (const auto& line : core::split(text, '\n')) {
    const auto at = line.find_first_not_of(' ');
    if (at == std::string::npos || line.compare(at, mark.size(), mark) != 0) continue;
    const std::string entry = line.substr(at + mark.size());
    all.push_back(entry.substr(0, entry.find(':')));
  }
  return all;
}

}  // namespace

std::vector<record::File> texts_of(const Profile& profile) {
  std::vector<record::File> all, mounted;
  for (const auto& file : profile.files) {
    const fs::path folder = file.parent_path();
    const std::string text = without_claims(read(file));
    all.push_back({profile.service + "/" + file.filename().string(), text});
    for (const auto& name : mounted_from_beside(text)) {
      std::error_code error;
      const fs::path beside = folder / name;
      if (!fs::is_regular_file(beside, error) || fs::file_size(beside, error) > kLargest) continue;
      mounted.push_back({profile.service + "/" + name, read(beside)});
    }
  }
  all.insert(all.end(), mounted.begin(), mounted.end());
  return all;
}

}  // namespace rootseal::profile
